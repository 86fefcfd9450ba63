import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.audio.chunk import AudioChunk
from captioner.audio.pacing import Paced


class FakeSource:
    def __init__(self, lengths, start=0):
        self._lengths = lengths
        self._start = start
        self.duration = 12.5
        self.entered = self.left = self.stopped = False

    def __enter__(self):
        self.entered = True
        return self

    def __exit__(self, *args):
        self.left = True

    def __iter__(self):
        position = self._start
        for length in self._lengths:
            yield AudioChunk(position, np.zeros(length, np.float32))
            position += length

    def stop(self):
        self.stopped = True


class FakeClock:
    def __init__(self, now, waits=1.0):
        self.now = now
        self._share = waits  # of each sleep that is really slept: sleeps may end early

    def __call__(self):
        return self.now

    def sleep(self, event, seconds):
        assert seconds > 0
        self.now += max(seconds * self._share, 1e-4)


lengths = st.lists(st.integers(1, 16_000), min_size=1, max_size=30)


@given(lengths=lengths, origin=st.floats(-1e4, 1e6), start=st.integers(0, 160_000), share=st.sampled_from([1.0, 0.6]))
def test_never_early_and_never_drifting(lengths, origin, start, share):
    clock = FakeClock(origin + start / 16_000, share)
    for chunk in Paced(FakeSource(lengths, start), clock, clock.sleep, origin):
        due = origin + chunk.end / 16_000
        assert due <= clock.now <= due + 2e-4


@given(lengths=lengths, stalls=st.lists(st.floats(0, 5), min_size=30, max_size=30))
def test_a_stall_is_caught_up_and_not_carried_on(lengths, stalls):
    clock = FakeClock(100.0)
    ready = clock.now
    for chunk, stall in zip(Paced(FakeSource(lengths), clock, clock.sleep, 100.0), stalls, strict=False):
        due = 100.0 + chunk.end / 16_000
        assert clock.now == pytest.approx(max(due, ready))
        clock.now += stall
        ready = clock.now


def test_a_resumed_file_gives_the_overdue_part_at_once():
    clock = FakeClock(1000.0)
    paced = Paced(FakeSource([1600] * 30, start=16_000), clock, clock.sleep, 1000.0 - 3.0)
    released = [(chunk.start, clock.now) for chunk in paced]
    assert [now for start, now in released if start + 1600 <= 48_000] == [1000.0] * 20
    assert released[-1][1] == pytest.approx(1001.0)


def test_it_is_its_source_otherwise():
    source = FakeSource([])
    with Paced(source, time.monotonic, threading.Event.wait, 0.0) as paced:
        assert paced.duration == 12.5
        assert source.entered
    assert source.left


def test_stop_wakes_the_sleep():
    source = FakeSource([16_000 * 3600])
    paced = Paced(source, time.monotonic, threading.Event.wait, time.monotonic())
    timer = threading.Timer(0.05, paced.stop)
    timer.start()
    assert list(paced) == []
    timer.join()
    assert source.stopped
