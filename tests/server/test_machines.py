"""An origin and its edges in one process; real processes and a real Redis are in tests/faults."""

import asyncio
from contextlib import asynccontextmanager

import msgspec
import pytest
import structlog
from aiohttp.test_utils import TestClient, TestServer

from captioner.captions import wire
from captioner.captions.cue import CueStatus, RecordPolicy, Track
from captioner.captions.event import PolicyEvent
from captioner.captions.policy import PolicyChange
from server import machines
from server.access import DOORS
from server.app import make_app
from server.archive.erasure import Tombstone, erase_meeting
from server.archive.log import FILE
from server.backplane.memory import MemoryBackplane
from server.config import ServerConfig, Timing
from server.errors import CannotUseBackplane, StorageError
from server.invitations import digest
from server.roles import Grant
from server.session import CloseCode
from server.web import HUB, LOG, TOKEN
from tests.server.conftest import Peer, final, partial


@pytest.fixture
def backplane(monkeypatch):
    made = MemoryBackplane()
    monkeypatch.setattr(machines, "open_backplane", lambda _: made)
    monkeypatch.setattr("server.backplane.feed._LOOK_S", 0.02)
    return made


@asynccontextmanager
async def machine(folder, *, edge):
    quiet = structlog.wrap_logger(structlog.testing.ReturnLogger())
    config = ServerConfig(folder, folder, timing=Timing(silent_s=1), backplane="memory", edge=edge)
    async with TestClient(TestServer(make_app(config, quiet))) as client:
        yield client


@pytest.fixture
async def origin(tmp_path, backplane):
    async with machine(tmp_path / "origin", edge=False) as client:
        yield client


@pytest.fixture
async def edge(tmp_path, backplane):
    async with machine(tmp_path / "edge", edge=True) as client:
        yield client


async def connect(client, **hello):
    peer = Peer(await client.ws_connect("/ws", protocols=[wire.SUBPROTOCOL]))
    await peer.send(wire.Hello(**({"role": wire.Role.VIEWER, "meeting": "m1"} | hello)))
    return peer


async def publish(origin, policy=RecordPolicy.ON_RECORD):
    token = origin.app[TOKEN]
    peer = await connect(
        origin,
        role=wire.Role.PUBLISHER,
        token=token,
        publisher="p",
        title="A meeting",
        policy=policy,
        track=Track("floor", "en"),
    )
    await peer.get(wire.Welcome)
    return peer


async def rows(client):
    return await client.app[LOG].write(lambda log: log.rows("SELECT * FROM event ORDER BY meeting, seq"))


async def until(done, seconds=20):
    async with asyncio.timeout(seconds):
        while not await done():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)


async def same(origin, edge):
    return await rows(origin) == await rows(edge) != []


async def test_an_edge_shows_and_keeps_what_the_origin_has(origin, edge):
    publisher = await publish(origin)
    viewer = await connect(edge)
    await viewer.get(wire.Welcome)
    await publisher.send(wire.Update(update=partial("c1", "Good", 1)))
    assert (await viewer.get(wire.Live)).shown.update.cue.text == "Good"
    await publisher.send(wire.Update(update=final("c1", revision=2)))
    shown = await viewer.get(wire.EventMessage)
    while not hasattr(shown.event, "update"):
        shown = await viewer.get(wire.EventMessage)
    assert shown.event.update == final("c1", revision=2)
    await until(lambda: same(origin, edge))
    assert edge.app[HUB].replica_room("m1").transcript.seq == origin.app[HUB]._rooms["m1"].transcript.seq


async def test_a_viewer_moves_between_origin_and_edge_with_one_cursor(origin, edge):
    publisher = await publish(origin)
    for number in range(1, 4):
        await publisher.send(wire.Update(update=final(f"c{number}", start=number * 1000)))
        await publisher.get(wire.Ack)
    await until(lambda: same(origin, edge))
    first = await connect(origin)
    welcome = await first.get(wire.Welcome)
    second = await connect(edge, epoch=welcome.epoch, after=welcome.seq - 1)
    replayed = await second.get(wire.EventMessage)
    assert (replayed.event.epoch, replayed.event.seq) == (welcome.epoch, welcome.seq)


async def test_the_captioners_state_and_the_end_reach_readers_at_an_edge(origin, edge):
    publisher = await publish(origin)
    viewer = await connect(edge)
    await publisher.send(wire.Report(health=wire.Health.DELAYED, behind_ms=4000))
    while not any(each.health is wire.Health.DELAYED for each in (await viewer.get(wire.Status)).captioners):
        pass
    await publisher.send(wire.End())
    assert (await viewer.get(wire.Ended)).transcript == "/archive/m1/"


