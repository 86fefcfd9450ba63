import asyncio
from dataclasses import replace

import pytest
from aiohttp import WSServerHandshakeError

from captioner.captions import wire
from captioner.captions.cue import CueStatus, MeetingState, RecordPolicy, Track
from captioner.captions.event import CaptionEvent, PolicyEvent, StateEvent
from captioner.captions.policy import PolicyChange
from captioner.captions.transcript import Transcript
from server.app import LOG
from server.config import Timing
from server.errors import StorageFull
from server.session import CloseCode
from server.web import same_origin


async def test_from_speech_to_a_late_joiner_and_the_archive(world):
    publisher = await world.publisher()
    welcome = await publisher.get(wire.Welcome)
    assert (welcome.seq, welcome.resume_ms, welcome.policy, welcome.meeting.title) == (
        3,
        0,
        RecordPolicy.ON_RECORD,
        "A meeting",
    )
    early = await world.viewer()
    assert (await early.get(wire.SnapshotMessage)).gap is False
    await world.publish(publisher, world.partial(), world.final())
    assert (await early.get(wire.Live)).shown.update.cue.text == "Good"
    assert (await early.get(wire.EventMessage)).event.update.cue.text == "Good morning."
    late = await world.viewer()
    snapshot = (await late.get(wire.SnapshotMessage)).snapshot
    assert [shown.update.cue.text for shown in snapshot.cues] == ["Good morning."]
    await publisher.send(wire.End())
    for peer in (publisher, early, late):
        assert (await peer.get(wire.Ended)).transcript == "/archive/m1/"
    assert "Good morning." in await (await world.client.get("/archive/m1/floor.vtt")).text()
    after = await world.viewer()
    assert (await after.get(wire.SnapshotMessage)).snapshot.state is MeetingState.ENDED
    await after.get(wire.Ended)


async def test_a_viewer_resumes_after_its_seq(world):
    publisher = await world.joined()
    viewer = await world.viewer()
    welcome = await viewer.get(wire.Welcome)
    await world.publish(publisher, *(world.final(f"c{i}", start=i) for i in range(5)))
    again = await world.viewer(epoch=welcome.epoch, after=5)
    seqs = [(await again.get(wire.EventMessage)).event.seq for _ in range(3)]
    assert seqs == [6, 7, 8]
    assert not any(isinstance(message, wire.SnapshotMessage) for message in again.seen)
    for epoch, after in [("another", 5), (welcome.epoch, 99)]:
        stranger = await world.viewer(epoch=epoch, after=after)
        assert (await stranger.get(wire.SnapshotMessage)).gap is True


async def test_who_is_far_behind_gets_a_snapshot(world):
    publisher = await world.joined()
    epoch = (await (await world.viewer()).get(wire.Welcome)).epoch
    for i in range(520):
        await publisher.send(wire.Update(update=world.final(f"c{i}", start=i)))
    await publisher.get(wire.Ack, cue="c519")
    viewer = await world.viewer(epoch=epoch, after=1)
    message = await viewer.get(wire.SnapshotMessage)
    assert message.gap
    assert len(message.snapshot.cues) == 520


async def captions_until(viewer, last):
    """The caption events that a viewer gets, up to cue `last`."""
    events = []
    while not events or events[-1].update.cue.id != last:
        event = (await viewer.get(wire.EventMessage)).event
        if isinstance(event, CaptionEvent):
            events.append(event)
    return events


async def test_repeated_finals_are_acknowledged_without_an_event(world):
    publisher, viewer = await world.joined(), await world.viewer()
    await viewer.get(wire.SnapshotMessage)
    await world.publish(publisher, world.final(), world.final(), world.final(revision=2), world.final())
    await world.publish(publisher, world.final("last"))
    events = await captions_until(viewer, "last")
    assert [(e.update.cue.id, e.update.revision) for e in events] == [("c1", 1), ("c1", 2), ("last", 1)]


async def test_a_second_captioner_for_a_track(world):
    first = await world.joined()
    other = await world.publisher(identity="p2")
    error = await other.get(wire.Error)
    assert (error.code, error.fatal) == (wire.ErrorCode.TRACK_TAKEN, True)
    assert await other.closed() == CloseCode.POLICY_VIOLATION
    await world.joined(identity="p2", track=Track("fr", "fr"))
    same = await world.joined(identity="p1")
    assert await first.closed() == CloseCode.REPLACED
    await world.publish(same, world.final())


