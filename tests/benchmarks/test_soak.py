import numpy as np

from benchmarks.recordings import RATE, Recording, TimedWord
from benchmarks.soak import matched, soak


class Spoken(Recording):
    """A minute of noise that is taken for speech."""

    def samples(self):
        return np.random.default_rng(3).standard_normal(20 * RATE).astype(np.float32) * 0.1


class Loud:
    """Takes whatever is loud for speech."""

    def probability(self, frame):
        return 0.99 if float(np.abs(frame).max()) > 0.05 else 0.01


def test_a_scripted_meeting_keeps_its_times_and_says_that_it_was_scripted(monkeypatch):
    monkeypatch.setattr("benchmarks.soak.SileroVoiceDetector", Loud)
    words = [TimedWord(f"w{n}", 500 + n * 400, 800 + n * 400) for n in range(45)]
    spoken = Spoken("made", None, "en", "")  # type: ignore[arg-type]
    told = []
    found = soak(None, [spoken], lambda _: words, 25 / 60, real=False, timer=lambda: 0.0, tell=told.append)
    assert found.scripted
    assert found.drift_ms == 0
    assert found.time_error_p90 == 0
    assert len(found.stretches) == 3
    assert sum(stretch.words for stretch in found.stretches) > 0.95 * 45 * (25 * 60 / 31)
    assert found.commit_p95 is not None
    assert found.commit_p95 < 2_000
    assert len(told) == 2


def test_a_repeated_recording_is_not_taken_for_its_first_playing():
    truth = [TimedWord("yes", at, at + 300) for at in (1_000, 71_000)]
    rows = [("yes", 71_010, 71_300, 72_000)]
    assert [(t.start, row[1]) for t, row in matched(rows, truth)] == [(71_000, 71_010)]


def test_a_meeting_that_is_broken_off_is_judged_as_far_as_it_went(monkeypatch):
    monkeypatch.setattr("benchmarks.soak.SileroVoiceDetector", Loud)
    words = [TimedWord(f"w{n}", 500 + n * 400, 800 + n * 400) for n in range(45)]
    spoken = Spoken("made", None, "en", "")  # type: ignore[arg-type]

    def tell(line):
        if line.startswith("10 min"):
            raise KeyboardInterrupt

    found = soak(None, [spoken], lambda _: words, 4.0, real=False, timer=lambda: 0.0, tell=tell)
    assert found.hours == 0.17
    assert sum(stretch.words for stretch in found.stretches) > 0.9 * 45 * (10 * 60 / 31)
