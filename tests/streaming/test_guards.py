from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Word
from captioner.streaming.guards import without_crammed, without_loops


def words(text, step=300):
    return [Word(i * step, (i + 1) * step, f" {word}") for i, word in enumerate(text.split())]


def said(kept):
    return "".join(word.text for word in kept).strip()


def test_people_repeat_themselves():
    for text in ("no no no", "some more words words words words words and that is all", "a b a b", "I am I am here"):
        assert said(without_loops(words(text))) == text


def test_a_loop_is_cut_to_what_people_say_and_what_follows_stays():
    assert said(without_loops(words("Anna " * 20 + "came"))) == "Anna " * 6 + "came"
    line = "thank you very much indeed"
    assert said(without_loops(words(f"{line} {line} {line} {line} bye"))) == f"{line} {line} bye"


def test_committed_words_count():
    assert without_loops(words("Anna Anna"), words("Anna " * 6)) == []
    assert said(without_loops(words("Anna came"), words("Anna " * 6))) == "came"


def test_an_invented_sentence_at_the_end_goes():
    spoken = words("we choose to go")
    invented = [Word(1200 + 20 * i, 1220 + 20 * i, f" i{i}") for i in range(5)]
    assert without_crammed([*spoken, *invented]) == spoken


def test_fast_speech_and_a_crammed_stretch_in_the_middle_stay():
    fast = words("this is how an auctioneer speaks", 120)
    assert without_crammed(fast) == fast
    glitch = [Word(600, 620, f" m{i}") for i in range(4)]
    middle = [*words("a b"), *glitch, Word(900, 1300, " z")]
    assert without_crammed(middle) == middle


@given(st.lists(st.sampled_from("abc"), max_size=60))
def test_what_stays_is_in_order_and_a_second_look_finds_nothing(letters):
    given_words = words(" ".join(letters))
    kept = without_loops(given_words)
    assert [w for w in given_words if w in kept] == kept
    longest = max((len(list(run)) for run in _runs(kept)), default=0)
    assert longest <= 7


def _runs(kept):
    import itertools

    for _, group in itertools.groupby(kept, key=lambda w: w.text):
        yield list(group)