async def test_a_track_is_free_when_its_captioner_is_gone_and_goes_on_where_it_was(world):
    first, viewer = await world.joined(), await world.viewer()
    await world.publish(first, world.final(start=2000))
    await first.close()
    gone = await viewer.get(wire.Status, captioners=(wire.TrackHealth("floor", wire.Health.ABSENT),))
    assert gone.policy is RecordPolicy.ON_RECORD
    second = await world.publisher(identity="p2", policy=None, title="Another title")
    welcome = await second.get(wire.Welcome)
    assert (welcome.resume_ms, welcome.meeting.title, welcome.policy) == (3000, "A meeting", RecordPolicy.ON_RECORD)
    assert isinstance((await second.get(wire.EventMessage)).event, PolicyEvent)
    await viewer.get(wire.Status, captioners=(wire.TrackHealth("floor", wire.Health.LIVE),))
    await world.publish(second, world.final("c2", start=4000))
    assert (await viewer.get(wire.EventMessage)).event.update.cue.id in {"c1", "c2"}


async def test_a_silent_captioner_is_shown_as_absent_and_as_itself_again(world):
    publisher, viewer = await world.joined(), await world.viewer()
    await publisher.send(wire.Report(health=wire.Health.DELAYED, behind_ms=5000))
    delayed = (wire.TrackHealth("floor", wire.Health.DELAYED, 5000),)
    await viewer.get(wire.Status, captioners=delayed)
    await viewer.get(wire.Status, captioners=(wire.TrackHealth("floor", wire.Health.ABSENT),))
    await publisher.send(wire.Ping())
    await viewer.get(wire.Status, captioners=delayed)


async def test_the_server_speaks_by_itself_and_answers(world):
    await world.joined()
    viewer = await world.viewer()
    await viewer.get(wire.Ping)
    await viewer.send(wire.Ping())
    await viewer.get(wire.Pong)


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_a_bad_token(world, token):
    peer = await world.publisher(token=token)
    error = await peer.get(wire.Error)
    assert (error.code, error.fatal) == (wire.ErrorCode.UNAUTHORISED, True)
    assert "host.token" in error.message
    assert await peer.closed() == CloseCode.POLICY_VIOLATION
    assert await (await world.client.get("/api/meetings")).json() == []


async def test_a_viewer_may_not_publish(world):
    publisher, viewer = await world.joined(), await world.viewer()
    await viewer.send(wire.Update(update=world.final()))
    assert (await viewer.get(wire.Error)).code is wire.ErrorCode.UNAUTHORISED
    await viewer.closed()
    await world.publish(publisher, world.final("c2"))


async def test_malformed_and_too_large(world):
    peer = await world.connect()
    await peer.socket.send_str("{")
    assert (await peer.get(wire.Error)).code is wire.ErrorCode.MALFORMED
    assert await peer.closed() == CloseCode.POLICY_VIOLATION
    peer = await world.connect()
    await peer.socket.send_str(" " * 5000)
    assert (await peer.get(wire.Error)).code is wire.ErrorCode.TOO_LARGE
    assert await peer.closed() == CloseCode.TOO_LARGE
    peer = await world.connect()
    await peer.socket.send_str(" " * 100_000)
    assert await peer.closed() == CloseCode.TOO_LARGE


async def test_one_bad_cue_does_not_end_a_meeting(world):
    publisher = await world.joined()
    await publisher.send(wire.Update(update=world.final(end=0)))
    error = await publisher.get(wire.Error)
    assert (error.code, error.fatal, error.cue) == (wire.ErrorCode.MALFORMED, False, "c1")
    await world.publish(publisher, world.final("c2"))


async def test_who_does_not_say_hello_is_closed(world):
    peer = await world.connect()
    assert (await peer.get(wire.Error)).code is wire.ErrorCode.MALFORMED
    assert await peer.closed() == CloseCode.POLICY_VIOLATION


async def test_a_viewer_that_floods_is_closed(world):
    await world.joined()
    viewer = await world.viewer()
    for _ in range(30):
        await viewer.send(wire.Ping())
    assert await viewer.closed() == CloseCode.POLICY_VIOLATION


