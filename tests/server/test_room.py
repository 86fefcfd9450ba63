"""What people do in a room: take over, correct, name, signal, pause."""

from dataclasses import replace

import pytest

from captioner.captions import wire
from captioner.captions.cue import CueStatus, Origin, RecordPolicy, Track
from captioner.captions.event import CaptionEvent, GapEvent, GapReason
from captioner.captions.policy import PolicyChange
from server.app import LOG
from server.session import CloseCode

PERSON = Track("floor", "en", origin=Origin.HUMAN)


async def as_role(world, role, meeting="m1"):
    peer = await world.connect()
    await peer.send(wire.Hello(role=role, meeting=meeting, token=world.token))
    await peer.get(wire.Presence)
    return peer


async def made_by(peer, origin):
    """Wait until readers are told who makes the floor's captions."""
    while True:
        status = await peer.get(wire.Status)
        if status.captioners and status.captioners[0].origin is origin:
            return status


async def event_of(peer, cue, revision):
    while True:
        event = (await peer.get(wire.EventMessage)).event
        if isinstance(event, CaptionEvent) and (event.update.cue.id, event.update.revision) == (cue, revision):
            return event.update


async def test_a_person_takes_over_and_hands_back(world):
    machine, viewer = await world.joined(), await world.viewer()
    await world.publish(machine, world.final("c1"))
    person = await world.joined(track=PERSON, identity="ada")
    status = await made_by(viewer, Origin.HUMAN)
    assert not status.paused
    await world.publish(machine, world.partial("c2"), world.final("c2", "By a machine.", start=2000))
    await world.publish(person, world.final("h1", "By a person.", start=2000))
    update = await event_of(viewer, "h1", 1)
    assert update.human
    await person.send(wire.HandBack())
    await made_by(viewer, Origin.AUTOMATIC)
    await world.publish(machine, world.final("c3", "A machine again.", start=4000))
    assert not (await event_of(viewer, "c3", 1)).human
    assert "By a machine." not in str(viewer.seen)
    await person.send(wire.Update(update=world.final("h2")))
    assert (await person.get(wire.Error)).code is wire.ErrorCode.TRACK_TAKEN
    assert await person.closed() == CloseCode.POLICY_VIOLATION
    assert (await world.hub.transcript("m1")).tracks() == (Track("floor", "en"),)  # automatic in the record


async def test_a_person_who_is_gone_loses_the_track_after_a_while(start, config):
    quick = replace(config, timing=replace(config.timing, lease_s=0.5))
    async with start(quick) as world:
        machine, viewer = await world.joined(), await world.viewer()
        person = await world.joined(track=PERSON, identity="ada")
        await made_by(viewer, Origin.HUMAN)
        await person.close()
        await machine.send(wire.Ping())
        await made_by(viewer, Origin.AUTOMATIC)
        await world.publish(machine, world.final("c9"))
        await event_of(viewer, "c9", 1)


async def test_a_second_person_is_refused_and_the_same_one_comes_back(world):
    await world.joined()
    first = await world.joined(track=PERSON, identity="ada")
    other = await world.publisher(track=PERSON, identity="bob")
    assert (await other.get(wire.Error)).code is wire.ErrorCode.TRACK_TAKEN
    await world.joined(track=PERSON, identity="ada")
    assert await first.closed() == CloseCode.REPLACED


async def test_a_correction_is_shown_and_no_machine_changes_it(world):
    machine, viewer = await world.joined(), await world.viewer()
    await world.publish(machine, world.final("c1", "Helo."))
    desk = await as_role(world, wire.Role.CORRECTOR)
    await desk.send(wire.Correct(track="floor", update=world.final("c1", "Hello."), base=1))
    assert (await desk.get(wire.Ack)).revision == 2
    shown = await event_of(viewer, "c1", 2)
    assert (shown.cue.text, shown.human) == ("Hello.", True)
    await world.publish(
        machine, world.final("c1", "Helo again.", 9), world.final("c1", "", 10, status=CueStatus.RETRACTED)
    )
    await desk.send(wire.Correct(track="floor", update=world.final("c1", "Late."), base=1))
    error = await desk.get(wire.Error)
    assert (error.code, error.fatal, error.cue, error.revision) == (wire.ErrorCode.CONFLICT, False, "c1", 2)
    await desk.send(wire.Correct(track="floor", update=world.final("c1", status=CueStatus.RETRACTED), base=2))
    await desk.get(wire.Ack, revision=3)
    assert (await event_of(viewer, "c1", 3)).cue.text == ""
    assert "again" not in str(viewer.seen)


async def test_the_log_itself_refuses_a_machine_over_a_person(world):
    machine = await world.joined()
    await world.publish(machine, world.final("c1"))
    desk = await as_role(world, wire.Role.HOST)
    await desk.send(wire.Correct(track="floor", update=world.final("c1", "Mine."), base=1))
    await desk.get(wire.Ack)
    draft = CaptionEvent(epoch="", seq=0, track="floor", update=world.final("c1", "Theirs.", 7))
    assert await world.client.app[LOG].append("m1", draft) is None


