from pathlib import Path

import msgspec

from benchmarks import result
from benchmarks.display import Shown
from benchmarks.engines import Run
from benchmarks.recordings import Recording, TimedWord


def make(text, at, seconds=10.0):
    words = text.split()
    run = Run([Shown(0, (), 0), Shown(at, tuple(words), len(words))], seconds, 4.0, 2, [0.5, 1.5])
    recording = Recording("x", Path("x"), "en", "good morning everyone")
    return result.figures("ours", recording, run, [TimedWord(w, 0, 100) for w in text.split()])


def test_one_recording():
    one = make("Good morning everyone", 900)
    assert one.accuracy.rate == 0
    assert one.timing.commit == [800, 800, 800]
    assert (one.cpu, one.busy, one.passes, one.revised) == (0.4, 0.2, 2, 0)


def test_recordings_together_count_words_alike():
    together = result.summary("ours", [make("Good morning everyone", 900), make("good", 1900, 30.0)])
    assert together.words == 6
    assert together.rate == round(2 / 6, 4)
    assert together.commit[0] == 800
    assert together.cpu == round(8.0 / 40.0, 3)


def test_what_was_measured_before_is_kept_and_a_broken_file_is_nothing(tmp_path):
    file = tmp_path / "figures.json"
    assert result.kept(file) == []
    one = make("Good morning everyone", 900)
    file.write_bytes(msgspec.json.encode([one]))
    assert result.kept(file) == [one]
    file.write_text("[{")
    assert result.kept(file) == []
