import numpy as np

from captioner.ear import Ear, Processor, Silence


class Chunk:
    def __init__(self, value, count=1600):
        self.samples = np.full(count, value, np.float32)


def test_a_pause_lets_nothing_through_and_keeps_time():
    paused = False
    ear = Ear(lambda: paused)
    out = ear.hear([Chunk(0.5), Chunk(0.25), Chunk(0.5)])
    first = next(out)
    paused = True
    second = next(out)
    paused = False
    third = next(out)
    assert first.samples.max() == third.samples.max() == 0.5
    assert isinstance(second, Silence)
    assert len(second.samples) == 1600
    assert not second.samples.any()


def test_sound_that_passes_is_the_same_sound():
    ear = Ear(lambda: False)
    chunk = Chunk(0.5)
    assert next(ear.hear([chunk])) is chunk
    assert ear.samples(chunk.samples) is chunk.samples


def test_the_share_of_a_processor():
    used, now = 0.0, 0.0
    processor = Processor(lambda: used, lambda: now)
    assert processor.percent() is None
    used, now = 0.5, 1.0
    assert processor.percent() == 50
    used, now = 0.6, 1.2
    assert processor.percent() == 50
    used, now = 1.5, 2.0
    assert processor.percent() == 70
