from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Word
from captioner.streaming.policy import CommitConfig, normal, stable_words

CONFIG = CommitConfig(settled_ms=1_000, agreed_ms=300, doubt=0, sure=2)


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


def word(text, end, probability=0.95):
    return Word(end - 200, end, text, probability)


def test_a_number_at_the_end_waits_for_the_rest_of_it():
    config = CommitConfig()
    number = [word(" over", 2000), word(" 314", 3000)]
    assert stable_words(number, number, 4500, config) == 1
    assert stable_words(number, number, 5000, config) == 2
    followed = [*number, word(" jobs", 3400)]
    assert stable_words(followed, followed, 4500, config) == 3


def test_the_less_probable_a_word_the_longer_it_waits():
    config = CommitConfig(settled_ms=1_700, agreed_ms=500, doubt=0.7, doubtful_ms=900, sure=0.9, sure_ms=250)

    def needs(probability, agreed):
        heard = [word(" considered", 1_000, probability), word(" and", 5_000)]
        before = heard if agreed else []
        return next(ms for ms in range(0, 3_000, 50) if stable_words(before, heard, 1_000 + ms, config))

    assert [needs(p, agreed=True) for p in (0.95, 0.8, 0.5)] == [250, 500, 900]
    assert [needs(p, agreed=False) for p in (0.95, 0.8, 0.5)] == [250, 1_700, 1_700]


def test_a_doubtful_word_holds_back_the_sure_ones_behind_it():
    heard = [word(" you", 1_000, 0.4), word(" there", 1_300, 0.99)]
    config = CommitConfig(doubt=0.7, doubtful_ms=900, agreed_ms=500)
    assert stable_words(heard, heard, 1_800, config) == 0
    assert stable_words(heard, heard, 1_900, config) == 2


def test_a_sure_word_needs_no_second_pass():
    heard = [word(" yes", 1000, 0.99), word(" no", 1200, 0.5)]
    assert stable_words([], heard, 1800, CommitConfig(sure=2)) == 0
    assert stable_words([], heard, 1800, CommitConfig(sure=0.9, sure_ms=700)) == 1


def test_the_last_word_heard_waits_for_a_second_pass_for_its_full_stop_may_be_none():
    config = CommitConfig(agreed_ms=500)
    alone = [word(" Good", 700), word(" morning.", 1_000)]
    assert stable_words([], alone, 1_400, config) == 1
    followed = [word(" Good", 700), word(" morning,", 1_000), word(" everyone.", 1_500)]
    assert stable_words([], followed, 1_900, config) == 2
    assert stable_words(alone, alone, 1_500, config) == 2
