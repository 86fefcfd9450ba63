"""Who speaks when, as a person at a desk says it. Pure.

A hot key is pressed a moment after somebody begins, and captions come a moment after that: a caption gets the name that
held in its middle, not the one that holds when it arrives.
"""

import bisect
from dataclasses import dataclass, field

KEEP = 200  # changes a track; older ones concern captions that came long ago


@dataclass(slots=True)
class Speaking:
    """One meeting's speakers, by track."""

    _changes: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    _called: dict[tuple[str, str], str] = field(default_factory=dict)

    def say(self, track: str, at: int, name: str) -> None:
        """From `at` ms on, `name` speaks on the track; "" for somebody unknown."""
        changes = self._changes.setdefault(track, [])
        changes.append((max(at, changes[-1][0]) if changes else at, name))
        del changes[:-KEEP]

    def rename(self, track: str, old: str, new: str) -> None:
        """Give all that was named `old` to `new`; a captioner's label `old` is called so from now on."""
        for key, name in list(self._called.items()):
            if key[0] == track and name == old:
                self._called[key] = new
        self._called[track, old] = new
        self._called.pop((track, new), None)
        self._changes[track] = [(at, new if name == old else name) for at, name in self._changes.get(track, [])]

    def called(self, track: str, label: str) -> str:
        """Return what people call whom a captioner labels so."""
        return self._called.get((track, label), label)

    def clear(self) -> None:
        """Forget every name: the record policy allows none any more."""
        self._changes.clear()
        self._called.clear()

    def name(self, track: str, start: int, end: int) -> str:
        """Return who spoke in the middle of [start, end] ms; "" where nobody was named."""
        changes = self._changes.get(track, [])
        at = bisect.bisect_right(changes, (start + end) // 2, key=lambda change: change[0]) - 1
        return changes[at][1] if at >= 0 else ""
