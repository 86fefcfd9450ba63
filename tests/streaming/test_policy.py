from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Word
from captioner.streaming.policy import CommitConfig, normal, stable_words

CONFIG = CommitConfig(settled_ms=1_000, agreed_ms=300)


def words(*texts, step=400):
    return [Word(i * step, (i + 1) * step, " " + text) for i, text in enumerate(texts)]


def test_old_words_are_committed_by_one_pass():
    assert stable_words([], words("a", "b", "c", "d"), 1_900, CONFIG) == 2


def test_agreed_words_are_committed_earlier():
    now = words("A,", "b", "c", "d")
    assert stable_words(words("a", "B.", "x"), now, 1_200, CONFIG) == 2


def test_a_word_at_the_very_edge_is_never_committed():
    assert stable_words(words("a"), words("a"), 500, CONFIG) == 0


def test_disagreement_stops_the_run():
    assert stable_words(words("x", "b"), words("a", "b"), 1_200, CONFIG) == 0


def test_normal_keeps_words_of_every_script():
    assert normal(" Hello,") == "hello"
    assert normal("网络。") == "网络"
    assert normal("ёлка!") == "ёлка"


@given(
    st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8), st.integers(0, 5_000)
)
def test_count_is_in_range_and_grows_with_time(previous, current, heard):
    a, b = words(*previous), words(*current)
    count = stable_words(a, b, heard, CONFIG)
    assert 0 <= count <= len(b)
    assert stable_words(a, b, heard + 500, CONFIG) >= count