async def test_a_viewer_may_come_before_the_meeting(world):
    viewer = await world.viewer()
    error = await viewer.get(wire.Error)
    assert (error.code, error.fatal) == (wire.ErrorCode.NO_MEETING, False)
    publisher = await world.joined()
    await viewer.get(wire.Welcome)
    await viewer.get(wire.SnapshotMessage)
    await world.publish(publisher, world.final())
    assert await captions_until(viewer, "c1")


async def test_only_our_own_pages_and_our_own_protocol(world):
    for options in (
        {"protocols": []},
        {"protocols": ["chat"]},
        {"protocols": [wire.SUBPROTOCOL], "origin": "http://evil.example"},
    ):
        with pytest.raises(WSServerHandshakeError):
            await world.client.ws_connect("/ws", **options)
    own = str(world.client.make_url("/")).rstrip("/")
    await (await world.client.ws_connect("/ws", protocols=[wire.SUBPROTOCOL], origin=own)).close()


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        (None, "a:1", True), ("http://a:1", "a:1", True), ("https://A:1", "a:1", True), ("http://a:2", "a:1", False),
        ("null", "a:1", False), ("http://a:1.evil", "a:1", False), ("", "a:1", False), ("http://[", "a:1", False),
    ],
)  # fmt: skip
def test_origins(origin, host, same):
    assert same_origin(origin, host) is same


async def test_off_the_record_is_shown_and_never_kept(world):
    publisher, viewer = await world.joined(), await world.viewer()
    await world.publish(publisher, world.final("c1", "Before.", start=0))
    await publisher.send(wire.SetPolicy(change=PolicyChange(2000, RecordPolicy.OFF_RECORD)))
    assert (await publisher.get(wire.EventMessage)).event.change.policy is RecordPolicy.OFF_RECORD
    assert "RecordPolicy.ON_RECORD" in str(publisher.seen)  # the opening policy came before the first caption's ack
    await viewer.get(wire.Status, policy=RecordPolicy.OFF_RECORD)
    await world.publish(
        publisher, world.partial("c2", "Psst", start=2100), world.final("c2", "Psst.", start=2100, speaker="Eve")
    )
    shown = await viewer.get(wire.Live)
    while shown.shown.update.status is not CueStatus.FINAL:
        shown = await viewer.get(wire.Live)
    assert (shown.shown.update.cue.text, shown.shown.update.cue.speaker) == ("Psst.", "")
    await publisher.send(wire.Update(update=world.partial("c3", "Hush", start=3000)))
    await world.publish(publisher, world.final("c4", "After a switch.", start=1500))
    late = await world.viewer()
    await late.get(wire.Ping)
    assert "Psst" not in str(late.seen)
    assert "Hush" not in str(late.seen)
    assert "After" not in str(late.seen)
    assert "Before." in str(late.seen)


async def test_a_late_joiner_sees_the_partial_until_its_final(world):
    publisher = await world.joined()
    await world.publish(publisher, world.partial("c1", "Good"), world.partial("c1", "Good mor", revision=1))
    await publisher.send(wire.Ping())
    await publisher.get(wire.Pong)
    late = await world.viewer()
    assert (await late.get(wire.Live)).shown.update.cue.text == "Good mor"
    await world.publish(publisher, world.final(revision=2), world.partial("c1", "stale", revision=1))
    later = await world.viewer()
    await later.get(wire.Ping)
    assert not any(isinstance(message, wire.Live) for message in later.seen)


async def test_a_retraction_is_kept_without_words_under_any_policy(world):
    publisher = await world.joined()
    await world.publish(publisher, world.final("c1", "Never said.", speaker="Eve"))
    await publisher.send(wire.SetPolicy(change=PolicyChange(0, RecordPolicy.OFF_RECORD)))
    await world.publish(publisher, world.final("c1", "Never said.", 2, status=CueStatus.RETRACTED))
    snapshot = (await (await world.viewer()).get(wire.SnapshotMessage)).snapshot
    (shown,) = snapshot.cues
    assert (shown.update.status, shown.update.cue.text, shown.update.revision) == (CueStatus.RETRACTED, "", 2)


async def test_without_a_policy_nothing_is_kept(world):
    publisher = await world.joined(policy=None)
    await world.publish(publisher, world.final())
    snapshot = (await (await world.viewer()).get(wire.SnapshotMessage)).snapshot
    assert snapshot.cues == ()
    assert snapshot.policy == (PolicyChange(0, RecordPolicy.OFF_RECORD),)