async def test_speakers_are_named_and_renamed(world):
    machine = await world.joined()
    desk = await as_role(world, wire.Role.CORRECTOR)
    await desk.send(wire.Speaker(track="floor", name="Speaker 1"))
    await desk.send(wire.Ping())
    await desk.get(wire.Pong)
    await world.publish(machine, world.final("c1"), world.final("c2", start=2000, speaker="Bob"))
    assert (await event_of(desk, "c1", 1)).cue.speaker == "Speaker 1"
    assert (await event_of(desk, "c2", 1)).cue.speaker == "Bob"
    await world.publish(machine, world.final("c1", "Second look.", 2))
    assert (await event_of(desk, "c1", 2)).cue.speaker == "Speaker 1"
    await desk.send(wire.Rename(track="floor", old="Speaker 1", new="Ada"))
    assert (await event_of(desk, "c1", 3)).cue.speaker == "Ada"
    await world.publish(machine, world.final("c3", start=4000))
    assert (await event_of(desk, "c3", 1)).cue.speaker == "Ada"


async def test_a_label_that_was_renamed_stays_renamed(world):
    """A captioner that tells channels apart goes on to say "Speaker 1"; readers see the name that the host gave."""
    machine = await world.joined()
    desk = await as_role(world, wire.Role.CORRECTOR)
    await world.publish(machine, world.final("c1", speaker="Speaker 1"))
    await desk.send(wire.Rename(track="floor", old="Speaker 1", new="Ada"))
    assert (await event_of(desk, "c1", 2)).cue.speaker == "Ada"
    await machine.send(wire.Update(update=world.partial("c2", start=2000, speaker="Speaker 1")))
    assert (await desk.get(wire.Live)).shown.update.cue.speaker == "Ada"
    await world.publish(machine, world.final("c2", start=2000, speaker="Speaker 1"))
    assert (await event_of(desk, "c2", 1)).cue.speaker == "Ada"
    await world.publish(machine, world.final("c3", start=4000, speaker="Speaker 2"))
    assert (await event_of(desk, "c3", 1)).cue.speaker == "Speaker 2"


@pytest.mark.parametrize("policy", [RecordPolicy.CHATHAM, RecordPolicy.OFF_RECORD])
async def test_nobody_is_named_where_the_policy_forbids_it(world, policy):
    machine = await world.joined()
    desk, host = await as_role(world, wire.Role.CORRECTOR), await as_role(world, wire.Role.HOST)
    await desk.send(wire.Speaker(track="floor", name="Canary"))
    viewer = await world.viewer()
    await viewer.send(wire.Signal(signal=wire.SignalKind.WHO, name="Canary"))
    await host.get(wire.Signalled, name="Canary")
    await host.send(wire.SetPolicy(change=PolicyChange(1000, policy)))
    await desk.get(wire.Status, policy=policy)
    await desk.send(wire.Speaker(track="floor", name="Canary"))
    await desk.send(wire.Ping())
    await desk.get(wire.Pong)
    await world.publish(machine, world.final("c1", start=2000))
    other = await world.viewer()
    await other.send(wire.Signal(signal=wire.SignalKind.REPEAT, name="Canary"))
    assert (await host.get(wire.Signalled, signal=wire.SignalKind.REPEAT)).name == ""
    late = await as_role(world, wire.Role.HOST)
    assert "Canary" not in str(late.seen)
    assert "Canary" not in str(await world.client.app[LOG].read("m1"))


async def test_a_reader_learns_whether_the_host_was_told(world):
    await world.joined()
    viewer = await world.viewer()
    await viewer.send(wire.Signal(signal=wire.SignalKind.WHO))
    await viewer.send(wire.Signal(signal=wire.SignalKind.REPEAT))
    first = await viewer.get(wire.Told)
    assert (first.signal, first.told, first.again_ms) == (wire.SignalKind.WHO, True, 0)
    second = await viewer.get(wire.Told)
    assert (second.signal, second.told, second.again_ms) == (wire.SignalKind.REPEAT, False, 1000)
    await viewer.get(wire.Ping)  # and nobody is sent away for it


async def test_signals_reach_the_staff_and_nobody_else(world):
    await world.joined()
    viewers = [await world.viewer() for _ in range(3)]
    for viewer in viewers:
        await viewer.get(wire.Status)
    host, desk = await as_role(world, wire.Role.HOST), await as_role(world, wire.Role.CORRECTOR)
    archivist = await world.connect()
    await archivist.send(wire.Hello(role=wire.Role.ARCHIVIST, meeting="m1", token=world.token))
    await archivist.get(wire.Status)
    for viewer in viewers[:2]:
        await viewer.send(wire.Signal(signal=wire.SignalKind.SLOW_DOWN))
    for peer in (host, desk):
        assert (await peer.get(wire.Signalled, count=2)).signal is wire.SignalKind.SLOW_DOWN
    late = await as_role(world, wire.Role.HOST)
    assert any(isinstance(each, wire.Signalled) and each.count == 2 for each in late.seen)
    await viewers[2].close()
    assert (await host.get(wire.Presence, viewers=2)).viewers == 2
    await viewers[0].get(wire.Ping)
    await archivist.get(wire.Ping)
    for peer in (viewers[0], archivist):
        assert not any(isinstance(each, wire.Signalled | wire.Presence) for each in peer.seen)
    assert "slow_down" not in str(await world.client.app[LOG].read("m1"))


