"""Stretches of a meeting in which nobody captioned: found out once it is known that nobody will. Pure.

A captioner who loses the network comes again with all that was said meanwhile; one that died comes again with nothing.
So a stretch counts only when a captioner has been back for a while, or the meeting ends, and no words came for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

SETTLE_S = 10.0  # after a return: what waited for the network has come by then
LEAST_MS = 3_000  # shorter silences are pauses between sentences

Stretch = tuple[int, int]
"""From, to: ms on the meeting's timeline."""


@dataclass(slots=True)
class Absence:
    """When the meeting had no captioner."""

    since: int | None = None
    """Without a captioner since then, in ms; None while there is one."""
    _open: list[Stretch] = field(default_factory=list)
    _back: float = 0.0

    def see(self, *, present: bool, at: int, now: float) -> None:
        """Take whether a captioner is here at `at` ms; `now` in seconds that never jump."""
        if not present:
            self.since = at if self.since is None else min(self.since, at)
        elif self.since is not None:
            if at > self.since:
                self._open.append((self.since, at))
            self.since, self._back = None, now

    def due(self, now: float) -> bool:
        """Tell whether what was missed is known by now."""
        return bool(self._open) and self.since is None and now - self._back >= SETTLE_S

    def take(self) -> list[Stretch]:
        """Return the stretches without a captioner, and forget them."""
        found, self._open = self._open, []
        return found


def uncovered(stretches: Iterable[Stretch], covers: Iterable[Stretch]) -> list[Stretch]:
    """Return what of `stretches` nothing in `covers` reaches, in pieces of at least LEAST_MS, by time."""
    known = sorted(covers)
    left: list[Stretch] = []
    for start, end in _merged(stretches):
        at = start
        for begins, ends in known:
            if ends <= at or begins >= end:
                continue
            if begins - at >= LEAST_MS:
                left.append((at, begins))
            at = ends
        if end - at >= LEAST_MS:
            left.append((at, end))
    return left


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    whole: list[Stretch] = []
    for start, end in sorted(stretches):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole
