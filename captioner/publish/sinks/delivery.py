r"""One output's lines on their way: splitting, seq, pacing, retrying. All of its states stand here. Pure.

idle -> (a cue) -> sending line k of n -> accepted -> next line, or idle
                                      \-> again, later, refused -> waiting -> the same line with the same seq
"""

import random
from dataclasses import dataclass

import msgspec

from captioner.publish.sinks.contract import Line, Outcome, Shape, Verdict
from captioner.publish.sinks.cursor import RECENT, Cursor
from captioner.publish.sinks.feed import Item
from captioner.publish.sinks.lines import blocks


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before the same line goes again, in ms."""

    first_ms: int = 500
    most_ms: int = 8_000
    later_ms: int = 5_000
    # where the platform's meeting has not begun
    refused_ms: int = 30_000
    # where a person must act; a mended token is then taken within so long
    asked_ms: int = 60_000
    # the longest wait that a platform is granted

    def wait(self, outcome: Outcome, tries: int, chance: float) -> int:
        """Return the wait after the `tries`-th failure; `chance` in 0..1 spreads outputs that failed together."""
        if outcome.retry_after_ms:
            return min(outcome.retry_after_ms, self.asked_ms)
        if outcome.verdict is Verdict.REFUSED:
            return self.refused_ms
        if outcome.verdict is Verdict.LATER:
            return round(self.later_ms * (0.75 + chance / 2))
        return round(min(self.most_ms, self.first_ms << min(tries - 1, 10)) * (0.5 + chance / 2))


class Delivery:
    """Sends one line at a time; a line that may have been taken is never given up for another with its seq."""

    def __init__(self, shape: Shape, cursor: Cursor, *, names: bool = True, backoff: Backoff | None = None) -> None:
        """Go on from a cursor; `names`: whether a new speaker's name stands before the words."""
        self.cursor = cursor
        self._shape, self._names, self._backoff = shape, names, backoff or Backoff()
        self._random = random.Random()  # noqa: S311 - jitter, not a secret
        self._item: Item | None = None
        self._lines: list[str] = []
        self._tries = 0
        self._not_before = 0
        self._speaker = ""
        self._started_ms = 0

    def began(self, started_ms: int) -> None:
        """The meeting's timeline began at this Unix time in ms."""
        self._started_ms = started_ms

    def at(self, epoch: str) -> None:
        """The server has another log than before: its events are counted from 1."""
        self.cursor = msgspec.structs.replace(self.cursor, epoch=epoch, event=0)

    @property
    def idle(self) -> bool:
        """Whether another cue may come."""
        return self._item is None

    def begin(self, item: Item) -> None:
        """Take the next cue; only while idle."""
        resumed = (item.cue.id, item.revision) == (self.cursor.cue, self.cursor.revision)
        speaker = item.cue.speaker
        named = self.cursor.named if resumed else bool(self._names and speaker and speaker != self._speaker)
        self._speaker = speaker or self._speaker
        text = f"{speaker}: {item.cue.text}" if named and speaker else item.cue.text
        lines = blocks(text, item.cue.language, self._shape.width, self._shape.lines)
        piece = min(self.cursor.piece, len(lines)) if resumed else 0
        self._item, self._lines = item, lines
        self.cursor = msgspec.structs.replace(
            self.cursor, cue=item.cue.id, revision=item.revision, piece=piece, named=named
        )
        if piece >= len(lines):
            self._finish(item)

    def line(self) -> Line | None:
        """Return the line on its way; None while idle."""
        if self._item is None:
            return None
        cue = self._item.cue
        share = (cue.end - cue.start) * self.cursor.piece // max(1, len(self._lines))
        at = self._started_ms + cue.start + share + self.cursor.ahead_ms
        return Line(self._lines[self.cursor.piece], cue.language, self.cursor.seq, at)

    def beat(self) -> Line | None:
        """Return a sign of life; None while a line is on its way, also one of before a restart."""
        return None if self.cursor.cue else Line("", "", self.cursor.seq - 1, 0)

    def beaten(self, outcome: Outcome) -> None:
        """A sign of life was answered."""
        if outcome.ahead_ms is not None and not self.cursor.cue:
            self.cursor = msgspec.structs.replace(self.cursor, ahead_ms=outcome.ahead_ms)

    def wait_ms(self, now_ms: int) -> int:
        """Return how long the next line must wait."""
        return max(0, self._not_before - now_ms)

    def answered(self, outcome: Outcome, now_ms: int) -> None:
        """The line's attempt ended."""
        if self._item is None:
            return
        if outcome.verdict is not Verdict.ACCEPTED:
            self._tries += 1
            self._not_before = now_ms + self._backoff.wait(outcome, self._tries, self._random.random())
            return
        self._tries = 0
        self._not_before = now_ms + self._shape.gap_ms
        ahead = self.cursor.ahead_ms if outcome.ahead_ms is None else outcome.ahead_ms
        self.cursor = msgspec.structs.replace(
            self.cursor, seq=self.cursor.seq + 1, piece=self.cursor.piece + 1, ahead_ms=ahead
        )
        if self.cursor.piece >= len(self._lines):
            self._finish(self._item)

    def taken(self, last: int) -> None:
        """The platform says which seq it took last, before anything is sent: none is used for another text.

        It also tells whether the line that was on its way when the output ended had arrived.
        """
        if last < self.cursor.seq:
            return
        arrived = bool(self.cursor.cue) and last == self.cursor.seq
        self.cursor = msgspec.structs.replace(self.cursor, seq=last + 1, piece=self.cursor.piece + arrived)

    def _finish(self, item: Item) -> None:
        self._item, self._lines = None, []
        recent = (*self.cursor.recent, item.cue.id)[-RECENT:]
        event = max(self.cursor.event, item.event)
        self.cursor = msgspec.structs.replace(
            self.cursor, cue="", revision=0, piece=0, recent=recent, event=event, start_ms=item.cue.start
        )