async def test_what_is_off_the_record_is_shown_at_an_edge_and_kept_nowhere(origin, edge, tmp_path, backplane):
    publisher = await publish(origin)
    viewer = await connect(edge)
    await viewer.get(wire.Welcome)
    await publisher.send(wire.SetPolicy(change=PolicyChange(500, RecordPolicy.OFF_RECORD)))
    await publisher.send(wire.Update(update=final("c1", "Kilimanjaro.", start=1000)))
    await publisher.get(wire.Ack)
    assert (await viewer.get(wire.Live)).shown.update.cue.text == "Kilimanjaro."
    await until(lambda: same(origin, edge))
    assert b"Kilimanjaro" not in b"".join(
        path.read_bytes() for path in (tmp_path / "edge").rglob("*") if path.is_file()
    )
    assert "Kilimanjaro" not in repr(backplane._events)


async def test_an_edge_takes_no_captions_and_no_commands(origin, edge):
    await publish(origin)
    for token in (origin.app[TOKEN], edge.app[TOKEN]):
        peer = await connect(edge, role=wire.Role.PUBLISHER, token=token, track=Track("floor", "en"))
        refused = await peer.get(wire.Error)
        assert refused.fatal


async def test_a_readers_signal_at_an_edge_reaches_the_host(origin, edge):
    await publish(origin)
    host = await connect(origin, role=wire.Role.HOST, token=origin.app[TOKEN])
    await host.get(wire.Presence)
    viewer = await connect(edge)
    await viewer.get(wire.Status)
    await viewer.send(wire.Signal(signal=wire.SignalKind.SLOW_DOWN))
    assert (await host.get(wire.Signalled)).signal is wire.SignalKind.SLOW_DOWN
    assert (await viewer.get(wire.Told)).told


async def test_an_erased_meeting_leaves_the_edges(origin, edge, tmp_path):
    publisher = await publish(origin)
    await publisher.send(wire.Update(update=final("c1", "Kilimanjaro.")))
    await publisher.get(wire.Ack)
    await until(lambda: same(origin, edge))
    await origin.app[HUB].erase(Tombstone("m1", "A reason", 1))

    async def gone():
        return await rows(edge) == []

    await until(gone)
    assert b"Kilimanjaro" not in b"".join(
        path.read_bytes() for path in (tmp_path / "edge").rglob("*") if path.is_file()
    )


async def test_a_struck_part_is_copied_anew(origin, edge):
    publisher = await publish(origin)
    await publisher.send(wire.Update(update=final("c1", "Kilimanjaro.")))
    await publisher.get(wire.Ack)
    await until(lambda: same(origin, edge))
    caption = next(event for event in await origin.app[LOG].read("m1") if hasattr(event, "update"))
    struck = msgspec.structs.replace(caption, update=final("c1", "", status=CueStatus.RETRACTED))

    def strike(log):
        with log.transaction():
            log.overwrite("m1", struck)

    await origin.app[HUB].rewrite("m1", strike, erasing=True)
    await until(lambda: same(origin, edge))
    assert b"Kilimanjaro" not in repr(await rows(edge)).encode()


async def test_a_passcode_holds_at_the_edges_too(origin, edge):
    await origin.app[DOORS].set_passcode("m1", "open sesame")
    await publish(origin)

    async def known():
        return edge.app[DOORS].locked("m1")

    await until(known)
    viewer = await connect(edge)
    assert (await viewer.get(wire.Error)).code is wire.ErrorCode.PASSCODE
    viewer = await connect(edge, passcode="open sesame")
    await viewer.get(wire.Welcome)


async def test_who_waits_at_an_edge_for_a_meeting_that_wants_a_passcode_is_asked(origin, edge):
    early = await connect(edge)
    assert (await early.get(wire.Error)).code is wire.ErrorCode.NO_MEETING
    await origin.app[DOORS].set_passcode("m1", "open sesame")
    await publish(origin)
    assert await early.closed() == CloseCode.TRY_AGAIN
    again = await connect(edge)
    assert (await again.get(wire.Error)).code is wire.ErrorCode.PASSCODE


async def invited(origin, edge, role):
    doors = origin.app[DOORS]
    made, token = await doors.invite("m1", role, 1, "")
    await origin.app[HUB].tick()

    async def known():
        return digest(token) in edge.app[DOORS]._elsewhere.get("m1", {})

    await until(known)
    return doors, made, token


