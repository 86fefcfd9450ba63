from captioner.captions.cue import Word
from captioner.streaming.guards import first_crammed, first_loop


def words(text, step=300):
    return [Word(i * step, (i + 1) * step, " " + t) for i, t in enumerate(text.split())]


def test_people_may_repeat_themselves():
    assert first_loop(words("no no no that is very very good")) is None
    assert first_loop(words("I believe that I believe that we can")) is None


def test_a_loop_is_cut_where_it_begins():
    said = words("he said Anna Anna Anna Anna Anna Anna")
    assert first_loop(said) == 3


def test_a_loop_that_goes_on_from_committed_words_is_found():
    assert first_loop(words("Anna Anna Anna"), words("the name is Anna Anna")) is not None


def test_a_long_refrain_is_found():
    assert first_loop(words("we must all go on " * 4)) is not None


def test_crammed_words_are_found():
    spoken = words("before this decade")
    invented = [Word(900, 910, f" w{i}") for i in range(6)]
    assert first_crammed([*spoken, *invented]) == 3
    assert first_crammed(spoken) is None
    assert first_crammed(words("one two three four five", step=90)) is None
