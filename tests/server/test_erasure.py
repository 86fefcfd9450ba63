import msgspec
import pytest

from captioner.captions.cue import CueStatus, Meeting, MeetingState, RecordPolicy
from captioner.captions.event import CaptionEvent, TrackEvent
from captioner.captions.policy import PolicyChange, PolicyTimeline
from captioner.captions.transcript import Transcript
from server.archive.erasure import (
    Tombstone,
    erase_meeting,
    erased_meetings,
    redact,
    stricter_part,
    strike,
    tombstones_of,
)
from server.archive.log import EventLog
from server.archive.record import off_record_spans
from server.archive.review import make_statement, statements_of, store_statement
from server.drafts import draft_policy, draft_state
from tests.server.conftest import FLOOR, final

ON, CHATHAM, OFF = RecordPolicy.ON_RECORD, RecordPolicy.CHATHAM, RecordPolicy.OFF_RECORD


def caption(update):
    return CaptionEvent(epoch="", seq=0, track="floor", update=update)


@pytest.fixture
def log(tmp_path):
    log = EventLog(tmp_path)
    drafts = (draft_policy(0, ON), draft_state(MeetingState.LIVE), TrackEvent(epoch="", seq=0, track=FLOOR))
    log.open_meeting(Meeting("m1", "A meeting", 1), drafts)
    for number in range(6):
        name = f"Canaryname{number}"
        log.append("m1", caption(final(f"c{number}", f"Canaryfirst{number}.", 1, number * 10_000, speaker=name)))
        log.append("m1", caption(final(f"c{number}", f"Canarytext{number}.", 2, number * 10_000, speaker=name)))
    yield log
    log.close()