async def test_a_pause_is_said_shown_and_kept_as_a_gap(world):
    machine, viewer = await world.joined(), await world.viewer()
    host = await as_role(world, wire.Role.HOST)
    await world.publish(machine, world.final("c1"))
    await host.send(wire.Control(action=wire.Action.PAUSE))
    await viewer.get(wire.Status, paused=True)
    gap = next(e.event for e in viewer.seen if isinstance(e, wire.EventMessage) and isinstance(e.event, GapEvent))
    assert (gap.reason, gap.end) == (GapReason.PAUSED, gap.start)
    later = gap.start + 5000
    await world.publish(
        machine, world.partial("c2", "Private", start=later), world.final("c2", "Private.", start=later)
    )
    newcomer = await world.viewer()
    assert (await newcomer.get(wire.Status)).paused
    await host.send(wire.Control(action=wire.Action.RESUME))
    await viewer.get(wire.Status, paused=False)
    await world.publish(machine, world.final("c3", "Again.", start=later + 2000))
    await event_of(viewer, "c3", 1)
    assert "Private" not in str(viewer.seen)
    (gap,) = (await world.hub.transcript("m1")).gaps()
    assert gap.end > gap.start


async def test_a_pause_outlives_a_restart_and_ends_with_the_meeting(start):
    async with start() as world:
        await world.joined()
        host = await as_role(world, wire.Role.HOST)
        await host.send(wire.Control(action=wire.Action.PAUSE))
        await host.get(wire.Status, paused=True)
    async with start() as world:
        publisher = await world.joined()
        host = await as_role(world, wire.Role.HOST)
        assert any(isinstance(each, wire.Status) and each.paused for each in host.seen)
        await host.send(wire.Control(action=wire.Action.END))
        await publisher.get(wire.Ended)
        (gap,) = (await world.hub.transcript("m1")).gaps()
        assert gap.end > gap.start


async def test_the_clock_is_anchored_while_somebody_captions(start, config, monkeypatch):
    monkeypatch.setattr("server.timeline.ANCHOR_S", 0.3)
    patient = replace(config, timing=replace(config.timing, silent_s=60.0))
    async with start(patient) as world:
        await world.joined()
        viewer = await world.viewer()
        event = (await viewer.get(wire.EventMessage)).event
        while type(event).__name__ != "ClockEvent":
            event = (await viewer.get(wire.EventMessage)).event
        kept = await world.hub.find("m1")
        assert abs(event.wall_ms - kept.meeting.started - event.at_ms) < 60_000


async def test_a_machine_finishes_before_the_host_ends_the_meeting(start, config):
    import dataclasses

    patient = dataclasses.replace(config, timing=dataclasses.replace(config.timing, finish_s=60, silent_s=60))
    async with start(patient) as world:
        machine = await world.joined()
        host = await as_role(world, wire.Role.HOST)
        await host.send(wire.Control(action=wire.Action.END))
        await machine.get(wire.Settings, finish=True)
        await world.publish(machine, world.final("c1", "The last words."))
        await machine.send(wire.End())
        await machine.get(wire.Ended)
        assert [u.cue.text for u in (await world.hub.transcript("m1")).cues("floor")] == ["The last words."]


async def test_a_machine_that_does_not_finish_is_not_waited_for_and_a_person_not_at_all(world):
    machine = await world.joined()
    host = await as_role(world, wire.Role.HOST)
    await host.send(wire.Control(action=wire.Action.END))
    await machine.get(wire.Ended)
    person = await world.joined(meeting="m2", track=PERSON)
    other = await as_role(world, wire.Role.HOST, "m2")
    await other.send(wire.Control(action=wire.Action.END))
    await person.get(wire.Ended)
    assert not any(isinstance(each, wire.Settings) and each.finish for each in person.seen)


async def test_lost_audio_is_kept_as_a_gap(start, config):
    patient = replace(config, timing=replace(config.timing, silent_s=60.0))
    async with start(patient) as world:
        machine, viewer = await world.joined(), await world.viewer()
        await machine.send(wire.Report(health=wire.Health.AUDIO_LOST))
        gap = (await viewer.get(wire.EventMessage)).event
        while not isinstance(gap, GapEvent):
            gap = (await viewer.get(wire.EventMessage)).event
        assert (gap.reason, gap.end) == (GapReason.AUDIO_LOST, gap.start)
        await machine.send(wire.Report(health=wire.Health.LIVE))
        while gap.end == gap.start:
            event = (await viewer.get(wire.EventMessage)).event
            gap = event if isinstance(event, GapEvent) else gap
        (kept,) = (await world.hub.transcript("m1")).gaps()
        assert (kept.start, kept.end) == (gap.start, gap.end)
