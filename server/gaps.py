"""Stretches without captions, as the record tells them: paused, without sound, or missed because nobody captioned."""

import abc
import asyncio

from captioner.captions.cue import MAX_TIME, MeetingState
from captioner.captions.event import Event, GapReason
from captioner.captions.policy import PolicyTimeline
from captioner.captions.transcript import TrackUpdate, Transcript
from server.absence import Absence, uncovered
from server.archive.record import off_record_spans
from server.drafts import draft_gap
from server.publishers import Publishers
from server.readers import Member, Readers


class Gaps(abc.ABC):
    """This part of a room; see Room."""

    readers: Readers
    transcript: Transcript
    _absence: Absence
    _anchor: int
    _lock: asyncio.Lock
    _partials: dict[str, TrackUpdate]
    _publishers: Publishers[Member]
    _timeline: PolicyTimeline

    @abc.abstractmethod
    async def _commit(self, draft: Event) -> None:
        """Make durable, then fold, then show."""

    @property
    def paused_at(self) -> int | None:
        """Return since when, in ms, the captions are paused; None when they are not."""
        return self._open_gap(GapReason.PAUSED)

    async def _pause(self, at: int, *, on: bool) -> None:
        async with self._lock:
            await self._gap(at, GapReason.PAUSED, on=on)
            if on:
                self._partials.clear()
                self.readers.drop_partials()

    def _missed_from(self, at: int, now: float) -> None:
        """Nobody is here since `at`, if nobody is; what was begun and never finished is missed too."""
        if self.transcript.state is MeetingState.LIVE and not self._publishers.present:
            begun = [shown.update.cue.start for shown in self._partials.values()]
            self._absence.see(present=False, at=min([at, *begun]), now=now)

    async def _keep_missed(self) -> None:
        """Keep as gaps what nobody captioned, and nothing else explains. The caller holds the lock."""
        covers = [(each.update.cue.start, each.update.cue.end) for each in self.transcript.snapshot().cues]
        covers += [(gap.start, gap.end if gap.end > gap.start else MAX_TIME) for gap in self.transcript.gaps()]
        covers += [(span.start, span.end or MAX_TIME) for span in off_record_spans(self._timeline.changes)]
        for start, end in uncovered(self._absence.take(), covers):
            await self._commit(draft_gap(start, end, GapReason.NOT_CAPTIONED))

    @property
    def _last_ms(self) -> int:
        """Up to when somebody certainly captioned, by the log."""
        ends = [each.update.cue.end for each in self.transcript.snapshot().cues]
        return max([self._anchor, *ends, *(gap.end for gap in self.transcript.gaps())])

    async def _gap(self, at: int, reason: GapReason, *, on: bool) -> None:
        """Keep that a stretch without captions begins or ends, if that is new. The caller holds the lock."""
        since = self._open_gap(reason)
        if on and since is None and self.transcript.state is MeetingState.LIVE:
            await self._commit(draft_gap(at, at, reason))
        elif not on and since is not None:
            await self._commit(draft_gap(since, max(at, since + 1), reason))

    def _open_gap(self, reason: GapReason) -> int | None:
        gaps = [gap for gap in self.transcript.gaps() if gap.reason is reason]
        return gaps[-1].start if gaps and gaps[-1].end == gaps[-1].start else None
