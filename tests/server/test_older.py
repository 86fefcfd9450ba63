import gzip

import msgspec
import pytest

from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, Track, Word
from captioner.captions.event import CaptionEvent, TrackEvent
from captioner.captions.transcript import Transcript
from server.older import BLOCK, Older, OlderCaptions
from server.readers import RECENT, Readers


def update(number, text="", revision=1, status=CueStatus.FINAL):
    start = number * 1000
    words = (Word(start, start + 1, " Long"),)
    return CueUpdate(
        Cue(f"c-{number}", start, start + 900, text or f"Number {number}.", "en", "", words), revision, status
    )


def transcript(count):
    made = Transcript()
    made.apply(TrackEvent(epoch="e", seq=1, track=Track("floor", "en")))
    for number in range(count):
        made.apply(CaptionEvent(epoch="e", seq=number + 2, track="floor", update=update(number)))
    return made


def read(body):
    return msgspec.json.decode(gzip.decompress(body), type=Older)


async def test_a_block_has_its_cues_without_word_times_and_is_packed_once():
    older, made = OlderCaptions(), transcript(BLOCK + 10)
    first = await older.block(made, 0)
    assert await older.block(made, 0) is first
    block = read(first)
    assert (block.epoch, block.first, len(block.cues)) == ("e", 0, BLOCK)
    assert block.cues[0].update.cue.text == "Number 0."
    assert not any(each.update.cue.words for each in block.cues)
    last = read(await older.block(made, 1))
    assert (last.first, len(last.cues)) == (BLOCK, 10)
    for number in (-1, 2):
        with pytest.raises(LookupError):
            await older.block(made, number)


async def test_a_correction_makes_its_block_anew_and_no_other():
    older, made = OlderCaptions(), transcript(BLOCK + 10)
    first, second = await older.block(made, 0), await older.block(made, 1)
    made.apply(CaptionEvent(epoch="e", seq=made.seq + 1, track="floor", update=update(3, "Corrected.", 2)))
    assert read(await older.block(made, 0)).cues[3].update.cue.text == "Corrected."
    assert await older.block(made, 0) is not first
    assert await older.block(made, 1) is second


async def test_nothing_is_kept_of_a_record_that_is_gone():
    older, made = OlderCaptions(), transcript(5)
    await older.block(made, 0)
    assert len(older._kept) == 1
    del made
    assert len(older._kept) == 0


def lacking(readers, *args, **more):
    (frame,) = readers.missing(*args, **more)
    return msgspec.json.decode(frame.data, type=wire.SnapshotMessage)


def test_who_wants_the_newest_first_gets_them_and_how_many_are_older():
    readers = Readers(transcript(RECENT * 3))
    part = lacking(readers, "", 0, recent=True)
    assert part.older == RECENT * 2
    assert [each.update.cue.id for each in part.snapshot.cues][:: RECENT - 1] == [
        f"c-{RECENT * 2}",
        f"c-{RECENT * 3 - 1}",
    ]
    whole = lacking(readers, "", 0)
    assert (whole.older, len(whole.snapshot.cues)) == (0, RECENT * 3)
    assert readers.missing("", 0, recent=True)[0] is readers.missing("", 0, recent=True)[0]


def test_a_short_meeting_and_a_reader_of_this_record_get_all():
    assert lacking(Readers(transcript(RECENT * 2)), "", 0, recent=True).older == 0
    readers = Readers(transcript(RECENT * 3))
    assert lacking(readers, "e", 4, recent=True).older == 0
    assert lacking(readers, "another", 4, recent=True).older == RECENT * 2


async def test_the_address_gives_the_block_before_a_cue(world):
    publisher = await world.joined()
    await world.publish(publisher, *(update(number) for number in range(RECENT * 2 + 5)))
    viewer = await world.viewer(recent=True)
    message = await viewer.get(wire.SnapshotMessage)
    assert message.older == RECENT + 5
    answer = await world.client.get(f"/live/m1/older/{message.older}")
    assert answer.status == 200
    assert int(answer.headers["Captions-Seq"]) >= message.snapshot.seq
    assert answer.headers["Content-Encoding"] == "gzip"
    block = msgspec.json.decode(await answer.read(), type=Older)
    known = {each.update.cue.id for each in (*block.cues, *message.snapshot.cues)}
    assert known == {f"c-{number}" for number in range(RECENT * 2 + 5)}
    plain = await world.client.get("/live/m1/older/1", headers={"Accept-Encoding": "identity"})
    assert msgspec.json.decode(await plain.read(), type=Older).first == 0
    for path in ("/live/m1/older/0", "/live/m1/older/x", "/live/m1/older/99999999", "/live/nothing/older/1"):
        assert (await world.client.get(path)).status == 404, path
