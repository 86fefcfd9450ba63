"""Keeping the timeline of samples true to the clock, over hours. Pure; time is an argument.

Sound cards do not agree with clocks: 100 parts in a million are 3 seconds in 8 hours, and captions would stand beside
the wrong moment. A chunk can come late for many reasons, and early for none, so the least lateness of a minute tells
how far the samples have drifted. That is mended while nobody speaks, by some silence more or less.
"""

from dataclasses import dataclass

import numpy as np

from captioner.audio.chunk import SAMPLE_RATE, Samples

_QUIET = 0.003  # root mean square (-50 dB) below which nothing is lost by a repair


@dataclass(frozen=True, slots=True)
class DriftConfig:
    """When to mend, in seconds."""

    most: float = 0.12
    # drift that is left alone
    window: float = 60.0
    # over which the least lateness is taken
    force: float = 0.5
    # drift that is mended even while somebody speaks


class Drift:
    """One source's samples against the clock. The first window tells its own delay; later ones are compared."""

    def __init__(self, config: DriftConfig | None = None) -> None:
        """Nothing is known before the first chunk."""
        self._config = config or DriftConfig()
        self._normal: float | None = None
        self._least: float | None = None
        self._began = 0.0
        self._owed = 0  # samples to insert, or negative to leave out

    def restart(self) -> None:
        """The source begins anew: its delay may be another one."""
        self._normal = self._least = None
        self._owed = 0

    def repair(self, samples: Samples, end: int, now: float) -> int:
        """Return how many samples to insert (or, negative, to leave out) before these, which end at `end`.

        `now` is the time in seconds at which they came, on a steady clock; `end` counts what was inserted and left out.
        """
        lateness = now - end / SAMPLE_RATE
        if self._least is None:
            self._least, self._began = lateness, now
        self._least = min(self._least, lateness)
        if now - self._began >= self._config.window:
            if self._normal is None:
                self._normal = self._least
            drift = self._least - self._normal
            self._owed = round(drift * SAMPLE_RATE) if abs(drift) > self._config.most else 0
            self._least, self._began = lateness, now
        if not self._owed or (abs(self._owed) < self._config.force * SAMPLE_RATE and not _quiet(samples)):
            return 0
        fix = max(self._owed, -len(samples))
        self._owed -= fix
        self._least = None  # what was measured before the repair no longer holds
        return fix


def _quiet(samples: Samples) -> bool:
    return not len(samples) or float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) < _QUIET
