import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, Origin, RecordPolicy, Track
from captioner.captions.event import GapReason
from captioner.captions.policy import PolicyChange, PolicyTimeline
from captioner.captions.transcript import Transcript
from server.archive.record import Record, Span, TrackRecord, off_record_spans, paragraphs
from server.drafts import draft_caption, draft_gap, draft_policy, draft_track

ON, CHATHAM, OFF = RecordPolicy.ON_RECORD, RecordPolicy.CHATHAM, RecordPolicy.OFF_RECORD


def update(start, text="Yes.", speaker="", language="en", length=900):
    return CueUpdate(Cue(f"c{start}", start, start + length, text, language, speaker), 1, CueStatus.FINAL)


@pytest.mark.parametrize(
    ("changes", "spans"),
    [
        ([], (Span(0, None),)),
        ([(0, ON)], ()),
        ([(0, ON), (5, OFF), (9, CHATHAM)], (Span(5, 9),)),
        ([(0, ON), (5, OFF)], (Span(5, None),)),
        ([(7, ON)], (Span(0, 7),)),
        ([(0, ON), (5, OFF), (6, OFF), (9, ON)], (Span(5, 9),)),
        ([(0, ON), (5, OFF), (5, ON)], ()),
    ],
)
def test_when_nothing_was_kept(changes, spans):
    assert off_record_spans(tuple(PolicyChange(*change) for change in changes)) == spans


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(RecordPolicy)), max_size=8), st.integers(0, 70))
def test_spans_agree_with_the_timeline_at_every_moment(changes, moment):
    made = tuple(PolicyChange(*change) for change in changes)
    inside = any(span.start <= moment and (span.end is None or moment < span.end) for span in off_record_spans(made))
    timeline = PolicyTimeline(made)
    holding = [change for change in timeline.changes if change.at <= moment]
    assert inside == (not holding or holding[-1].policy is OFF)


def test_a_span_is_said_in_seconds():
    assert str(Span(61_500, 3_600_000)) == "00:01:01\u201301:00:00"
    assert str(Span(1000, None)) == "from 00:00:01 on"


def test_paragraphs_end_with_speaker_language_pause_and_length():
    cues = (update(0), update(1000), update(5000), update(6000, speaker="A"), update(7000, speaker="A", language="fr"))
    assert [len(p.cues) for p in paragraphs(cues)] == [2, 1, 1, 1]
    long = tuple(update(n * 1000, "word " * 40) for n in range(10))
    assert [len(p.cues) for p in paragraphs(long)] == [3, 3, 3, 1]


@given(st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(["", "A", "B"]), st.sampled_from(["en", "fr"]))))
def test_paragraphs_lose_and_reorder_nothing(rows):
    cues = tuple(update(start, speaker=speaker, language=language) for start, speaker, language in sorted(rows))
    assert tuple(u for paragraph in paragraphs(cues) for u in paragraph.cues) == cues


def track_of(*people, origin=Origin.AUTOMATIC):
    cues = tuple(msgspec.structs.replace(update(n * 1000), human=human) for n, human in enumerate(people))
    return TrackRecord(Track("floor", "en", "", origin), cues)


@pytest.mark.parametrize(
    ("track", "said"),
    [
        (track_of(), "made automatically. They may"),
        (track_of(False, False), "made automatically. They may"),
        (track_of(True, False, True), "A person corrected 2 of 3."),
        (track_of(True, True), "each was corrected or confirmed by a person"),
        (track_of(True, origin=Origin.HUMAN), "made by a person"),
    ],
)
def test_how_far_a_track_can_be_trusted(track, said):
    assert said in track.quality
    assert "authoritative record" in track.quality


def test_where_words_are_missing_is_told_in_order():
    from server.archive.export.text import text

    events = [
        draft_policy(0, ON), draft_track(Track("floor", "en")), draft_gap(5000, 9000, GapReason.AUDIO_LOST),
        draft_policy(2000, OFF), draft_policy(3000, ON), draft_caption("floor", update(10_000)), draft_gap(20_000, 20_000, GapReason.PAUSED),
    ]  # fmt: skip
    transcript = Transcript().apply_all(
        msgspec.structs.replace(event, epoch="e", seq=n) for n, event in enumerate(events, 1)
    )
    record = Record.of(Meeting("m", "t", 0), transcript)
    assert record.missing_lines == (
        "Off the record 00:00:02\u201300:00:03", "No captions, for the sound was lost 00:00:05\u201300:00:09",
        "Captions paused from 00:00:20 on",
    )  # fmt: skip
    lines = text(record, record.tracks[0]).split("\n\n")
    assert lines[3:7] == [
        f"[{record.missing_lines[0]}]",
        f"[{record.missing_lines[1]}]",
        "Yes.",
        f"[{record.missing_lines[2]}]",
    ]
