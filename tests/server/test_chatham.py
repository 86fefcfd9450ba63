"""The Chatham House Rule at the socket: who in the room sees names, who outside sees none, what comes after the end."""

import asyncio

import pytest

from captioner.captions import wire
from captioner.captions.cue import CueStatus, RecordPolicy
from captioner.captions.event import CaptionEvent
from captioner.captions.policy import PolicyChange
from server.setup import MeetingSetup
from server.terms import TERMS
from tests.server.conftest import final, partial

ON, CHATHAM, OFF = RecordPolicy.ON_RECORD, RecordPolicy.CHATHAM, RecordPolicy.OFF_RECORD


async def invited(world, *, in_room, role="viewer"):
    headers = {"Authorization": f"Bearer {world.token}"}
    body = {"role": role, "in_room": in_room}
    answer = await world.client.post("/api/meetings/m1/invitations", json=body, headers=headers)
    assert answer.status == 201
    return (await answer.json())["token"]


async def reader(world, token="", role=wire.Role.VIEWER):
    peer = await world.connect()
    await peer.send(wire.Hello(role=role, meeting="m1", token=token))
    await peer.get(wire.SnapshotMessage)
    return peer


async def everything(peer):
    """All that came so far; the answer to a ping comes last."""
    await peer.send(wire.Ping())
    async with asyncio.timeout(10):
        await peer.get(wire.Pong)
    return "".join(wire.encode(message) for message in peer.seen)


async def test_in_the_room_names_are_seen_and_nowhere_else(world, config):
    publisher = await world.joined(policy=CHATHAM)
    inside = await reader(world, await invited(world, in_room=True))
    outside = await reader(world, await invited(world, in_room=False))
    stranger = await reader(world)
    await publisher.send(wire.Update(update=partial("c1", "Good", speaker="Canaryname")))
    await world.publish(
        publisher, final("c1", speaker="Canaryname"), final("c2", "More.", start=2000, speaker="Canaryother")
    )
    said = await everything(inside)
    assert "Canaryname" in said
    assert "Canaryother" in said
    for peer in (outside, stranger):
        assert "Canary" not in await everything(peer)
    late = await reader(world, await invited(world, in_room=True))
    assert "Canary" not in await everything(late)  # never replayed
    content = b"".join(path.read_bytes() for path in config.data.rglob("*") if path.is_file())
    assert b"Canary" not in content


async def test_a_named_caption_comes_before_its_nameless_twin(world):
    publisher = await world.joined(policy=CHATHAM)
    inside = await reader(world, await invited(world, in_room=True))
    await world.publish(publisher, final("c1", speaker="Canaryname"))
    shown = await inside.get(wire.Live)
    assert shown.shown.update.cue.speaker == "Canaryname"
    event = (await inside.get(wire.EventMessage)).event
    assert (event.update.cue.speaker, event.update.revision) == ("", shown.shown.update.revision)


async def test_partials_are_named_in_the_room_and_nowhere_else(world, config):
    publisher = await world.joined(policy=CHATHAM)
    inside = await reader(world, await invited(world, in_room=True))
    outside = await reader(world)
    await publisher.send(wire.Update(update=partial("c1", "Good", speaker="Canaryname")))
    shown = (await inside.get(wire.Live)).shown.update
    assert (shown.status, shown.cue.speaker, shown.cue.text) == (CueStatus.PARTIAL, "Canaryname", "Good")
    assert (await outside.get(wire.Live)).shown.update.cue.speaker == ""
    late = await reader(world, await invited(world, in_room=True))
    assert "Canary" not in await everything(late)  # a partial that waits for late joiners has no name either
    assert b"Canary" not in on_disk(config)


async def test_the_host_s_label_is_seen_in_the_room_only_and_does_not_outlive_the_rule(world, config):
    publisher = await world.joined(policy=CHATHAM)
    inside, outside = await reader(world, await invited(world, in_room=True)), await reader(world)
    host = await reader(world, world.token, wire.Role.HOST)
    await host.send(wire.Speaker(track="floor", name="Canarylabel"))
    await everything(host)
    await world.publish(publisher, final("c1", start=100_000))
    assert (await inside.get(wire.Live)).shown.update.cue.speaker == "Canarylabel"
    await host.send(wire.SetPolicy(change=PolicyChange(200_000, ON)))
    await host.get(wire.Status, policy=ON)
    await world.publish(publisher, final("c2", start=300_000))
    for peer in (outside, host, await reader(world)):
        assert "Canary" not in await everything(peer)
    event = [m.event for m in inside.seen if isinstance(m, wire.EventMessage) and isinstance(m.event, CaptionEvent)]
    await everything(inside)
    assert all(each.update.cue.speaker == "" for each in event)
    assert b"Canary" not in on_disk(config)


async def test_who_has_not_agreed_is_not_named_in_the_room_either(world):
    headers = {"Authorization": f"Bearer {world.token}"}
    setup = {"title": "T", "policy": "chatham", "roster": [{"name": "Canary Ana"}]}
    assert (await world.client.put("/api/meetings/m1/setup", json=setup, headers=headers)).status == 200
    publisher = await world.joined(policy=CHATHAM)
    inside = await reader(world, await invited(world, in_room=True))
    host = await reader(world, world.token, wire.Role.HOST)
    await host.send(wire.Speaker(track="floor", name="Canary Ana"))
    await everything(host)
    await world.publish(publisher, final("c1", start=100_000, speaker="Canary Ana"))
    assert "Canary" not in await everything(inside)


