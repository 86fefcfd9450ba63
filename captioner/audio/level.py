"""How loud it is, in dB below full scale. Pure."""

import threading
from collections.abc import Iterable, Iterator

import numpy as np

from captioner.audio.chunk import AudioChunk, Samples

SILENCE = -120  # dB; below what 16 bits can hold
QUIET = -55  # dB; a room with a microphone that nobody speaks into
LOUD = -3  # dB; above this it is nearly clipped
_CELLS = 30


def decibels(samples: Samples) -> int:
    """Return the level of the loudest sample, -120 to 0."""
    peak = float(np.max(np.abs(samples), initial=0.0))
    return SILENCE if peak <= 10 ** (SILENCE / 20) else max(SILENCE, min(0, round(20 * float(np.log10(peak)))))


def bar(level: int) -> str:
    """Return a level as a row of characters from -60 dB to 0."""
    full = round(max(0, level + 60) / 60 * _CELLS)
    return "#" * full + "." * (_CELLS - full)


def words(level: int) -> str:
    """Return a level in words, for people who hear or feel the screen."""
    if level < QUIET:
        return "no sound"
    if level < -35:  # noqa: PLR2004 - speech from across a room
        return "quiet"
    return "good" if level <= LOUD else "too loud"


class Meter:
    """The loudest of what passed since it was last asked; written and read by different threads."""

    def __init__(self) -> None:
        """Nothing has passed."""
        self._lock = threading.Lock()
        self._level = SILENCE

    def over(self, source: Iterable[AudioChunk]) -> Iterator[AudioChunk]:
        """Yield what the source yields, and measure it."""
        for chunk in source:
            level = decibels(chunk.samples)
            with self._lock:
                self._level = max(self._level, level)
            yield chunk

    def take(self) -> int:
        """Return the level, and begin anew."""
        with self._lock:
            level, self._level = self._level, SILENCE
        return level
