"""Which of the voices heard so far speaks: numbers in the order in which they came. In memory only. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Voice = NDArray[np.float32]
"""How a voice sounds, of length 1 (captioner.recognition.voices)."""


@dataclass(frozen=True, slots=True)
class SpeakersConfig:
    """Between what one voice and what two are alike (benchmarks/results/diarisation.md)."""

    same: float = 0.45
    """From this cosine on, two voices are one."""
    short_same: float = 0.35
    """The same for a short utterance, which sounds less like its own voice, and founds none."""
    founding_ms: int = 1_500
    """An utterance of this length may be a new speaker's."""
    most: int = 20
    """Speakers told apart; whoever comes after them has no number."""


class Speakers:
    """One stream's voices."""

    def __init__(self, config: SpeakersConfig | None = None) -> None:
        """Know nobody."""
        self._config = config or SpeakersConfig()
        self._sums: list[Voice] = []

    def number(self, voice: Voice, length_ms: int) -> int:
        """Return whose voice it is, counted from 1, and learn it; 0 where that cannot be told."""
        config = self._config
        long = length_ms >= config.founding_ms
        likeness = [float(voice @ known / np.linalg.norm(known)) for known in self._sums]
        best = int(np.argmax(likeness)) if likeness else -1
        if best >= 0 and likeness[best] >= (config.same if long else config.short_same):
            if long:
                self._sums[best] = self._sums[best] + voice * np.float32(length_ms / 1000)
            return best + 1
        if not long or len(self._sums) >= config.most:
            return 0
        self._sums.append(voice * np.float32(length_ms / 1000))
        return len(self._sums)
