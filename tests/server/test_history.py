"""What a caption said before, the first captions in the page, and what slow lines get."""

from pathlib import Path

import msgspec
import pytest

from captioner.captions import wire
from captioner.captions.cue import CueStatus, RecordPolicy, Word
from captioner.captions.event import CaptionEvent
from captioner.captions.policy import PolicyChange, PolicyTimeline
from captioner.captions.transcript import Snapshot, TrackUpdate
from server.access import DOORS
from server.frames import frame_of, lean
from server.routes.history import readable
from tests.server.conftest import World

final, partial = World.final, World.partial
ON = PolicyTimeline([PolicyChange(0, RecordPolicy.ON_RECORD)])


def test_what_was_taken_back_says_nothing_any_more():
    kept = [final(text="A secret."), final(text="", revision=2, status=CueStatus.RETRACTED)]
    assert [update.cue.text for update in readable(kept, ON)] == [""]


def test_the_record_policy_holds_for_the_past_too():
    kept = [final(text="One.", speaker="Ann"), final(text="One!", revision=2, speaker="Ann")]
    off = PolicyTimeline([PolicyChange(0, RecordPolicy.ON_RECORD), PolicyChange(0, RecordPolicy.OFF_RECORD)])
    chatham = PolicyTimeline([PolicyChange(0, RecordPolicy.CHATHAM)])
    assert readable(kept, off) == []
    assert [update.cue.speaker for update in readable(kept, chatham)] == ["", ""]
    assert [update.cue.speaker for update in readable(kept, ON)] == ["Ann", "Ann"]


async def test_the_versions_of_a_cue_are_read_while_the_meeting_lasts(world):
    publisher = await world.joined()
    await world.publish(publisher, world.final(text="The lamp."))
    await world.publish(publisher, world.final(text="The ramp.", revision=2))
    answer = await world.client.get("/live/m1/history/c1?track=floor")
    assert [v["cue"]["text"] for v in (await answer.json())["versions"]] == ["The lamp.", "The ramp."]
    assert (await world.client.get("/live/m1/history/c2?track=floor")).status == 404
    assert (await world.client.get("/live/other/history/c1?track=floor")).status == 404
    await publisher.send(wire.End())
    await publisher.get(wire.Ended)
    assert (await world.client.get("/live/m1/history/c1?track=floor")).status == 404


@pytest.fixture
def viewer_folder():
    return Path(__file__).parents[2] / "viewer"  # the page itself: what is put into it must find its place


async def test_a_locked_meeting_tells_strangers_nothing(world):
    publisher = await world.joined()
    await world.publish(publisher, world.final(text="The <lamp>."))
    assert "The &lt;lamp&gt;." in await (await world.client.get("/live/m1")).text()
    await world.client.app[DOORS].set_passcode("m1", "long enough")
    assert "lamp" not in await (await world.client.get("/live/m1")).text()
    assert (await world.client.get("/live/m1/history/c1?track=floor")).status == 401
    answer = await world.client.get("/live/m1/history/c1?track=floor", headers={"X-Passcode": "long enough"})
    assert answer.status == 200


def test_readers_get_no_word_times_of_finals():
    words = tuple(Word(at, at + 1, " word") for at in range(10))
    update = msgspec.structs.replace(final(), cue=msgspec.structs.replace(final().cue, words=words))
    caption = frame_of(wire.EventMessage(event=CaptionEvent(epoch="e", seq=1, track="floor", update=update)))
    snapshot = Snapshot("e", 1, cues=(TrackUpdate("floor", update),))
    for frame in (caption, frame_of(wire.SnapshotMessage(snapshot=snapshot))):
        assert len(lean(frame).data) < len(frame.data) / 2
        assert lean(frame) is lean(frame)  # made once for all
        assert "Good morning." in lean(frame).data.decode()
        assert (lean(frame).covers, lean(frame).whole) == (frame.covers, frame.whole)
    ping = frame_of(wire.Ping())
    assert lean(ping) is ping


@pytest.mark.parametrize("partials", [True, False])
async def test_a_reader_asks_for_finished_text_only(world, partials):
    publisher = await world.joined()
    reader = await world.connect()
    await reader.send(wire.Hello(role=wire.Role.VIEWER, meeting="m1", partials=partials))
    await reader.get(wire.Status)
    await world.publish(publisher, world.partial(), world.final())
    while "Good morning." not in str(reader.seen):
        await reader.get(wire.EventMessage)
    assert any(isinstance(message, wire.Live) for message in reader.seen) is partials
