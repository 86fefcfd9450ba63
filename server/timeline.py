"""A meeting's timeline and the two clocks. Pure.

The timeline starts at the meeting's `started` and runs by the steady clock, so that a wall clock that is set in
mid-meeting moves nothing; anchors in the log say what the wall showed.
"""

from captioner.captions.cue import MAX_TIME

ANCHOR_S = 10.0  # between two anchors


class Timeline:
    """Where a meeting is now, in ms."""

    def __init__(self, started: int, wall_ms: int, steady: float) -> None:
        """Fix the offset now: `started` and `wall_ms` in Unix time, `steady` in seconds."""
        self._offset = wall_ms - started
        self._from = steady
        self._anchored = steady

    def at(self, steady: float) -> int:
        """Return the time on the meeting's timeline."""
        return min(max(self._offset + round((steady - self._from) * 1000), 0), MAX_TIME)

    def anchor_due(self, steady: float) -> bool:
        """Tell once every ten seconds that an anchor is due."""
        if steady - self._anchored < ANCHOR_S:
            return False
        self._anchored = steady
        return True
