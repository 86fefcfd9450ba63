import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Cue, CueStatus, CueUpdate, MeetingState, RecordPolicy, Word
from captioner.captions.event import CaptionEvent, PolicyEvent, StateEvent, TrackEvent
from captioner.captions.policy import PolicyChange
from captioner.captions.transcript import Transcript
from server.archive.edits import Conflict, Edit, NotAllowed, updates_of
from server.archive.quality import cue_quality, quality
from server.archive.wording import pieces, retimed
from tests.server.conftest import FLOOR, final

ON, CHATHAM, OFF = RecordPolicy.ON_RECORD, RecordPolicy.CHATHAM, RecordPolicy.OFF_RECORD


def transcript(*updates, policy=((0, ON),)):
    drafts = [StateEvent(epoch="", seq=0, state=MeetingState.LIVE), TrackEvent(epoch="", seq=0, track=FLOOR)]
    drafts += [PolicyEvent(epoch="", seq=0, change=PolicyChange(*change)) for change in policy]
    drafts += [CaptionEvent(epoch="", seq=0, track="floor", update=update) for update in updates]
    return Transcript().apply_all(msgspec.structs.replace(d, epoch="e", seq=i) for i, d in enumerate(drafts, 1))


def words(text, start=0, step=100):
    return tuple(Word(start + i * step, start + i * step + 90, piece, 0.9) for i, piece in enumerate(pieces(text)))


def test_an_edit_is_a_persons_revision():
    (found,) = updates_of(transcript(final("c1")), [Edit("floor", "c1", 1, "  Good\u202e  evening. ", 0, 1500, "Ann")])
    assert found[0] == "floor"
    assert (found[1].cue.text, found[1].cue.end, found[1].cue.speaker) == ("Good evening.", 1500, "Ann")
    assert (found[1].revision, found[1].human, found[1].status) == (2, True, CueStatus.FINAL)


def test_without_text_it_is_taken_away():
    (found,) = updates_of(transcript(final("c1")), [Edit("floor", "c1", 1)])
    assert (found[1].status, found[1].cue.text, found[1].revision) == (CueStatus.RETRACTED, "", 2)


def test_one_stale_edit_stops_all():
    known = transcript(final("c1"), final("c2", revision=4, start=1000))
    with pytest.raises(Conflict) as conflict:
        updates_of(known, [Edit("floor", "c1", 1, "x", 0, 9), Edit("floor", "c2", 3, "y", 0, 9)])
    assert conflict.value.cues == ("c2",)


def test_the_policy_holds_for_reviewers_too():
    known = transcript(final("c1"), policy=((0, ON), (5000, CHATHAM), (9000, OFF)))
    (found,) = updates_of(known, [Edit("floor", "c1", 1, "x", 6000, 7000, "Ann")])
    assert found[1].cue.speaker == ""
    with pytest.raises(NotAllowed, match="off the record"):
        updates_of(known, [Edit("floor", "c1", 1, "x", 8000, 9500, "Ann")])


@pytest.mark.parametrize("edits", [[], [Edit("floor", "c1", 1, "x", 0, 9)] * 2])
def test_a_step_is_at_least_one_edit_and_one_for_a_cue(edits):
    with pytest.raises(NotAllowed):
        updates_of(transcript(final("c1")), edits)


def test_a_merged_cue_has_the_words_of_both_and_a_split_one_its_own():
    one = CueUpdate(Cue("c1", 0, 300, "One two.", "en", "", words(" One two.")), 1, CueStatus.FINAL)
    two = CueUpdate(Cue("c2", 300, 600, "Three four.", "en", "", words(" Three four.", 300)), 1, CueStatus.FINAL)
    known = transcript(one, two)
    merged = updates_of(known, [Edit("floor", "c1", 1, "One two. Three four.", 0, 600), Edit("floor", "c2", 1)])
    assert [(w.text.strip(), w.start) for w in merged[0][1].cue.words] == [
        ("One", 0), ("two.", 100), ("Three", 300), ("four.", 400),
    ]  # fmt: skip
    split = updates_of(known, [Edit("floor", "c1", 1, "One", 0, 95), Edit("floor", "n", -1, "two.", 95, 300)])
    assert [(w.text.strip(), w.start) for w in split[1][1].cue.words] == [("two.", 100)]
    assert split[1][1].cue.language == "en"


@given(st.text(max_size=80), st.text(max_size=80))
def test_words_are_the_text_and_lie_inside_the_cue(old, new):
    known = words(old)
    fresh = retimed(new.strip(), known, 0, 1000)
    if known and new.strip():
        assert "".join(w.text for w in fresh).split() == new.split()
        assert all(0 <= w.start <= w.end <= 1000 for w in fresh)
    else:
        assert fresh == ()


def test_what_stayed_keeps_its_time_and_what_is_new_shares_the_gap():
    known = words(" we meet in the large hall today")
    fresh = retimed("We meet in the grand old hall today.", known, 0, 700)
    times = {w.text.strip(): (w.start, w.end) for w in fresh}
    assert times["We"] == (0, 90)
    assert times["hall"] == (500, 590)
    assert times["grand"][0] == 400
    assert times["old"][1] == 490
    assert times["today."] == (600, 690)


def test_quality_counts_what_readers_suffer_from():
    fast = final("c1", "A text that is far too long for half a second of speech.", end=400)
    slow = final("c2", "Short.", start=1000, end=9000)
    unsure = CueUpdate(
        Cue("c3", 0, 1000, "a b", "en", "", (Word(0, 1, " a", 0.2), Word(1, 2, " b", 0.9))), 1, CueStatus.FINAL
    )
    human = msgspec.structs.replace(unsure, human=True)
    assert cue_quality(fast).too_fast
    assert cue_quality(fast).too_short
    assert cue_quality(slow).too_long
    assert cue_quality(unsure).unsure == ("a",)
    assert cue_quality(human).unsure == ()
    found = quality([fast, slow, unsure, human])
    assert (found.cues, found.corrected, found.too_fast, found.too_long, found.unsure_words) == (4, 1, 1, 1, 1)
    assert found.share_corrected == 0.25
    assert quality([]).share_corrected == 0


def test_chinese_is_read_more_slowly():
    text = "网络应该对所有人开放我们讨论"
    assert cue_quality(final("c", text)).corrected is False
    chinese = msgspec.structs.replace(
        final("c", text), cue=msgspec.structs.replace(final("c", text).cue, language="zh-Hans")
    )
    assert cue_quality(chinese).too_fast
    assert not cue_quality(final("c", text)).too_fast
