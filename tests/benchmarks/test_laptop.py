import numpy as np
import pytest

from benchmarks import laptop
from benchmarks.laptop import Verdict, bench
from captioner.captions.cue import Word
from captioner.recognition.base import Recognised
from captioner.recognition.whisper import WhisperConfig


def verdict(p95, load=0.4):
    return Verdict(127.0, 800, p95, 300, 700, 0.4, load, 400, 300)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (verdict(1_100), "well"),
        (verdict(2_500), "usable"),
        (verdict(9_000), "late"),
        (verdict(1_100, 1.2), "late"),
        (verdict(None), "doctor"),
    ],
)
def test_the_verdict_in_words(found, says):
    assert says in found.sentence


def test_speech_is_captioned_and_measured(tmp_path, monkeypatch):
    class Fake:
        def __init__(self, folder, config):
            assert folder == tmp_path

        def recognise(self, audio, context):
            length = len(audio) * 1000 // 16_000
            first = 400 * len(context.prefix)
            return Recognised(tuple(Word(t, t + 400, f" w{t}") for t in range(first, length - 399, 400)), "en", 0.0)

    class Voice:
        def probability(self, frame):
            return 0.9 if frame.any() else 0.0

    monkeypatch.setattr("benchmarks.engines.WhisperRecognizer", Fake)
    monkeypatch.setattr("benchmarks.engines.SileroVoiceDetector", Voice)
    seen = []
    audio = np.concatenate((np.ones(16_000 * 4, np.float32), np.zeros(16_000 * 2, np.float32)))
    found = bench(tmp_path, WhisperConfig(), lambda done, total: seen.append((done, total)), audio)
    assert found.words > 3
    assert found.commit_p50 is not None
    assert seen[-1] == (6_000, 6_000)
    assert laptop.demo().path.is_file()
