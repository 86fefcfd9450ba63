"""What every audio source yields."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000  # Hz; what the voice detector and the recogniser take

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class AudioChunk:
    """A stretch of mono audio on the 16 kHz timeline."""

    start: int
    # index of the first sample; 0 is the start of the file, or the first sample of the microphone
    samples: Samples
    # shape (n,), -1..1, n > 0; the receiver must not write into it
    gap: bool = False
    # True: these samples were lost on the way, and zeros stand for them so that time stays honest

    @property
    def end(self) -> int:
        """Index of the sample after the last one."""
        return self.start + len(self.samples)


class AudioSource(Protocol):
    """Audio as it comes. The chunks of one source follow each other without hole or overlap.

    Enter it, iterate it once, leave it. Iterating blocks while nothing is there yet, and raises an AudioError
    where the source fails. What came before a failure or a stop has been yielded by then.
    """

    @property
    def duration(self) -> float | None:
        """Seconds from the timeline's start to the source's end; None where unknown or endless."""
        ...

    def __enter__(self) -> Self:
        """Open the device or the file; raises an AudioError where that fails."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Release it."""
        ...

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield chunks in order."""
        ...

    def stop(self) -> None:
        """Make the iteration end soon, and without an error. Callable from any thread, at any time, repeatedly."""
        ...
