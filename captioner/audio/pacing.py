"""A recording at the pace of a live meeting."""

import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from captioner.audio.chunk import SAMPLE_RATE, AudioChunk, AudioSource


class Paced:
    """Releases each chunk when its last sample would have been heard, and never before.

    Every chunk is due at `origin + chunk.end / 16000`, whatever came before it: after a stall the late chunks come in
    a burst, and no delay adds up. A source that resumes in its middle delivers at once what is overdue.
    """

    def __init__(
        self,
        source: AudioSource,
        clock: Callable[[], float],
        sleep: Callable[[threading.Event, float], object],
        origin: float,
    ) -> None:
        """Wrap a source.

        Args:
            source: what to pace; entered and left together with this.
            clock: seconds, monotonic (`time.monotonic`).
            sleep: returns after so many seconds, or soon after the event is set (`threading.Event.wait`).
            origin: the clock's time of sample 0.
        """
        self._source = source
        self._clock = clock
        self._sleep = sleep
        self._origin = origin
        self._stopped = threading.Event()

    @property
    def duration(self) -> float | None:
        """The source's."""
        return self._source.duration

    def __enter__(self) -> Self:
        """Enter the source."""
        self._source.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Leave the source."""
        self._source.__exit__(kind, error, trace)

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield the source's chunks, each when it is due."""
        for chunk in self._source:
            due = self._origin + chunk.end / SAMPLE_RATE
            while not self._stopped.is_set() and (left := due - self._clock()) > 0:
                self._sleep(self._stopped, left)
            if self._stopped.is_set():
                return
            yield chunk

    def stop(self) -> None:
        """Wake the sleep and end; a chunk that is not due is not given."""
        self._stopped.set()
        self._source.stop()
