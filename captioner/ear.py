"""What the host decides of the sound: a pause in which nothing of it is recognised; and what hearing costs.

While paused, silence stands for the sound before anything else hears it: time stays honest, and what is said in the
pause reaches no recogniser, no second look and no memory.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from captioner.run import Chunk
from captioner.streaming.window import Samples


@dataclass(frozen=True, slots=True)
class Silence:
    """A chunk in which nothing is heard."""

    samples: Samples


class Ear:
    """Where all sound passes. `paused` is asked for each chunk, from the thread that has it."""

    def __init__(self, paused: Callable[[], bool]) -> None:
        """Take whom to ask."""
        self._paused = paused

    def samples(self, samples: Samples) -> Samples:
        """Return the sound; as much silence while paused."""
        return np.zeros_like(samples) if self._paused() else samples

    def hear(self, source: Iterable[Chunk]) -> Iterator[Chunk]:
        """Yield the source's chunks; silent ones while paused."""
        for chunk in source:
            samples = self.samples(chunk.samples)
            yield chunk if samples is chunk.samples else Silence(samples)


class Processor:
    """How much of a processor core this process takes, smoothed over a few seconds."""

    def __init__(
        self, used: Callable[[], float] = time.process_time, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin to count; both clocks in seconds."""
        self._used, self._clock = used, clock
        self._before = (used(), clock())
        self._share: float | None = None

    def percent(self) -> int | None:
        """Return per cent of one core; None in the first moments. Call it a few times a second."""
        used, now = self._used(), self._clock()
        if now - self._before[1] >= 1.0:
            fresh = (used - self._before[0]) / (now - self._before[1])
            self._share = fresh if self._share is None else 0.6 * self._share + 0.4 * fresh
            self._before = (used, now)
        return None if self._share is None else round(self._share * 100)
