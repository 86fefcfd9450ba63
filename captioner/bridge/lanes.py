"""Each speaker's sound on one timeline: conferences send nothing while somebody is silent or muted. Pure."""

import numpy as np

from captioner.streaming.window import Samples

_RATE = 16_000
_JITTER_S = 0.2  # what packets may be late
_SILENT_S = 0.4  # after so long without a packet, silence is put in their place
_MOST_S = 5.0  # silence at once


class Lane:
    """One speaker. What comes is put where it was said; silence stands between."""

    def __init__(self, now: float) -> None:
        """Begin at `now`, in seconds on a steady clock."""
        self._until = now

    def audio(self, samples: Samples, now: float) -> list[Samples]:
        """Return what to caption, the given samples last; they ended at `now`."""
        gap = now - len(samples) / _RATE - self._until
        filled = self._silence(gap) if gap > _JITTER_S else []
        self._until += len(samples) / _RATE
        return [*filled, samples]

    def tick(self, now: float) -> list[Samples]:
        """Return the silence since the last packet, once it is long enough; call a few times a second."""
        gap = now - self._until
        return self._silence(gap) if gap > _SILENT_S else []

    def _silence(self, gap: float) -> list[Samples]:
        self._until += gap
        pieces = []
        while gap > 0:
            pieces.append(np.zeros(round(min(gap, _MOST_S) * _RATE), np.float32))
            gap -= _MOST_S
        return pieces
