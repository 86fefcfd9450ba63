import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Word
from captioner.streaming.cutting import best_cut, levels
from captioner.streaming.window import RATE, to_ms


def audio_with_pauses(seconds, *pauses):
    """Noise with quiet stretches (start s, end s)."""
    samples = np.random.default_rng(1).standard_normal(int(seconds * RATE)).astype(np.float32) * 0.1
    for start, end in pauses:
        samples[int(start * RATE) : int(end * RATE)] *= 0.001
    return samples


def words(*spans, start=0):
    return [Word(start + a, start + b, text) for a, b, text in spans]


def test_a_pause_is_found_where_it_is_although_word_times_are_a_little_wrong():
    audio = audio_with_pauses(3, (1.05, 1.25))
    cut = best_cut(
        audio, 10_000, words((500, 980, " a"), (1_000, 1_900, " b"), (1_950, 2_400, " c"), start=10_000), 13_000
    )
    assert cut is not None
    assert cut.gone == 1
    assert 1_050 <= to_ms(cut.at) <= 1_250
    assert cut.level_db < -20


def test_the_end_of_a_sentence_is_worth_more_than_a_pause_within_one():
    audio = audio_with_pauses(4, (1.0, 1.1), (2.0, 2.1))
    said = words((500, 1_000, " one."), (1_100, 2_000, " two"), (2_100, 3_000, " three"))
    cut = best_cut(audio, 0, said, 3_500)
    assert cut is not None
    assert cut.gone == 1


def test_nothing_is_cut_after_the_latest_place_and_nothing_without_two_words():
    audio = audio_with_pauses(4, (2.0, 2.2))
    said = words((500, 1_000, " one"), (1_000, 2_000, " two"), (2_200, 3_000, " three"))
    early = best_cut(audio, 0, said, 1_500)
    assert early is not None
    assert (early.gone, to_ms(early.at) <= 1_500) == (1, True)
    assert best_cut(audio, 0, said[:1], 3_000) is None
    assert best_cut(audio, 0, said, 500) is None


def test_unbroken_speech_has_a_cut_that_says_how_loud_it_is():
    audio = audio_with_pauses(4)
    cut = best_cut(audio, 0, words((500, 1_000, " one"), (1_000, 2_000, " two")), 3_000)
    assert cut is not None
    assert cut.level_db > -6


def test_levels_of_nothing_and_of_digital_silence_are_numbers():
    assert len(levels(np.zeros(0, np.float32))) == 0
    assert np.isfinite(levels(np.zeros(RATE, np.float32))).all()


@given(st.lists(st.integers(50, 900), min_size=2, max_size=8), st.integers(0, 6_000))
def test_a_cut_lies_within_the_audio_and_keeps_a_word(lengths, latest):
    at, said = 0, []
    for length in lengths:
        said.append(Word(at, at + length, " w"))
        at += length
    audio = audio_with_pauses(max(at, 100) / 1000)
    cut = best_cut(audio, 0, said, latest)
    if cut is not None:
        assert 0 <= cut.at <= len(audio)
        assert 0 < cut.gone < len(said)
        assert to_ms(cut.at) <= latest
