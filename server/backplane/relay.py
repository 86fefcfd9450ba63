"""The origin's side: fills the backplane from the log, and fills it again after any loss.

One task a meeting, for as long as somebody is in it. The log is read behind a cursor, so that an event is passed on
even if Redis, or this task, was away when it was committed. Frames that are not kept are given up while the backplane
is away: they would be stale. One task for all asks whether the backplane is still the one that was filled: a meeting in
which nobody speaks any more would not notice a loss.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from structlog.typing import FilteringBoundLogger

from captioner.captions.event import Event
from server.backplane.base import Backplane, BackplaneDown, Behind, Listing
from server.tasks import end

Read = Callable[[str, int], Awaitable[Sequence[Event]]]
_LONGEST_S = 5.0  # between two attempts to reach a backplane that is away
_LOOK_S = 2.0  # between two questions whether it has lost something
_TIDY_S = 3600.0  # between two looks for meetings that are over and that the backplane no longer holds
_RESTING = 200  # meetings that are over and passed on, and are filled again after a loss; edges have the older ones
_FRAMES = 64  # frames that wait to be shown; a partial is superseded four times a second


class Relay:
    """Passes the meetings of one log on to a backplane."""

    def __init__(self, backplane: Backplane, read: Read, logger: FilteringBoundLogger) -> None:
        """Take the log's reader: (meeting, after) to the events after it."""
        self._backplane, self._read, self._logger = backplane, read, logger
        self._meetings: dict[str, _Meeting] = {}
        self._resting: dict[str, Listing] = {}  # the one that rests longest comes first
        self._watch: asyncio.Task[None] | None = None

    def follow(self, listing: Listing) -> None:
        """Pass a meeting on from now on; what the log has already is passed on too."""
        known = self._meetings.get(listing.meeting.id)
        self._resting.pop(listing.meeting.id, None)
        if known is not None and known.listing == listing:
            known.resting = False
            return
        if known is not None:
            known.task.cancel()
        state = _Meeting(listing)
        self._meetings[listing.meeting.id] = state
        state.task = asyncio.create_task(self._pump(state), name=f"relay {listing.meeting.id}")
        if self._watch is None:
            self._watch = asyncio.create_task(self._look(), name="relay's watch")

    def wake(self, meeting: str) -> None:
        """Say that the log has something new."""
        if state := self._meetings.get(meeting):
            state.news.set()

    def rest(self, meeting: str) -> None:
        """Let go of a meeting that is over, once all of it is passed on; `follow` takes it up again."""
        if state := self._meetings.get(meeting):
            state.resting = True
            state.news.set()

    @property
    def resting(self) -> tuple[Listing, ...]:
        """Return the listings of meetings that are over and may still be asked for."""
        return tuple(self._resting.values())

    def show(self, meeting: str, frame: bytes) -> None:
        """Pass a frame on that is not kept; the oldest waiting ones are given up when the backplane is slow."""
        if state := self._meetings.get(meeting):
            state.frames.append((state.committed, frame))
            state.news.set()

    def committed(self, meeting: str, seq: int) -> None:
        """Say that the log has events up to `seq`: frames shown after it stay behind it."""
        if state := self._meetings.get(meeting):
            state.committed = max(state.committed, seq)
            state.news.set()

    async def forget(self, meeting: str) -> None:
        """Take a meeting out of the backplane, as after an erasure. BackplaneDown is the caller's."""
        self._resting.pop(meeting, None)
        if state := self._meetings.pop(meeting, None):
            await end(state.task)
        await self._backplane.drop(meeting)

    async def rewrite(self, listing: Listing) -> None:
        """Pass a meeting on anew from which something was struck. BackplaneDown is the caller's."""
        await self.forget(listing.meeting.id)
        self.follow(listing)

    async def close(self) -> None:
        """Pass on what is there, for a moment, then end."""
        tasks = [state.task for state in self._meetings.values()]
        for state in self._meetings.values():
            state.ending = True
            state.news.set()
        if tasks:
            await asyncio.wait(tasks, timeout=2)
        if self._watch is not None:
            tasks.append(self._watch)
        await end(*tasks)
        await self._backplane.close()

    async def _look(self) -> None:
        known, tidied = "", -_TIDY_S
        while True:
            with contextlib.suppress(BackplaneDown):  # whoever publishes says so
                if time.monotonic() - tidied >= _TIDY_S:
                    await self._tidy()
                    tidied = time.monotonic()
                mark = await self._backplane.mark()
                if mark != known:
                    known = mark
                    for state in self._meetings.values():
                        state.lost = True
                        state.news.set()
                    for listing in list(self._resting.values()):
                        self.follow(listing)
                        self.rest(listing.meeting.id)
            await asyncio.sleep(_LOOK_S)

    async def _tidy(self) -> None:
        for listing in await self._backplane.meetings():
            if listing.over and not await self._backplane.last(listing.meeting.id, listing.epoch):
                await self._backplane.unlist(listing)

    async def _pump(self, state: "_Meeting") -> None:
        await self._pass_on(state)
        while not state.ending:
            with contextlib.suppress(BackplaneDown):  # only more work for edges
                await self._backplane.list(msgspec.structs.replace(state.listing, over=state.cursor or 0))
            if state.done:
                self._settle(state.listing)
                return
            state.cursor = None  # somebody came meanwhile: it is listed again as it was
            await self._pass_on(state)

    def _settle(self, listing: Listing) -> None:
        del self._meetings[listing.meeting.id]
        self._resting[listing.meeting.id] = listing
        while len(self._resting) > _RESTING:
            del self._resting[next(iter(self._resting))]

    async def _pass_on(self, state: "_Meeting") -> None:
        failures = 0
        while not state.done:
            try:
                await self._catch_up(state)
                failures = 0
                if not state.ending and not state.done:
                    await state.news.wait()
            except BackplaneDown as error:
                if state.ending:
                    return
                if not failures:
                    self._logger.warning("backplane away", meeting=state.listing.meeting.id, error=str(error))
                failures += 1
                state.frames.clear()
                state.cursor = None
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.Event().wait(), min(_LONGEST_S, 0.1 * 2.0**failures))
            state.news.clear()

    async def _catch_up(self, state: "_Meeting") -> None:
        meeting, epoch = state.listing.meeting.id, state.listing.epoch
        if state.cursor is None or state.lost:
            state.lost = False
            state.cursor = None
            await self._backplane.list(state.listing)
            state.cursor = await self._backplane.last(meeting, epoch)
        for event in await self._read(meeting, state.cursor):
            if event.epoch != epoch:
                return  # the meeting's log was made anew; `follow` tells
            await self._show(state, event.seq - 1)
            await self._publish(state, event)
        await self._show(state, state.cursor)

    async def _publish(self, state: "_Meeting", event: Event) -> None:
        meeting = state.listing.meeting.id
        try:
            await self._backplane.publish(meeting, event)
        except Behind:  # it lost what it had
            await self._backplane.list(state.listing)
            for each in await self._read(meeting, 0):
                if each.seq <= event.seq:
                    await self._backplane.publish(meeting, each)
        state.cursor = event.seq

    async def _show(self, state: "_Meeting", seq: int) -> None:
        """Show the frames that belong before event `seq` + 1."""
        while state.frames and state.frames[0][0] <= seq:
            _, frame = state.frames.popleft()
            await self._backplane.show(state.listing.meeting.id, frame)


class _Meeting:
    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.cursor: int | None = None  # seq of the last event that the backplane has; None: to be asked
        self.lost = False  # the backplane may lack what it had
        self.committed = 0
        self.frames: deque[tuple[int, bytes]] = deque(maxlen=_FRAMES)
        self.news = asyncio.Event()
        self.ending = False
        self.resting = False  # nobody is in it
        self.task: asyncio.Task[None]

    @property
    def done(self) -> bool:
        """Whether its task may end: at once unless something is known to wait, or, for good, with all passed on."""
        if self.ending:
            return self.cursor is None or self.cursor >= self.committed
        passed_on = self.cursor is not None and self.cursor >= self.committed and not self.frames
        return self.resting and not self.lost and passed_on
