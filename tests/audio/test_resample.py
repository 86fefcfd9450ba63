import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captioner.audio.resample import Mixer, Pick, Resampler, choose, to_timeline

RATES = [8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000]


def sine(rate, seconds, hertz=440.0, level=0.5):
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)).astype(np.float32)


def stream(rate, block, cuts):
    resampler = Resampler(rate)
    parts = [resampler.process(part) for part in np.split(block, sorted(min(cut, len(block)) for cut in cuts))]
    return np.concatenate([*parts, resampler.finish()])


@settings(max_examples=60, deadline=None)
@given(
    rate=st.sampled_from(RATES),
    frames=st.integers(0, 20_000),
    channels=st.integers(1, 3),
    cuts=st.lists(st.integers(0, 20_000), max_size=12),
)
def test_the_length_is_exact_however_the_stream_is_cut(rate, frames, channels, cuts):
    out = stream(rate, np.ones((frames, channels), np.float32), cuts)
    assert len(out) == to_timeline(frames, rate)
    assert abs(len(out) - frames * 16_000 / rate) <= 0.5
    assert out.dtype == np.float32


@settings(max_examples=40, deadline=None)
@given(rate=st.sampled_from(RATES), cuts=st.lists(st.integers(0, 50_000), max_size=12))
def test_the_cuts_cannot_be_heard(rate, cuts):
    block = sine(rate, 0.5)[:, None]
    np.testing.assert_allclose(stream(rate, block, cuts), stream(rate, block, []), atol=1e-5)


@pytest.mark.parametrize("rate", RATES)
def test_a_tone_keeps_its_place_and_level(rate):
    out = stream(rate, sine(rate, 1.0)[:, None], [1000])
    middle = slice(1600, -1600)
    np.testing.assert_allclose(out[middle], sine(16_000, 1.0)[middle], atol=2e-3)


def test_samples_stay_in_bounds_even_where_the_input_does_not():
    wild = np.where(np.arange(4800) % 480 < 240, 3.0, -3.0).astype(np.float32)
    wild[7], wild[8] = np.nan, np.inf
    out = stream(48_000, wild[:, None], [])
    assert np.all(np.abs(out) <= 1)


def test_a_rate_must_be_positive():
    with pytest.raises(ValueError, match="positive"):
        Resampler(0)


def test_equal_and_unrelated_channels_are_averaged():
    tone = sine(16_000, 0.1)
    other = sine(16_000, 0.1, hertz=900)
    assert choose(np.stack([tone, tone], axis=1), Pick()) == Pick()
    assert choose(np.stack([tone, other], axis=1), Pick()) == Pick()
    assert choose(np.stack([tone, np.zeros_like(tone)], axis=1), Pick()) == Pick()


def test_opposite_phases_give_the_louder_channel():
    tone = sine(16_000, 0.1)
    assert choose(np.stack([tone, -1.1 * tone], axis=1), Pick()) == Pick(1)
    np.testing.assert_allclose(Mixer().mix(np.stack([tone, -0.9 * tone], axis=1)), tone, atol=1e-6)


def test_the_choice_does_not_flicker():
    tone = sine(16_000, 0.1)
    other = sine(16_000, 0.1, hertz=900)

    def correlated(r):
        return np.stack([tone, r * tone + np.sqrt(1 - r * r) * other], axis=1).astype(np.float32)

    assert choose(correlated(-0.35), Pick()) == Pick()
    assert choose(correlated(-0.35), Pick(0)) == Pick(0)
    assert choose(correlated(0.0), Pick(0)) == Pick()
    assert choose(np.stack([tone, -1.5 * tone], axis=1), Pick(0)) == Pick(0)
    assert choose(np.stack([tone, -2.5 * tone], axis=1), Pick(0)) == Pick(1)
    assert choose(np.zeros((100, 2), np.float32), Pick(0)) == Pick(0)


def test_a_change_of_mix_does_not_click():
    tone = sine(48_000, 0.2)
    half = len(tone) // 2
    mixer = Mixer()
    out = np.concatenate(
        [
            mixer.mix(np.stack([tone[:half], tone[:half]], axis=1)),
            mixer.mix(np.stack([-tone[half:], tone[half:]], axis=1)),
        ]
    )
    assert np.max(np.abs(np.diff(out))) < 2 * np.max(np.abs(np.diff(tone)))


def test_the_number_of_channels_may_change():
    tone = sine(16_000, 0.05)
    mixer = Mixer()
    mixer.mix(np.stack([tone, -tone], axis=1))
    np.testing.assert_allclose(mixer.mix(tone[:, None]), tone)


@given(blocks=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 300), st.integers(0, 99)), max_size=8))
def test_mixing_never_leaves_the_bounds(blocks):
    mixer = Mixer()
    for channels, frames, seed in blocks:
        block = np.random.default_rng(seed).uniform(-1, 1, (frames, channels)).astype(np.float32)
        out = mixer.mix(block)
        assert out.shape == (frames,)
        assert np.all(np.abs(out) <= 1 + 1e-6)
