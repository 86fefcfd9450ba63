from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import CueStatus, Word, check_update
from captioner.streaming.assembler import Assembler, CueConfig, ends_sentence


def words(text, start=0, step=300):
    return [Word(start + i * step, start + (i + 1) * step, " " + t) for i, t in enumerate(text.split())]


def test_a_sentence_becomes_a_cue():
    updates = Assembler("r", CueConfig()).take(words("Good morning. We"), words("begin", 900), "en")
    assert [(u.status, u.cue.text, u.stable) for u in updates] == [
        (CueStatus.FINAL, "Good morning.", 2),
        (CueStatus.PARTIAL, "We begin", 1),
    ]
    assert [u.cue.id for u in updates] == ["r-0001", "r-0002"]


def test_abbreviations_do_not_end_a_sentence():
    assert not ends_sentence(" Dr.")
    assert not ends_sentence(" J.")
    assert ends_sentence(' done."')
    assert ends_sentence("好。")


def test_long_speech_is_cut_at_a_comma():
    assembler = Assembler("r", CueConfig(max_words=10, max_ms=60_000))
    finals = [u for u in assembler.take(words("a b c d e f, g h i j k l"), [], "en") if u.status is CueStatus.FINAL]
    assert finals[0].cue.text == "a b c d e f,"


def test_silence_closes_the_cue_and_close_flushes():
    assembler = Assembler("r", CueConfig())
    assembler.take(words("well then"), [], "en")
    assert assembler.silence(1_000) == []
    assert assembler.silence(2_200)[0].cue.text == "well then"
    assembler.take(words("the end", 3_000), [], "en")
    assert assembler.close()[0].cue.text == "the end"
    assert assembler.close() == []


def test_nothing_new_makes_no_update():
    assembler = Assembler("r", CueConfig())
    assert len(assembler.take([], words("a b"), "en")) == 1
    assert assembler.take([], words("a b"), "en") == []


@given(st.lists(st.lists(st.sampled_from(["a", "b.", "c,", "long", "网"]), max_size=9), max_size=12))
def test_no_word_is_lost_and_everything_is_valid(batches):
    assembler = Assembler("r", CueConfig(max_words=5))
    position, updates, said = 0, [], []
    for batch in batches:
        spoken = words(" ".join(batch), position)
        position += 300 * len(batch)
        said += batch
        updates += assembler.take(spoken, words("tail", position), "en")
    updates += assembler.close()
    finals = [u for u in updates if u.status is CueStatus.FINAL]
    assert " ".join(u.cue.text for u in finals).split() == said
    for update in updates:
        check_update(update)
    revisions = {}
    for update in updates:
        assert update.revision > revisions.get(update.cue.id, 0)
        revisions[update.cue.id] = update.revision
    starts = [u.cue.start for u in finals]
    assert starts == sorted(starts)


def test_a_sign_that_comes_later_than_its_word_is_part_of_it():
    assembler = Assembler("r", CueConfig())
    assembler.take(words("you know"), [], "en")
    shown = assembler.take([], [Word(600, 600, ","), *words("we begin", 600)], "en")[0]
    assert (shown.cue.text, shown.stable) == ("you know, we begin", 2)
    assembler.take([Word(600, 600, ","), *words("we", 600)], [], "en")
    final = assembler.take([Word(900, 900, ".")], [], "en")[0]
    assert (final.status, final.cue.text) == (CueStatus.FINAL, "you know, we.")
    assert [word.text for word in final.cue.words] == [" you", " know,", " we."]
    assert assembler.take([Word(900, 900, ".")], words("Well"), "en")[0].cue.text == "Well"


def test_an_abbreviation_s_stop_that_comes_later_ends_nothing():
    assembler = Assembler("r", CueConfig())
    assembler.take(words("Dr"), [], "en")
    assert assembler.take([Word(300, 300, "."), *words("Ada", 300)], [], "en")[0].cue.text == "Dr. Ada"