def every_byte(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def transcript(log):
    return Transcript().apply_all(log.read("m1"))


def stone(start=20_000, end=40_000):
    return Tombstone("m1", "asked by the speaker", 99, start, end)


def test_a_part_made_off_the_record_afterwards_is_in_no_byte(log, tmp_path):
    fresh = strike(log, stone(), OFF)
    content = every_byte(tmp_path)
    for number in range(6):
        gone = number in {2, 3}
        for word in ("name", "first", "text"):
            assert (f"Canary{word}{number}".encode() in content) is not gone
    folded = transcript(log)
    assert [update.cue.id for update in folded.cues("floor")] == ["c0", "c1", "c4", "c5"]
    assert [str(span) for span in off_record_spans(folded.policy())] == ["00:00:20\N{EN DASH}00:00:40"]
    assert [type(event).__name__ for event in fresh] == ["PolicyEvent"] * 2 + ["CaptionEvent"] * 2
    assert tombstones_of(log, "m1") == (stone(),)


def test_a_part_put_under_the_rule_afterwards_keeps_the_words_and_no_name(log, tmp_path):
    strike(log, stone(), CHATHAM)
    content = every_byte(tmp_path)
    assert b"Canaryname2" not in content
    assert b"Canaryname3" not in content
    assert b"Canaryname4" in content
    assert b"Canarytext2" in content
    assert [update.cue.speaker for update in transcript(log).cues("floor")][1:5] == [
        "Canaryname1",
        "",
        "",
        "Canaryname4",
    ]


def test_readers_who_had_it_learn_that_it_is_gone(log):
    reader = transcript(log)
    for event in strike(log, stone(), OFF):
        reader.apply(event)
    assert reader.snapshot().cues == () or [u.cue.id for u in reader.cues("floor")] == ["c0", "c1", "c4", "c5"]
    assert reader.seq == transcript(log).seq


def test_a_cue_that_comes_late_for_that_part_is_not_kept_either(log):
    strike(log, stone(), OFF)
    timeline = PolicyTimeline(transcript(log).policy())
    assert timeline.strictest(25_000, 26_000) is OFF
    assert timeline.strictest(45_000, 46_000) is ON


def test_a_seq_still_means_what_it_meant(log):
    before = transcript(log).seq
    strike(log, stone(), OFF)
    assert [event.seq for event in log.read("m1")] == list(range(1, before + 5))


@pytest.mark.parametrize(("start", "end"), [(5, 5), (7, 3), (-1, 4), (None, 5)])
def test_a_part_that_is_none_is_refused(log, start, end):
    with pytest.raises(ValueError, match="a part"):
        strike(log, stone(start, end), OFF)


def test_changes_inside_of_the_part_never_loosen_it():
    timeline = PolicyTimeline([PolicyChange(0, ON), PolicyChange(50, CHATHAM), PolicyChange(80, ON)])
    for change in stricter_part(timeline, 20, 70, OFF):
        timeline.add(change)
    assert [timeline.at(time) for time in (10, 20, 49, 50, 69, 70, 79, 80)] == [
        ON,
        OFF,
        OFF,
        OFF,
        OFF,
        CHATHAM,
        CHATHAM,
        ON,
    ]


def test_the_rule_does_not_loosen_what_was_off_the_record():
    timeline = PolicyTimeline([PolicyChange(0, OFF), PolicyChange(50, ON)])
    for change in stricter_part(timeline, 20, 70, CHATHAM):
        timeline.add(change)
    assert [timeline.at(time) for time in (10, 30, 60, 70)] == [OFF, OFF, CHATHAM, ON]


def test_a_redacted_name_is_gone_from_the_history_too(log, tmp_path):
    known = transcript(log).cues("floor")[2]
    clean = msgspec.structs.replace(known.cue, text="[name removed].", speaker="")
    redact(log, "m1", [("floor", msgspec.structs.replace(known, cue=clean, revision=3))])
    content = every_byte(tmp_path)
    assert b"Canaryname2" not in content
    assert b"Canaryfirst2" not in content
    assert b"Canarytext2" not in content
    early = Transcript().apply_all(e for e in log.read("m1") if e.seq <= 9)
    assert [update.cue.text for update in early.cues("floor")][2] == "[name removed]."


def test_a_statement_on_what_is_struck_goes_with_it(log):
    store_statement(log, "m1", make_statement("floor", "c0", "c2", "Ann", "We disagree.", 1))
    store_statement(log, "m1", make_statement("floor", "c4", "c5", "Ann", "We agree.", 2))
    strike(log, stone(), OFF)
    assert [each.text for each in statements_of(log, "m1")] == ["We agree."]


def test_an_erased_meeting_leaves_a_tombstone_only(log, tmp_path):
    store_statement(log, "m1", make_statement("floor", "c4", "c5", "Canaryauthor", "We agree.", 2))
    erase_meeting(log, Tombstone("m1", "asked for", 99))
    content = every_byte(tmp_path)
    assert b"Canary" not in content
    assert b"A meeting" not in content
    assert list(log.read("m1")) == []
    assert log.find("m1").meeting.title == ""
    assert erased_meetings(log) == {"m1": Tombstone("m1", "asked for", 99)}


def test_after_a_crash_in_the_middle_nothing_is_half_erased(log, tmp_path, monkeypatch):
    monkeypatch.setattr(log, "add", lambda meeting, draft: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        strike(log, stone(), OFF)
    assert [update.cue.id for update in transcript(log).cues("floor")] == [f"c{n}" for n in range(6)]
    assert all(u.status is CueStatus.FINAL for u in transcript(log).cues("floor"))


def test_a_signed_statement_leaves_with_the_record_even_where_the_words_stay(log, tmp_path):
    store_statement(log, "m1", make_statement("floor", "c0", "c5", "Canaryauthor", "We disagree.", 1))
    store_statement(log, "m1", make_statement("floor", "c4", "c5", "Bo", "We agree.", 2))
    strike(log, stone(), CHATHAM)
    assert [each.author for each in statements_of(log, "m1")] == ["Bo"]
    assert b"Canaryauthor" not in every_byte(tmp_path)
