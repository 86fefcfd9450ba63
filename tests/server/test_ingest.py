"""Existing CART software writes into our meetings: the documented shapes of Zoom and StreamText."""

import asyncio
import shutil

import pytest

from captioner.captions import wire
from captioner.captions.cue import CueStatus, Origin, Track
from captioner.captions.event import CaptionEvent
from server.access import DOORS
from server.feeds import FEEDS
from server.ingest import RESTART_S, Sequence, spaced
from server.roles import Grant
from server.setup import MeetingSetup


async def token_of(world, role=Grant.CAPTIONER, meeting="m1"):
    return (await world.client.app[DOORS].invite(meeting, role, 1, ""))[1]


async def zoom(world, token, seq, text, **query):
    url = "/ingest/zoom/m1/closedcaption"
    params = {"id": "m1", "ns": "captioner", "signature": token, "seq": str(seq), "lang": "en-US"} | query
    return await world.client.post(url, params=params, data=text.encode(), headers={"Content-Type": "text/plain"})


async def texts(world, track="floor"):
    return [u.cue.text for u in (await world.hub.transcript("m1")).cues(track)]


async def event_of(peer, text):
    while True:
        event = (await peer.get(wire.EventMessage)).event
        if isinstance(event, CaptionEvent) and event.update.cue.text == text:
            return event.update


def test_sequence_numbers():
    sequence = Sequence()
    assert [sequence.take(seq, 0.0) for seq in (1, 2, 2, 1, 3, 3, 10)] == [True, True, False, False, True, False, True]
    assert sequence.take(None, 0.0)
    assert not sequence.take(1, RESTART_S)
    assert sequence.take(1, 3 * RESTART_S)
    assert sequence.last == 1


def test_posts_are_words_apart():
    assert [spaced(text) for text in ("", "a", "a\n", "a ")] == ["", "a ", "a\n", "a "]


async def test_zoom_writes_captions_of_a_person(world):
    await world.joined()
    viewer, token = await world.viewer(), await token_of(world)
    assert (await zoom(world, token, 1, "Good morning,")).status == 200
    assert (await zoom(world, token, 2, "everybody.\nSecond ")).status == 200
    update = await event_of(viewer, "Good morning, everybody.")
    assert update.human
    assert update.cue.language == "en-US"
    assert update.cue.end > update.cue.start
    statuses = [each for each in viewer.seen if isinstance(each, wire.Status)]
    assert any(each.captioners[0].origin is Origin.HUMAN for each in statuses)
    again = await zoom(world, token, 2, "everybody.\nSecond ")
    assert again.status == 200
    assert await (await world.client.get(f"/ingest/zoom/m1/closedcaption/seq?signature={token}")).text() == "2"
    await zoom(world, token, 3, "line.\n")
    await event_of(viewer, "Second line.")
    assert await texts(world) == ["Good morning, everybody.", "Second line."]


async def test_the_machine_waits_while_a_person_writes(world):
    machine, token = await world.joined(), await token_of(world)
    await zoom(world, token, 1, "By hand.\n")
    await world.publish(machine, world.final("c1", "By a machine.", start=9000))
    assert await texts(world) == ["By hand."]


async def test_refusals_are_as_documented(world):
    token = await token_of(world)
    url = f"/ingest/zoom/m1/closedcaption?signature={token}&seq=1"
    assert (await world.client.post(url, data=b"x")).status == 400  # not started
    await world.joined()
    assert (await world.client.get(url)).status == 405
    assert (await world.client.post("/ingest/zoom/m1/closedcaption?seq=1", data=b"x")).status == 403
    assert (await world.client.post(f"{url}x", data=b"x")).status == 400
    assert (await zoom(world, await token_of(world, Grant.CORRECTOR), 1, "x")).status == 403
    assert (await zoom(world, await token_of(world, meeting="other"), 1, "x")).status == 403
    assert (await zoom(world, token, 1, "x", lang="<b>")).status == 400
    assert (await zoom(world, token, 1, "x" * 5000)).status == 413
    assert (await world.client.get("/ingest/zoom/m1/closedcaption/seq")).status == 403


