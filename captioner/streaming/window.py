"""The audio that may still be recognised again."""

import numpy as np
from numpy.typing import NDArray

RATE = 16_000  # samples a second, everywhere after captioner.audio
Samples = NDArray[np.float32]


def to_ms(samples: int) -> int:
    """Samples to ms, rounded down; never a float sum, so nothing drifts."""
    return samples * 1000 // RATE


def to_samples(ms: int) -> int:
    """Ms to samples."""
    return ms * RATE // 1000


class AudioWindow:
    """A stretch of mono audio, addressed by absolute sample index. Grows at the end, is cut at the start."""

    def __init__(self, start: int = 0) -> None:
        """Begin empty at absolute sample `start`."""
        self._start = start
        self._data: Samples = np.zeros(RATE, dtype=np.float32)
        self._length = 0

    @property
    def start(self) -> int:
        """Absolute index of the first sample kept."""
        return self._start

    @property
    def end(self) -> int:
        """Absolute index behind the last sample."""
        return self._start + self._length

    def append(self, samples: Samples) -> None:
        """Add shape (n,) float32 samples; amortised constant time."""
        need = self._length + len(samples)
        if need > len(self._data):
            grown: Samples = np.zeros(max(need, 2 * len(self._data)), dtype=np.float32)
            grown[: self._length] = self._data[: self._length]
            self._data = grown
        self._data[self._length : need] = samples
        self._length = need

    def cut(self, start: int) -> None:
        """Forget everything before absolute sample `start`."""
        drop = min(max(start - self._start, 0), self._length)
        self._data[: self._length - drop] = self._data[drop : self._length].copy()
        self._length -= drop
        self._start += drop

    def read(self, start: int, end: int) -> Samples:
        """Return a copy of [start, end), clipped to what is kept."""
        low = min(max(start - self._start, 0), self._length)
        high = min(max(end - self._start, low), self._length)
        return self._data[low:high].copy()
