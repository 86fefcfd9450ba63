import json

import pytest

from captioner.captions import wire
from captioner.captions.cue import RecordPolicy
from captioner.captions.event import CaptionEvent, GapEvent, GapReason, PolicyEvent, TrackEvent
from captioner.captions.policy import PolicyChange
from captioner.captions.transcript import Transcript
from server.archive.recording import covers, path_of, silent_spans
from tests.server.conftest import FLOOR, final

ON, CHATHAM, OFF = RecordPolicy.ON_RECORD, RecordPolicy.CHATHAM, RecordPolicy.OFF_RECORD
MP3 = b"\xff\xe3" + b"sound" * 100


def folded(*drafts):
    events = []
    for seq, draft in enumerate(drafts, 1):
        events.append(draft(epoch="e", seq=seq))
    return Transcript().apply_all(events)


def policy(at, value):
    return lambda **at_place: PolicyEvent(change=PolicyChange(at, value), **at_place)


def said(update):
    return lambda **place: CaptionEvent(track="floor", update=update, **place)


@pytest.mark.parametrize(
    ("drafts", "silent"),
    [
        ((), ((0, None),)),
        ((policy(0, ON),), ()),
        ((policy(0, CHATHAM),), ((0, None),)),
        ((policy(0, ON), policy(1000, OFF), policy(2000, CHATHAM), policy(3000, ON)), ((1000, 3000),)),
        ((policy(500, ON),), ((0, 500),)),
        ((policy(0, ON), lambda **at: GapEvent(start=100, end=200, reason=GapReason.PAUSED, **at)), ((100, 200),)),
        ((policy(0, ON), lambda **at: GapEvent(start=100, end=200, reason=GapReason.AUDIO_LOST, **at)), ()),
        (
            (
                policy(0, ON),
                lambda **at: TrackEvent(track=FLOOR, **at),
                said(final("c1", "Dear [name removed].", end=900)),
            ),
            ((0, 900),),
        ),
    ],
)
def test_what_must_be_silent(drafts, silent):
    assert silent_spans(folded(*drafts)) == silent


def test_more_silence_than_needed_is_enough_and_less_is_not():
    assert covers(((0, 100), (100, 300)), ((50, 250),))
    assert covers(((0, None),), ((5, None), (1, 2)))
    assert not covers(((0, 100),), ((50, 150),))
    assert not covers(((0, 100),), ((0, None),))
    assert covers((), ())


async def ended(world, *changes, first=ON):
    publisher = await world.joined(policy=first)
    await world.publish(publisher, final("c1", "Hello there.", end=900), final("c2", "More.", start=5000, end=5900))
    for change in changes:
        await publisher.send(wire.SetPolicy(change=change))
    await publisher.send(wire.End())
    await publisher.get(wire.Ended)


async def put(world, silent, content=MP3, token=None, consent="yes"):
    headers = {"Authorization": f"Bearer {world.token if token is None else token}"}
    parts = silent if isinstance(silent, str) else [{"start": start, "end": end} for start, end in silent]
    query = {"silent": json.dumps(parts), "consent": consent}
    return await world.client.put("/api/meetings/m1/recording", data=content, headers=headers, params=query)


async def needed(world):
    headers = {"Authorization": f"Bearer {world.token}"}
    said = await (await world.client.get("/api/meetings/m1/recording", headers=headers)).json()
    return [[part["start"], part["end"]] for part in said["silent"]]


async def test_a_recording_plays_beside_the_open_record(world, config):
    await ended(world)
    assert (await world.client.get("/archive/m1/recording.mp3")).status == 404
    assert (await put(world, await needed(world))).status == 201
    part = await world.client.get("/archive/m1/recording.mp3", headers={"Range": "bytes=0-3"})
    assert (part.status, await part.read(), part.headers["Content-Type"]) == (206, MP3[:4], "audio/mpeg")
    page = await (await world.client.get("/archive/m1/")).text()
    assert 'src="/archive/m1/recording.mp3"' in page
    alone = await (await world.client.get("/archive/m1/floor.html")).text()
    assert '<audio controls preload="metadata" src="recording.mp3"' in alone
    assert 'data-start="5.000"' in alone
    headers = {"Authorization": f"Bearer {world.token}"}
    assert (await world.client.delete("/api/meetings/m1/recording", headers=headers)).status == 204
    assert not path_of(config.data, "m1").exists()
    assert "<audio" not in await (await world.client.get("/archive/m1/")).text()
    assert (await world.client.delete("/api/meetings/m1/recording", headers=headers)).status == 404


async def test_a_recording_in_which_too_much_is_heard_is_refused_and_not_kept(world, config):
    await ended(world, PolicyChange(2000, OFF), PolicyChange(4000, ON))
    assert await needed(world) == [[2000, 4000]]
    refused = await put(world, [])
    assert refused.status == 409
    assert list((config.data / "recordings").iterdir()) == []
    assert (await put(world, [[1000, 4500]])).status == 201


@pytest.mark.parametrize("how", ["strike", "redact", "erase"])
async def test_what_is_struck_later_takes_the_recording_with_it(world, config, how):
    await ended(world)
    assert (await put(world, [])).status == 201
    headers = {"Authorization": f"Bearer {world.token}"}
    bodies = {
        "strike": {"start": 0, "end": 1000, "policy": "chatham", "reason": "Asked for."},
        "redact": {"spans": [{"track": "floor", "cue": "c1", "base": 1, "start": 0, "end": 5}]},
        "erase": {"reason": "Asked for."},
    }
    answer = await world.client.post(f"/api/review/m1/{how}", json=bodies[how], headers=headers)
    assert answer.status == 200, await answer.text()
    assert not path_of(config.data, "m1").exists()
    assert (await world.client.get("/archive/m1/recording.mp3")).status in {404, 410}


async def test_before_the_release_nobody_hears_anything(world):
    await ended(world, PolicyChange(10_000, CHATHAM))
    assert (await put(world, await needed(world))).status == 201
    assert (await world.client.get("/archive/m1/recording.mp3")).status == 404


async def test_who_may_not_and_what_cannot_be(world, monkeypatch):
    await ended(world)
    assert (await put(world, [], token="wrong")).status == 401
    assert (await put(world, [], consent="no")).status == 400
    assert (await put(world, "nothing")).status == 400
    assert (await put(world, [], content=b"RIFF")).status == 400
    monkeypatch.setattr("server.routes.recording.MAX_BYTES", 100)
    assert (await put(world, [])).status == 413
    headers = {"Authorization": f"Bearer {world.token}"}
    assert (await world.client.get("/api/meetings/none/recording", headers=headers)).status == 404


async def test_a_meeting_that_goes_on_takes_no_recording(world):
    await world.joined(policy=ON)
    headers = {"Authorization": f"Bearer {world.token}"}
    assert (await world.client.get("/api/meetings/m1/recording", headers=headers)).status == 409