async def test_another_persons_track_is_refused(world):
    await world.joined(track=Track("floor", "en", origin=Origin.HUMAN), identity="ada")
    assert (await zoom(world, await token_of(world), 1, "x")).status == 400


async def test_a_revoked_address_writes_no_more(world):
    await world.joined()
    token = await token_of(world)
    assert (await zoom(world, token, 1, "One.\n")).status == 200
    doors = world.client.app[DOORS]
    (invitation,) = doors.invitations.of("m1")
    await doors.revoke(invitation)
    world.hub.dismiss(invitation.id)
    assert (await zoom(world, token, 2, "Two.\n")).status == 403
    await world.client.app[FEEDS].tick()
    assert await texts(world) == ["One."]


async def test_a_laid_down_meeting_is_opened_by_the_first_post(world):
    world.hub.setups.put("m1", MeetingSetup("Committee"))
    assert (await zoom(world, await token_of(world), 1, "Hello.\n")).status == 200
    assert (await world.hub.find("m1")).meeting.title == "Committee"


async def test_a_pause_finishes_the_sentence_and_silence_hands_back(world, monkeypatch):
    monkeypatch.setattr("server.typed.PAUSE_MS", 50)
    monkeypatch.setattr("server.feeds.IDLE_S", 1.5)
    await world.joined()
    viewer, token = await world.viewer(), await token_of(world)
    await zoom(world, token, 1, "A pause comes.")
    await event_of(viewer, "A pause comes.")
    await zoom(world, token, 2, "left over")
    await event_of(viewer, "left over")
    while (await viewer.get(wire.Status)).captioners[0].origin is not Origin.AUTOMATIC:
        pass


async def test_streamtext_mends_by_deleting(world):
    await world.joined()
    viewer, token = await world.viewer(), await token_of(world)
    url = f"/ingest/streamtext/m1?signature={token}&lang=en"
    for seq, part in enumerate(["I reci", "\b\b\beceive.\r\n", "\x7f\x7f!\r\n", "Next"], 1):
        assert (await world.client.post(f"{url}&seq={seq}", data=part.encode())).status == 200
        await world.client.post(f"{url}&seq={seq}", data=part.encode())
    await event_of(viewer, "I receive.")
    update = await event_of(viewer, "I receive!")
    assert (update.status, update.human) == (CueStatus.FINAL, True)
    assert await texts(world) == ["I receive!"]


async def test_what_the_disk_refuses_is_stored_later(world, monkeypatch):
    from server.errors import StorageFull

    monkeypatch.setattr("server.ingest.RETRY_S", 0.0)
    await world.joined()
    viewer, token = await world.viewer(), await token_of(world)
    await zoom(world, token, 1, "First.\n")
    append, full = world.hub.room("m1")._append, True

    async def refusing(meeting, draft):
        if full:
            raise StorageFull("full")
        return await append(meeting, draft)

    world.hub.room("m1")._append = refusing
    assert (await zoom(world, token, 2, "Second.\n")).status == 200
    assert await texts(world) == ["First."]
    full = False
    await event_of(viewer, "Second.")


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
async def test_curl_as_cart_software_does_it(world):
    await world.joined()
    token = await token_of(world)
    base = f"http://127.0.0.1:{world.client.port}/ingest/zoom/m1/closedcaption?id=m1&ns=captioner&signature={token}"

    async def curl(*arguments):
        process = await asyncio.create_subprocess_exec(
            "curl",
            "-s",
            "-o",
            "-",
            "-w",
            " %{http_code}",
            "--max-time",
            "10",
            *arguments,
            stdout=asyncio.subprocess.PIPE,
        )
        return (await process.communicate())[0].decode()

    posted = await curl(
        "-X", "POST", "-H", "Content-Type: text/plain", "--data-binary", "Grüße aus Genf.\n", f"{base}&seq=1&lang=de-DE"
    )
    assert posted.endswith(" 200")
    assert (await curl(base.replace("closedcaption?", "closedcaption/seq?"))) == "1 200"
    assert (await curl(f"{base}&seq=2")).endswith(" 405")
    assert await texts(world) == ["Grüße aus Genf."]