async def test_after_the_end_a_captioner_must_come_again(world):
    publisher = await world.joined()
    await publisher.send(wire.End())
    await publisher.get(wire.Ended)
    await publisher.send(wire.Update(update=world.final()))
    assert (await publisher.get(wire.Error)).code is wire.ErrorCode.MEETING_ENDED
    again = await world.joined()
    await world.publish(again, world.final())
    viewer = await world.viewer()
    assert (await viewer.get(wire.SnapshotMessage)).snapshot.state is MeetingState.LIVE


async def test_a_full_disk_is_told_and_is_over_by_itself(world, monkeypatch):
    publisher, viewer = await world.joined(), await world.viewer()
    await world.publish(publisher, world.final("c1"))
    log = world.client.app[LOG]._log
    full = True
    insert = log._insert

    def refuse(*arguments):
        if full:
            raise StorageFull
        return insert(*arguments)

    monkeypatch.setattr(log, "_insert", refuse)
    await publisher.send(wire.Update(update=world.final("c2", start=1000)))
    error = await publisher.get(wire.Error)
    assert (error.code, error.fatal, error.cue, error.revision) == (wire.ErrorCode.STORAGE, False, "c2", 1)
    await publisher.send(wire.End())
    refused = await world.publisher(meeting="m2")
    assert (await refused.get(wire.Error)).code is wire.ErrorCode.STORAGE
    assert await refused.closed() == CloseCode.TRY_AGAIN
    full = False
    await publisher.get(wire.Ended)  # the end was tried again by the server
    events = await captions_until(viewer, "c1")
    assert [event.update.cue.id for event in events] == ["c1"]


async def test_a_viewer_that_does_not_read_is_cut_off_and_the_others_are_not_held_up(start, config):
    async with start(replace(config, timing=Timing(close_s=0.2))) as world:
        publisher, stalled, viewer = await world.joined(), await world.viewer(), await world.viewer()
        await stalled.get(wire.Status)
        stalled.socket._response.connection.transport.pause_reading()
        text = "x" * 1990
        for number in range(3000):
            await publisher.send(wire.Update(update=world.final(f"c{number}", text, start=number)))
            if number % 50 == 49:
                await publisher.get(wire.Ack, cue=f"c{number}")
                await captions_until(viewer, f"c{number}")
        assert len(world.hub._members) == 2


async def test_the_end_of_the_server_is_told(start):
    async with start() as world:
        publisher, viewer = await world.joined(), await world.viewer()
        await world.publish(publisher, world.final())
        await viewer.get(wire.Welcome)
        ending = asyncio.create_task(world.client.server.close())
        for peer in (publisher, viewer):
            await peer.get(wire.Bye)
            assert await peer.closed() == CloseCode.GOING_AWAY
        await ending


async def test_after_a_restart_the_same_log_goes_on(start, config):
    async with start() as world:
        publisher, viewer = await world.joined(), await world.viewer()
        await world.publish(publisher, world.final("c1"))
        first = await viewer.get(wire.SnapshotMessage)
    assert (config.data / "archive" / "m1" / "floor.vtt").is_file()
    async with start() as world:
        viewer = await world.viewer(epoch=first.snapshot.epoch, after=3)
        (event,) = await captions_until(viewer, "c1")
        assert event.seq == 4
        publisher = await world.joined()
        await world.publish(publisher, world.final("c1"), world.final("c2", start=2000))
        assert [e.seq for e in await captions_until(viewer, "c2")] == [5]


async def test_every_viewer_folds_to_the_same_record(world):
    publisher, fr = await world.joined(), await world.joined(track=Track("fr", "fr"), identity="p2")
    early = await world.viewer()
    start = await early.get(wire.SnapshotMessage)
    await asyncio.gather(
        world.publish(publisher, *(world.final(f"c{i}", start=i) for i in range(30))),
        world.publish(fr, *(world.final(f"c{i}", start=i) for i in range(30))),
    )
    await publisher.send(wire.End())
    transcript = Transcript(start.snapshot)
    while transcript.state is MeetingState.LIVE:
        event = (await early.get(wire.EventMessage)).event
        transcript.apply(event)
        assert not isinstance(event, StateEvent) or event.state is MeetingState.ENDED
    late = await world.viewer()
    assert (await late.get(wire.SnapshotMessage)).snapshot == transcript.snapshot()
