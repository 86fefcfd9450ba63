import wave

import numpy as np

from captioner.audio import tone
from captioner.audio.file import FileSource
from captioner.audio.resample import Resampler


def at_16k(samples):
    resampler = Resampler(48_000)
    return np.concatenate([resampler.process(samples.reshape(-1, 1)), resampler.finish()])


def test_the_tone_is_heard_even_softly_and_in_noise():
    heard = at_16k(tone.tone())
    noise = np.random.default_rng(1).normal(0, 0.01, len(heard)).astype(np.float32)
    assert tone.heard(heard)
    assert tone.heard(heard * 0.1 + noise)
    assert tone.heard(np.concatenate([np.zeros(16_000, np.float32), heard]))


def test_one_note_silence_and_noise_are_not_the_tone():
    heard = at_16k(tone.tone())
    assert not tone.heard(heard[: len(heard) // 2])
    assert not tone.heard(np.zeros(16_000, np.float32))
    assert not tone.heard(np.random.default_rng(1).normal(0, 0.1, 32_000).astype(np.float32))
    assert not tone.heard(np.zeros(0, np.float32))


def test_speech_is_not_the_tone():
    from pathlib import Path

    with FileSource(Path(__file__).parents[2] / "demo" / "meeting.opus") as source:
        speech = np.concatenate([chunk.samples for chunk in source])
    assert not any(tone.heard(speech[at : at + 96_000]) for at in range(0, len(speech), 96_000))


def test_the_file(tmp_path):
    tone.write(tmp_path / "t.wav")
    with wave.open(str(tmp_path / "t.wav")) as found:
        assert (found.getframerate(), found.getnchannels(), found.getnframes()) == (48_000, 1, 57_600)
