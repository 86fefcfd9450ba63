import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Word
from captioner.captions.transcript import Snapshot, TrackUpdate, Transcript
from server.corrections import Conflict, corrected, labelled, renamed

WORDS = (Word(0, 500, "Hello"),)
KNOWN = CueUpdate(Cue("c1", 100, 900, "Hello", "en", "Ada", WORDS), 3, CueStatus.FINAL)


def wanted(text="Hullo", speaker="Ada", status=CueStatus.FINAL, words=()):
    return CueUpdate(Cue("c1", 0, 99_999, text, "en", speaker, words), 0, status)


def test_a_correction_is_the_next_revision_by_a_person_at_the_same_time():
    made = corrected(KNOWN, wanted(), 3, RecordPolicy.ON_RECORD)
    assert (made.revision, made.human, made.status) == (4, True, CueStatus.FINAL)
    assert (made.cue.start, made.cue.end, made.cue.text, made.cue.words) == (100, 900, "Hullo", ())


def test_the_words_stay_where_the_text_does():
    assert corrected(KNOWN, wanted("Hello", "Bob"), 3, RecordPolicy.ON_RECORD).cue.words == WORDS


@pytest.mark.parametrize(("known", "base", "newest"), [(KNOWN, 2, 3), (KNOWN, 4, 3), (None, 0, -1)])
def test_only_the_newest_revision_can_be_corrected(known, base, newest):
    with pytest.raises(Conflict) as conflict:
        corrected(known, wanted(), base, RecordPolicy.ON_RECORD)
    assert conflict.value.revision == newest


def test_the_record_policy_holds_for_corrections():
    assert corrected(KNOWN, wanted(), 3, RecordPolicy.CHATHAM).cue.speaker == ""
    assert corrected(KNOWN, wanted(), 3, RecordPolicy.OFF_RECORD) is None
    gone = corrected(KNOWN, wanted(status=CueStatus.RETRACTED), 3, RecordPolicy.OFF_RECORD)
    assert (gone.cue.text, gone.cue.speaker, gone.human) == ("", "", True)


def test_renaming_takes_every_cue_of_the_name_on_the_track():
    def cue(number, speaker, status=CueStatus.FINAL):
        return CueUpdate(Cue(f"c{number}", number, number + 1, "x", "en", speaker), 1, status)

    cues = (
        TrackUpdate("floor", cue(1, "Speaker 1")),
        TrackUpdate("floor", cue(2, "Bob")),
        TrackUpdate("fr", cue(3, "Speaker 1")),
        TrackUpdate("floor", cue(4, "Speaker 1", CueStatus.RETRACTED)),
        TrackUpdate("floor", cue(5, "Speaker 1")),
    )
    found = renamed(Transcript(Snapshot("e", 5, cues=cues)), "floor", "Speaker 1", "Ada")
    assert [(u.cue.id, u.cue.speaker, u.revision, u.human) for u in found] == [
        ("c1", "Ada", 2, True),
        ("c5", "Ada", 2, True),
    ]


@given(st.sampled_from(["", "Own", "Speaker 2"]), st.sampled_from([None, "", "Had"]), st.sampled_from(["", "Now"]))
def test_whose_label_counts(own, had, now):
    known = None if had is None else CueUpdate(Cue("c", 0, 1, "x", "en", had), 1, CueStatus.FINAL)
    update = CueUpdate(Cue("c", 0, 1, "x", "en", own), 2, CueStatus.FINAL)
    told = now if known is None else had
    # a name that came with the words counts; a label such as "Speaker 2" gives way to what people said
    assert labelled(update, known, now).cue.speaker == (own if own == "Own" else told or own)
