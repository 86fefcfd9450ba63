"""A source that outlives its device: what is unplugged is looked for until it is back, and the timeline goes on.

While the device is away its time is filled with zeros, in chunks marked as gaps, as it passes: finished sentences are
closed, readers are told, and what is said afterwards stands at its right time.
"""

import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

import numpy as np

from captioner.audio.chunk import SAMPLE_RATE, AudioChunk, AudioSource
from captioner.audio.drift import Drift
from captioner.audio.errors import AudioError

_BEAT_S = 0.25  # how often the passing time is told while nothing is heard
_RETRY_S = 0.25  # how often the device is looked for, at 20 ms of processor time a look
_SLOWEST_RETRY_S = 5.0  # of a source across the network, which is not asked so often


class SteadySource:
    """Wraps what opens the device; entering fails as the device does, iterating never does."""

    def __init__(
        self,
        opening: Callable[[], AudioSource],
        *,
        drift: Drift | None = None,
        patient: bool = False,
        remote: bool = False,
        on_lost: Callable[[AudioError | None], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        origin: float | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            opening: makes a fresh, unopened source.
            drift: keeps samples true to the clock; None for sources that deliver in bursts.
            patient: also wait for a device that is not there at the start.
            remote: ask less and less often.
            on_lost: hears the error when the device is lost, and None when it is back.
            clock: seconds, steady.
            origin: the clock at sample 0; None for when the iteration begins.

        """
        self._opening, self._drift, self._patient, self._remote, self._clock = opening, drift, patient, remote, clock
        self._on_lost = on_lost or (lambda _: None)
        self._stopped = threading.Event()
        self._inner: AudioSource | None = None
        self._lock = threading.Lock()
        self._position = 0
        self._wanted_origin = origin
        self._origin = 0.0  # the clock at position 0

    @property
    def duration(self) -> None:
        """Endless."""
        return

    def __enter__(self) -> Self:
        """Open the device; its AudioError where that fails, unless patient."""
        try:
            self._open()
        except AudioError as error:
            if not self._patient:
                raise
            self._on_lost(error)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Release the device."""
        self.stop()
        self._close()

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield the device's chunks, and gaps while it is away."""
        self._origin = self._clock() if self._wanted_origin is None else self._wanted_origin
        while not self._stopped.is_set():
            if self._inner is not None:
                try:
                    yield from self._listen(self._inner)
                except AudioError as error:
                    self._on_lost(error)
                self._close()
            if not self._stopped.is_set():
                yield from self._wait()

    def stop(self) -> None:
        """End soon."""
        self._stopped.set()
        with self._lock:
            inner = self._inner
        if inner is not None:
            inner.stop()

    def _listen(self, inner: AudioSource) -> Iterator[AudioChunk]:
        first = True
        for chunk in inner:
            now = self._clock()
            if first:
                # where the device took its time to start, or was away, its first sample stands at its own time
                due = round((now - self._origin) * SAMPLE_RATE) - len(chunk.samples)
                yield from self._gap(due - self._position)
                first = False
            samples = chunk.samples
            if self._drift is not None:
                fix = self._drift.repair(samples, self._position + len(samples), now)
                if fix > 0:
                    yield from self._gap(fix)
                elif fix < 0:
                    samples = samples[-fix:]
            if len(samples):
                yield self._chunk(AudioChunk(self._position, samples, chunk.gap))

    def _wait(self) -> Iterator[AudioChunk]:
        """Look for the device until it is there; tell the time that passes."""
        if self._drift is not None:
            self._drift.restart()
        retry, at = _RETRY_S, self._clock()
        while not self._stopped.is_set():
            now = self._clock()
            if now >= at:
                try:
                    self._open()
                except AudioError:
                    retry = min(retry * 2, _SLOWEST_RETRY_S) if self._remote else retry
                    at = self._clock() + retry
                else:
                    self._on_lost(None)
                    return
            self._stopped.wait(_BEAT_S)
            yield from self._gap(round((self._clock() - self._origin) * SAMPLE_RATE) - self._position)

    def _gap(self, length: int) -> Iterator[AudioChunk]:
        while length > 0:
            some = min(length, SAMPLE_RATE)
            yield self._chunk(AudioChunk(self._position, np.zeros(some, np.float32), gap=True))
            length -= some

    def _chunk(self, chunk: AudioChunk) -> AudioChunk:
        self._position = chunk.end
        return chunk

    def _open(self) -> None:
        inner = self._opening()
        inner.__enter__()
        with self._lock:
            self._inner = inner
        if self._stopped.is_set():
            inner.stop()

    def _close(self) -> None:
        with self._lock:
            inner, self._inner = self._inner, None
        if inner is not None:
            inner.__exit__(None, None, None)
