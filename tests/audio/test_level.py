import numpy as np
import pytest

from captioner.audio.chunk import AudioChunk
from captioner.audio.level import SILENCE, Meter, bar, decibels, words


@pytest.mark.parametrize(("peak", "level"), [(0.0, SILENCE), (1.0, 0), (0.5, -6), (0.001, -60), (1e-9, SILENCE)])
def test_levels(peak, level):
    assert decibels(np.array([0.0, -peak, peak / 2], np.float32)) == level


def test_nothing_is_silence():
    assert decibels(np.zeros(0, np.float32)) == SILENCE


def test_in_words_and_as_a_bar():
    assert [words(level) for level in (-120, -45, -20, -1)] == ["no sound", "quiet", "good", "too loud"]
    assert bar(0) == "#" * 30
    assert bar(-90) == "." * 30
    assert len(bar(-30)) == 30


def test_a_meter_keeps_the_loudest_until_asked():
    meter = Meter()
    list(meter.over([AudioChunk(0, np.full(10, 0.5, np.float32)), AudioChunk(10, np.zeros(10, np.float32))]))
    assert (meter.take(), meter.take()) == (-6, SILENCE)
