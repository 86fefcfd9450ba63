"""The formats, read back by foreign readers."""

import json

import webvtt
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState, Track, Word, clean_text
from server.archive.export.json_words import json_words
from server.archive.export.text import text
from server.archive.export.vtt import vtt
from server.archive.record import Record, Span, TrackRecord

NOON = 1_790_000_000_000


def update(cue, start, said, speaker="", words=()):
    return CueUpdate(Cue(cue, start, start + 900, said, "en", speaker, words), 2, CueStatus.FINAL)


def make(*cues, off=()):
    track = TrackRecord(Track("floor", "en", "The floor"), cues)
    return Record(Meeting("m", "A & B", NOON), "e", 7, MeetingState.ENDED, off, (track,)), track


def test_webvtt_is_read_by_another_reader():
    content = vtt(
        *make(update("c1", 0, "1 < 2 & 3 --> 4", "Amina"), update("c2", 3_600_000, "End."), off=(Span(5, 9),))
    )
    captions = webvtt.from_string(content).captions
    assert [(c.identifier, c.start, c.voice) for c in captions] == [
        ("c1", "00:00:00.000", "Amina"), ("c2", "01:00:00.000", None),
    ]  # fmt: skip
    assert "Title: A & B" in content
    assert "Off the record" in content
    assert "made automatically" in content


def test_text_in_the_form_of_the_igf():
    cues = (
        update("c1", 0, "Welcome.", "Amina"), update("c2", 1000, "Let us begin.", "Amina"), update("c3", 8000, "I agree.", "Bo"),
        update("c4", 90_000, "Thank you."),
    )  # fmt: skip
    lines = text(*make(*cues, off=(Span(20_000, 80_000),))).split("\n\n")
    assert lines[0] == "A & B"
    assert lines[3:] == [
        ">> AMINA: Welcome. Let us begin.", ">> BO: I agree.", "[Off the record 00:00:20\u201300:01:20]", "Thank you.",
        "Track: The floor\nLanguage: en\n",
    ]  # fmt: skip


def test_json_keeps_the_times_of_words():
    words = (Word(0, 400, "Good", 0.9), Word(400, 900, " morning.", 0.8))
    data = json.loads(json_words(*make(update("c1", 0, "Good morning.", words=words), off=(Span(5, None),))))
    assert data["cues"][0]["words"][1] == {"start": 400, "end": 900, "text": " morning.", "probability": 0.8}
    assert (data["meeting"], data["track"], data["epoch"], data["seq"]) == ("m", "floor", "e", 7)
    assert data["off_record"] == [{"start": 5, "end": None}]
    assert data["cues"][0]["revision"] == 2


@given(st.lists(st.text(min_size=1).map(clean_text).filter(bool), max_size=5))
def test_no_format_loses_a_word(texts):
    record = make(*(update(f"c{n}", n * 1000, said) for n, said in enumerate(texts)))
    assert [cue["text"] for cue in json.loads(json_words(*record))["cues"]] == texts
    plain = text(*record)
    assert all(said in plain for said in texts)
    assert vtt(*record).count(" --> 00:00:") >= len(texts)