async def test_an_invitation_opens_a_locked_meeting_at_an_edge_until_it_is_revoked(origin, edge, backplane):
    await origin.app[DOORS].set_passcode("m1", "open sesame")
    await publish(origin)
    doors, made, token = await invited(origin, edge, Grant.VIEWER)
    reader = await connect(edge, token=token)
    await reader.get(wire.Welcome)
    answer = await edge.get("/live/m1/plain", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 200
    other = await connect(edge, token=token[::-1])
    assert (await other.get(wire.Error)).code is wire.ErrorCode.UNAUTHORISED
    assert token not in repr(await backplane.meetings())
    assert origin.app[TOKEN] not in repr(await backplane.meetings())
    await doors.revoke(made)
    await origin.app[HUB].tick()
    assert (await reader.get(wire.Error)).message == "this invitation was revoked: ask the host for a new one"
    assert await reader.closed() == CloseCode.POLICY_VIOLATION
    again = await connect(edge, token=token)
    assert (await again.get(wire.Error)).code is wire.ErrorCode.UNAUTHORISED


@pytest.mark.parametrize("role", [Grant.CORRECTOR, Grant.CAPTIONER, Grant.ARCHIVIST, Grant.HOST])
async def test_any_other_role_only_reads_at_an_edge(origin, edge, role):
    publisher = await publish(origin)
    await publisher.send(wire.Update(update=final("c1")))
    await publisher.get(wire.Ack)
    _, _, token = await invited(origin, edge, role)
    await until(lambda: same(origin, edge))
    for wanted in (wire.Role.CORRECTOR, wire.Role.HOST, wire.Role.ARCHIVIST, wire.Role.PUBLISHER):
        peer = await connect(edge, role=wanted, token=token, track=Track("floor", "en"), publisher="x")
        assert (await peer.get(wire.Error)).code is wire.ErrorCode.UNAUTHORISED
    reader = await connect(edge, token=token)
    await reader.get(wire.Welcome)
    await reader.send(wire.Correct(track="floor", update=final("c1", "Changed."), base=1))
    assert (await reader.get(wire.Error)).code is wire.ErrorCode.UNAUTHORISED
    assert await same(origin, edge)
    answer = await edge.post("/api/meetings/m1/passcode", json={}, headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 403


async def test_an_invitation_ends_at_an_edge_when_it_expires(origin, edge):
    from server.invitations import NotValid

    await publish(origin)
    _, made, token = await invited(origin, edge, Grant.VIEWER)
    edge.app[DOORS]._wall_ms = lambda: made.expires
    with pytest.raises(NotValid):
        edge.app[DOORS].claim(token, "m1")
    with pytest.raises(NotValid):
        edge.app[DOORS].claim(token, "m2")


async def test_a_meeting_that_is_over_takes_no_task_and_no_memory_and_can_go_on(origin, edge, backplane):
    publisher = await publish(origin)
    viewer = await connect(edge)
    await publisher.send(wire.End())
    await viewer.get(wire.Ended)
    await publisher.socket.close()
    running = lambda: [task for task in asyncio.all_tasks() if task.get_name() in {"relay m1", "feed m1"}]  # noqa: E731

    async def resting():
        return not running()

    await until(resting)
    assert not origin.app[HUB]._rooms
    await viewer.socket.close()

    async def empty():
        return not edge.app[HUB]._rooms

    await until(empty)
    late = await connect(edge)
    assert (await late.get(wire.Ended)).transcript == "/archive/m1/"
    again = await publish(origin)
    await again.send(wire.Update(update=final("c9", start=9000)))
    await again.get(wire.Ack)
    while not hasattr((shown := await late.get(wire.EventMessage)).event, "update"):
        pass
    assert shown.event.update.cue.id == "c9"
    await until(lambda: same(origin, edge))


def test_an_edge_begins_anew_and_never_over_an_origins_log(tmp_path):
    from server.archive.log import begin_anew

    (tmp_path / FILE).write_bytes(b"old")
    begin_anew(tmp_path)
    assert not (tmp_path / FILE).exists()
    (tmp_path / "host.token").write_text("x")
    with pytest.raises(StorageError, match="another data folder"):
        begin_anew(tmp_path)


def test_what_is_no_backplane_is_refused_without_repeating_it():
    with pytest.raises(CannotUseBackplane) as refused:
        machines.open_backplane("http://user:secret@example")
    assert "secret" not in str(refused.value)


async def ended(origin):
    publisher = await publish(origin)
    await publisher.send(wire.Update(update=final("c1")))
    await publisher.get(wire.Ack)
    await publisher.send(wire.End())
    await publisher.get(wire.Ended)
    await publisher.socket.close()

    async def resting():
        return not origin.app[HUB]._rooms

    await until(resting)


async def over(backplane, meeting="m1"):
    async def listed():
        found = await backplane.find(meeting)
        return found is not None and found.over > 0

    await until(listed)


async def test_the_doors_of_a_meeting_that_ended_before_a_restart_hold_at_the_edges(tmp_path, backplane, edge):
    async with machine(tmp_path / "origin", edge=False) as origin:
        await ended(origin)
        _, token = await origin.app[DOORS].invite("m1", Grant.VIEWER, 1, "")
    backplane._listings.clear()
    backplane._events.clear()
    async with machine(tmp_path / "origin", edge=False) as origin:
        await over(backplane)
        await until(lambda: same(origin, edge))

        async def known():
            return digest(token) in edge.app[DOORS]._elsewhere.get("m1", {})

        await until(known)
        await origin.app[DOORS].revoke(origin.app[DOORS].invitations.of("m1")[0])

        async def revoked():
            return not edge.app[DOORS]._elsewhere

        await until(revoked)
        await origin.app[DOORS].set_passcode("m1", "open sesame")

        async def locked():
            return edge.app[DOORS].locked("m1")

        await until(locked)
        await over(backplane)


async def test_a_meeting_that_was_erased_before_a_restart_leaves_the_edges(tmp_path, backplane, edge):
    async with machine(tmp_path / "origin", edge=False) as origin:
        await ended(origin)
        await until(lambda: same(origin, edge))
        await origin.app[LOG].write(lambda log: erase_meeting(log, Tombstone("m1", "A reason", 1)))
    async with machine(tmp_path / "origin", edge=False):

        async def gone():
            return await rows(edge) == []

        await until(gone)


async def test_captions_that_are_brought_in_while_nobody_is_there_reach_the_edges(origin, edge):
    hub = origin.app[HUB]
    await hub.open_ended("m1", "A meeting", RecordPolicy.ON_RECORD)
    append, rooms = hub._log.append, []

    async def slow(meeting, draft):
        await hub.tick()
        rooms.append(hub.room(meeting))
        return await append(meeting, draft)

    hub._log.append = slow
    await hub.bring_in("m1", Track("floor", "en"), [final(f"c{number}", start=number * 1000) for number in range(5)])
    assert len(rooms) == 6
    assert len(set(map(id, rooms))) == 1
    assert rooms[0] is not None
    await hub.tick()
    assert hub.room("m1") is None
    await until(lambda: same(origin, edge))


async def test_a_room_that_was_left_takes_no_other_with_it(origin, backplane):
    await ended(origin)
    hub = origin.app[HUB]
    viewer = await connect(origin)
    await viewer.get(wire.Ended)
    old = hub.room("m1")
    await viewer.socket.close()

    async def left():
        return hub.room("m1") is None

    await until(left)
    assert old.idle
    publisher = await publish(origin)
    fresh = hub.room("m1")
    hub._let_go(old)
    await hub._list(old)
    assert hub.room("m1") is fresh is not old
    await publisher.send(wire.Update(update=final("c2", start=5000)))
    await publisher.get(wire.Ack)

    async def live():
        found = await backplane.find("m1")
        return found.over == 0 and await backplane.last("m1", found.epoch) == fresh.transcript.seq

    await until(live)


async def test_who_comes_to_an_edge_after_the_end_is_told_while_others_still_read_at_the_origin(origin, edge):
    publisher = await publish(origin)
    here, there = await connect(origin), await connect(edge)
    await publisher.send(wire.End())
    await here.get(wire.Ended)
    await there.get(wire.Ended)
    await there.socket.close()
    edge.app[HUB]._rooms.clear()
    late = await connect(edge)
    assert (await late.get(wire.Ended)).transcript == "/archive/m1/"


async def test_a_reader_at_an_edge_is_told_of_an_end_whose_frame_was_lost(origin, edge, monkeypatch):
    publisher = await publish(origin)
    await publisher.send(wire.Update(update=final("c1")))
    viewer = await connect(edge)
    await viewer.get(wire.Welcome)
    monkeypatch.setattr(origin.app[HUB].relay, "show", lambda *_: None)
    await publisher.send(wire.End())
    await publisher.get(wire.Ended)
    await publisher.socket.close()
    assert (await viewer.get(wire.Ended)).transcript == "/archive/m1/"


async def test_what_a_policy_takes_away_at_the_export_is_taken_from_the_copies(origin, edge):
    await ended(origin)
    await until(lambda: same(origin, edge))

    def switch(log):
        with log.transaction():
            log.add("m1", PolicyEvent(epoch="", seq=0, change=PolicyChange(0, RecordPolicy.OFF_RECORD)))

    await origin.app[LOG].write(switch)
    await origin.app[HUB].export("m1")
    await until(lambda: same(origin, edge))
    assert "Good evening" not in repr(await rows(edge))
