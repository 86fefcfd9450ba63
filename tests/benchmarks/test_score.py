import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import score
from benchmarks.display import Shown
from benchmarks.recordings import TimedWord


def show(at, text, stable):
    return Shown(at, tuple(text.split()), stable)


REFERENCE = [TimedWord("Good", 0, 300), TimedWord("morning,", 300, 800), TimedWord("everyone.", 800, 1400)]
MEETING = [
    show(0, "", 0),
    show(500, "could", 0),
    show(900, "Good morning", 1),
    show(1500, "Good morning everyone", 2),
    show(2000, "Good morning, everyone.", 3),
]


def test_latency_is_from_a_word_s_end_to_its_first_appearance():
    timing = score.timing(MEETING, REFERENCE)
    assert timing.commit == [900 - 300, 1500 - 800, 2000 - 1400]
    assert timing.display == [900 - 300, 900 - 800, 1500 - 1400]


def test_words_that_were_never_said_have_no_latency():
    shown = [show(0, "", 0), show(1000, "Good grief morning everyone", 4)]
    assert len(score.timing(shown, REFERENCE).commit) == 3
    assert score.timing([show(0, "", 0)], REFERENCE).commit == []


def test_word_times_are_compared_word_by_word():
    said = [TimedWord(" good", 20, 350), TimedWord(" grief", 350, 400), TimedWord(" everyone.", 700, 1390)]
    assert score.drift(said, REFERENCE) == score.Drift([20, 100], [50, 10])
    assert score.drift([], REFERENCE) == score.Drift([], [])


def test_unstable_words_are_counted_once_for_each_change():
    assert score.unstable_ratio(MEETING) == pytest.approx(1 / 3)  # "could"; punctuation is no change


def test_stable_words_that_change_or_go_are_revised():
    assert score.revised(MEETING) == 0
    assert score.revised([show(0, "a b", 2), show(1, "a c", 2)]) == 1
    assert score.revised([show(0, "a b", 2), show(1, "a", 1)]) == 1
    assert score.revised([show(0, "all", 1), show(1, "all-time", 1)]) == 0


def test_a_display_that_shrinks_is_counted():
    assert score.shrinks(MEETING) == 0
    assert score.shrinks([show(0, "a b c", 0), show(1, "a", 1)]) == 1


def test_accuracy_tells_errors_apart_and_adds_up():
    normal = score.normaliser("en")
    one = score.accuracy("The cat sat down", "the cat sat", normal)
    assert (one.words, one.deletions, one.insertions) == (4, 1, 0)
    both = one + score.accuracy("", "you", normal)
    assert (both.words, both.insertions, both.rate) == (4, 1, 0.5)


def test_chinese_is_compared_by_characters():
    found = score.accuracy("你好世界", "你好世", score.normaliser("zh"))
    assert (found.words, found.deletions) == (4, 1)


def test_growing_latency_has_a_slope():
    timing = score.Timing([100, 200, 300], [0, 0, 0], [0, 3_600_000, 7_200_000])
    assert score.slope_per_hour(timing) == pytest.approx(100)
    assert score.slope_per_hour(score.Timing([1], [1], [1])) == 0.0


def test_percentiles():
    assert score.percentile([1, 2, 3], 50) == 2
    assert score.percentile([], 50) is None


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=12), st.integers(0, 3))
def test_an_engine_that_only_adds_is_perfectly_stable(words, hold):
    shown = [Shown(i * 100, tuple(words[:i]), max(0, i - hold)) for i in range(len(words) + 1)]
    shown.append(Shown(9_999, tuple(words), len(words)))
    assert score.revised(shown) == 0
    assert score.unstable_ratio(shown) == 0
    reference = [TimedWord(word, 0, 0) for word in words]
    timing = score.timing(shown, reference)
    assert timing.display == [100 * (i + 1) for i in range(len(words))]
    assert all(a >= b for a, b in zip(timing.commit, timing.display, strict=True))


def test_what_stands_in_brackets_was_said():
    normal = score.normaliser("en")
    found = score.accuracy("the Bible (printed at Mainz) is free", "the Bible printed at Mainz is free", normal)
    assert found.rate == 0
