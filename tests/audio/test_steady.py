import threading
from itertools import pairwise

import numpy as np
import pytest

from captioner.audio.chunk import AudioChunk
from captioner.audio.drift import Drift, DriftConfig
from captioner.audio.errors import DeviceLost, NoSuchDevice
from captioner.audio.steady import SteadySource


class Clock:
    """Virtual seconds."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class Device:
    """Gives chunks of 0.1 s, moving the clock, and then fails."""

    def __init__(self, clock, chunks, fails=True, delay=0.0):
        self.clock, self.chunks, self.fails, self.delay = clock, chunks, fails, delay
        self.stopped = self.left = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.left = True

    def __iter__(self):
        self.clock.now += self.delay
        for n in range(self.chunks):
            if self.stopped:
                return
            self.clock.now += 0.1
            yield AudioChunk(n * 1600, np.full(1600, 0.5, np.float32))
        if self.fails:
            self.clock.now += 0.5
            raise DeviceLost("mic", 0.5)

    def stop(self):
        self.stopped = True


def steady(clock, *devices, **more):
    """A source over these devices, one after the other; an exception stands for one that cannot be opened."""
    queue = list(devices)

    def opening():
        found = queue.pop(0) if queue else NoSuchDevice("none", [])
        if isinstance(found, Exception):
            raise found
        return found

    source = SteadySource(opening, clock=clock, **more)
    wait = source._stopped.wait

    def virtual(timeout=None):
        clock.now += timeout or 0
        return wait(0)

    source._stopped.wait = virtual
    return source


def test_a_device_that_comes_back_goes_on_at_its_right_time():
    clock, heard = Clock(), []
    source = steady(
        clock,
        Device(clock, 10),
        NoSuchDevice("gone", []),
        NoSuchDevice("gone", []),
        Device(clock, 5),
        on_lost=heard.append,
    )
    chunks = []
    with source:
        for chunk in source:
            chunks.append(chunk)
            ended = clock.now
            if sum(not c.gap for c in chunks) == 15:
                source.stop()
    assert all(a.end == b.start for a, b in pairwise(chunks))
    assert chunks[0].start == 0
    assert chunks[-1].end == round((ended - 100) * 16_000)
    assert [type(each) for each in heard[:2]] == [DeviceLost, type(None)]
    assert sum(len(c.samples) for c in chunks if c.gap) >= 16_000


def test_the_passing_time_is_told_while_the_device_is_away():
    clock = Clock()
    source = steady(clock, Device(clock, 1))
    gaps = []
    with source:
        for chunk in source:
            if chunk.gap:
                gaps.append(len(chunk.samples) / 16_000)
            if len(gaps) == 20:
                source.stop()
    assert all(gap <= 0.26 for gap in gaps[2:])


def test_the_first_sample_stands_at_its_own_time():
    clock = Clock()
    source = steady(clock, Device(clock, 3, delay=1.5, fails=False), origin=99.0)
    with source:
        first = next(chunk for chunk in source if not chunk.gap)
        source.stop()
    assert first.start == round(2.5 * 16_000)


def test_a_device_that_is_not_there_at_the_start():
    clock = Clock()
    with pytest.raises(NoSuchDevice), steady(clock, NoSuchDevice("none", [])):
        pass
    heard = []
    with steady(clock, NoSuchDevice("none", []), Device(clock, 2), patient=True, on_lost=heard.append) as source:
        for chunk in source:
            if not chunk.gap:
                source.stop()
    assert [error is None for error in heard] == [False, True]


def test_a_stop_ends_the_wait_and_leaves_the_device():
    device = Device(Clock(), 1)
    source = SteadySource(lambda: device)
    done = threading.Event()

    def listen():
        with source:
            for _ in source:
                pass
        done.set()

    threading.Thread(target=listen, daemon=True).start()
    source.stop()
    assert done.wait(20)
    assert device.left


def test_drift_is_mended_on_the_way():
    class Slow(Device):
        def __iter__(self):
            for n in range(self.chunks):
                self.clock.now += 0.101  # 1 % slow
                yield AudioChunk(n * 1600, np.zeros(1600, np.float32))

    clock = Clock()
    source = steady(clock, Slow(clock, 600, fails=False), drift=Drift(DriftConfig(window=5)), origin=100.0)
    with source:
        end = 0
        for chunk in source:
            end = chunk.end
            if clock.now > 155:
                source.stop()
    assert abs(end / 16_000 - (clock.now - 100)) < 0.3
