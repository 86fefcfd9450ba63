import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import (
    MAX_TEXT,
    MAX_TIME,
    Cue,
    CueStatus,
    CueUpdate,
    Track,
    Word,
    check_identifier,
    check_language,
    check_track,
    check_update,
    clean_text,
    split_stable,
)
from captioner.captions.errors import InvalidCue


def update(status=CueStatus.FINAL, revision=1, stable=0, **fields):
    cue = Cue(**{"id": "c1", "start": 0, "end": 1000, "text": "Good morning.", "language": "en"} | fields)
    return CueUpdate(cue, revision, status, stable)


def test_a_sound_final_passes():
    check_update(update(speaker="Ada", words=(Word(0, 500, "Good", 0.5), Word(500, 1000, " morning.", 1.0))))


@pytest.mark.parametrize(
    "fields",
    [
        {"start": -1},
        {"start": 2000},
        {"end": MAX_TIME + 1},
        {"end": 0},
        {"text": ""},
        {"text": "two\nlines"},
        {"text": "bell\x07"},
        {"text": "\u202eright to left"},
        {"text": "x" * (MAX_TEXT + 1)},
        {"speaker": "A\nB"},
        {"speaker": "x" * 201},
        {"id": ""},
        {"id": "a b"},
        {"id": "../x"},
        {"id": "-->"},
        {"language": "english language"},
        {"language": ""},
        {"revision": -1},
        {"revision": 2**40},
        {"stable": -1},
        {"words": (Word(5, 1, "x"),)},
        {"words": (Word(0, 1, "x", 1.5),)},
        {"words": (Word(0, 1, "x"),) * 257},
    ],
)
def test_a_broken_final_is_refused_without_its_text(fields):
    with pytest.raises(InvalidCue) as refusal:
        check_update(update(**fields))
    assert "Good morning" not in str(refusal.value)


def test_a_partial_and_a_retraction_may_be_empty():
    for status in (CueStatus.PARTIAL, CueStatus.RETRACTED):
        check_update(update(status, text="", end=0))


@pytest.mark.parametrize("value", ["a", "2026-05-01.plenary", "A_b-c.9", "x" * 64])
def test_identifiers(value):
    check_identifier(value, "meeting id")


@pytest.mark.parametrize("value", ["", ".", "..", "-a", "a/b", "a b", "ä", "x" * 65, "a\n", "a\x00"])
def test_what_is_no_identifier(value):
    with pytest.raises(InvalidCue, match="meeting id"):
        check_identifier(value, "meeting id")


@pytest.mark.parametrize("value", ["en", "zh-Hans", "sr-Latn-RS", "und"])
def test_languages(value):
    check_language(value)


def test_a_track_needs_a_clean_label():
    check_track(Track("floor", "en", "The floor"))
    for track in (
        Track("floor", "en", "two\nlines"),
        Track("a b", "en"),
        Track("floor", "x"),
        Track("f", "en", "x" * 201),
    ):
        with pytest.raises(InvalidCue):
            check_track(track)


@given(st.text())
def test_cleaning_is_idempotent_and_leaves_one_line(text):
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert len(cleaned.splitlines()) <= 1
    assert cleaned == cleaned.strip()


def test_stable_words_and_the_rest():
    words = (Word(0, 1, " Good"), Word(1, 2, " morning,"), Word(2, 3, " all"))
    partial = update(CueStatus.PARTIAL, stable=2, text="Good morning, all", words=words)
    assert split_stable(partial) == ("Good morning,", "all")
    assert split_stable(update(words=words)) == ("Good morning.", "")