async def test_off_the_record_nobody_is_named_in_the_room_either(world):
    publisher = await world.joined(policy=OFF)
    inside = await reader(world, await invited(world, in_room=True))
    await world.publish(publisher, final("c1", speaker="Canaryname"))
    assert "Canaryname" not in await everything(inside)


async def test_the_claim_is_the_invitation_s_and_not_the_token_s_to_say(world):
    token = await invited(world, in_room=False)
    publisher = await world.joined(policy=CHATHAM)
    forged = await reader(world, token[:-4] + "AAAA")
    await world.publish(publisher, final("c1", speaker="Canaryname"))
    assert "Canaryname" not in await everything(forged)


async def ended(world, policy, *more):
    publisher = await world.joined(policy=policy)
    await world.publish(publisher, final("c1", "Canarytext."))
    for change in more:
        await publisher.send(wire.SetPolicy(change=change))
    await publisher.send(wire.End())
    await publisher.get(wire.Ended)


@pytest.mark.parametrize("more", [(), (PolicyChange(5000, ON),)])
async def test_after_the_end_the_live_page_does_not_go_round_the_quarantine(world, more):
    await ended(world, CHATHAM, *more)
    stranger = await reader(world)
    assert "Canarytext" not in await everything(stranger)
    again = await world.viewer(epoch=stranger.seen[0].epoch, after=1)
    await again.get(wire.SnapshotMessage)
    assert "Canarytext" not in await everything(again)
    archivist = await reader(world, await invited(world, in_room=False, role="archivist"), wire.Role.ARCHIVIST)
    assert "Canarytext" in await everything(archivist)


async def test_two_person_release_holds_there_too(world):
    async def lookup(_):
        return MeetingSetup(two_person_release=True)

    world.client.app._state[TERMS] = lookup
    await ended(world, ON)
    assert "Canarytext" not in await everything(await reader(world))


async def test_who_has_everything_already_keeps_it(world):
    await ended(world, CHATHAM)
    stranger = await reader(world)
    welcome = stranger.seen[0]
    again = await world.viewer(epoch=welcome.epoch, after=welcome.seq)
    await again.get(wire.Ended)
    assert not any(isinstance(message, wire.SnapshotMessage) for message in again.seen)


async def test_on_the_record_everything_is_there_as_before(world):
    await ended(world, ON)
    assert "Canarytext" in await everything(await reader(world))


@pytest.mark.parametrize("path", ["/live/m1/plain", "/captions?event=m1", "/archive/m1/", "/archive/m1/floor.vtt"])
async def test_no_address_goes_round_the_quarantine(world, path):
    await ended(world, CHATHAM)
    answer = await world.client.get(path)
    assert answer.status == 404
    assert "Canarytext" not in await answer.text()


@pytest.mark.parametrize("path", ["/live/m1/events", "/live/m1/text"])
async def test_no_stream_goes_round_the_quarantine(world, path):
    await ended(world, CHATHAM)
    got = b""
    async with asyncio.timeout(20), world.client.get(path) as answer:
        while chunk := await answer.content.readany():
            got += chunk
            if b"ended" in got or b"archive" in got:
                break
    assert b"Canarytext" not in got


async def test_on_the_record_the_plain_page_goes_on(world):
    await ended(world, ON)
    answer = await world.client.get("/live/m1/plain")
    assert "Canarytext" in await answer.text()


def names(world):
    return {
        "title": "Committee",
        "policy": "on_record",
        "glossary": "Canaryterm = term",
        "roster": [{"name": "Canary Ana", "consent": True}],
    }


async def set_up(world):
    headers = {"Authorization": f"Bearer {world.token}"}
    answer = await world.client.put("/api/meetings/m1/setup", json=names(world), headers=headers)
    assert answer.status == 200


def on_disk(config):
    return b"".join(path.read_bytes() for path in config.data.rglob("*") if path.is_file())


@pytest.mark.parametrize("back", [False, True])
async def test_the_roster_leaves_every_byte_with_the_record_and_does_not_come_back(world, config, back):
    await set_up(world)
    publisher = await world.joined()
    assert b"Canary" in on_disk(config)
    host = await reader(world, world.token, wire.Role.HOST)
    await host.send(wire.SetPolicy(change=PolicyChange(10, CHATHAM)))
    await host.get(wire.Status, policy=CHATHAM)
    if back:
        await host.send(wire.SetPolicy(change=PolicyChange(20, ON)))
        await host.get(wire.Status, policy=ON)
        await set_up(world)
    await everything(host)
    assert b"Canary" not in on_disk(config)
    await publisher.close()


async def test_a_part_put_under_the_rule_afterwards_takes_the_roster_from_the_disk(world, config):
    await set_up(world)
    await ended(world, ON)
    headers = {"Authorization": f"Bearer {world.token}"}
    body = {"start": 0, "end": 10, "policy": "chatham", "reason": "Asked for."}
    answer = await world.client.post("/api/review/m1/strike", json=body, headers=headers)
    assert answer.status == 200
    assert b"Canary Ana" not in on_disk(config)
    assert b"Canaryterm" not in on_disk(config)
