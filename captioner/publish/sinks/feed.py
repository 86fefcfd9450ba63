"""Which cues are sent, in which words, and when: corrections that come in time are in them. Pure; time is an argument.

A cue is held for a moment after its final. What a person corrects meanwhile is sent corrected, what is retracted is not
sent. What has been sent cannot be called back on most platforms, so later revisions of it are left alone.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace

from captioner.captions.cue import Cue, CueStatus, CueUpdate
from captioner.publish.sinks.cursor import Cursor

_LATE_MS = 60_000  # of the meeting's timeline: what begins so long before the last cue sent is no live caption
_MOST = 1_000  # cues that wait: an hour of talk while a platform is away; the oldest go first


@dataclass(frozen=True, slots=True)
class Item:
    """A cue whose turn comes."""

    cue: Cue
    revision: int
    event: int
    # seq of the log's event that brought it first
    due_ms: int
    # when it may go


class Feed:
    """One output's queue."""

    def __init__(self, track: str, language: str, hold_ms: int, cursor: Cursor) -> None:
        """Follow one track ("" for the first that speaks) in one language ("" for any), from the cursor on."""
        self._track, self._language, self._hold = track, language.lower().partition("-")[0], hold_ms
        self._done = OrderedDict.fromkeys(cursor.recent)
        self._last_start = cursor.start_ms
        self._resumed = (cursor.cue, cursor.revision)
        self._waiting: OrderedDict[str, Item] = OrderedDict()
        self.skipped = 0

    @property
    def waiting(self) -> int:
        """Cues whose turn has not come."""
        return len(self._waiting)

    def take(self, track: str, update: CueUpdate, event: int, now_ms: int) -> None:
        """Take a final, a correction or a retraction that the log has accepted."""
        self._track = self._track or track
        cue = update.cue
        if track != self._track or update.status is CueStatus.PARTIAL or cue.id in self._done:
            return
        if self._language and cue.language.lower().partition("-")[0] != self._language:
            return
        known = self._waiting.get(cue.id)
        if update.status is CueStatus.RETRACTED:
            self._waiting.pop(cue.id, None)
        elif known is None:
            if cue.start < self._last_start - _LATE_MS:
                self.skipped += 1
                return
            sealed = (cue.id, update.revision) == self._resumed
            self._waiting[cue.id] = Item(cue, update.revision, event, now_ms if sealed else now_ms + self._hold)
            if len(self._waiting) > _MOST:
                self._waiting.popitem(last=False)
                self.skipped += 1
        elif update.revision > known.revision and (cue.id, known.revision) != self._resumed:
            self._waiting[cue.id] = replace(known, cue=cue, revision=update.revision)

    def next(self, now_ms: int) -> Item | None:
        """Return the cue whose turn it is, and remember it as sent; None while there is none."""
        if not self._waiting:
            return None
        item = next(iter(self._waiting.values()))
        if item.due_ms > now_ms:
            return None
        del self._waiting[item.cue.id]
        self.know(item.cue.id)
        self._last_start = max(self._last_start, item.cue.start)
        return item

    def know(self, cue: str) -> None:
        """Count a cue as sent: it was there before this output began."""
        self._done[cue] = None
        while len(self._done) > 10 * _MOST:
            self._done.popitem(last=False)

    def due_in(self, now_ms: int) -> int | None:
        """Return after how many ms a cue will be due; None while none waits."""
        if not self._waiting:
            return None
        return max(0, next(iter(self._waiting.values())).due_ms - now_ms)
