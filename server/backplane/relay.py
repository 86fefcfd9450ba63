"""The origin's side: fills the backplane from the log, and fills it again after any loss.

One task a meeting, for as long as somebody is in it. The log is read behind a cursor, so that an event is passed on
even if Redis, or this task, was away when it was committed. Frames that are not kept are given up while the backplane
is away: they would be stale. One task for all asks whether the backplane is still the one that was filled, and lists
what it should: a meeting in which nobody speaks any more would not notice a loss.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from structlog.typing import FilteringBoundLogger

from captioner.captions.event import Event
from server.backplane.base import Backplane, BackplaneDown, Behind, Listing
from server.tasks import end

Read = Callable[[str, int], Awaitable[Sequence[Event]]]
_PAUSE_S = 0.1  # before the first new attempt to reach a backplane that is away; doubles up to _LONGEST_S
_LONGEST_S = 5.0
_LOOK_S = 2.0  # between two looks whether it has lost something
_TIDY_S = 3600.0  # between two looks for meetings that are over and that the backplane no longer holds
_RESTING = 200  # meetings that are over and passed on, and are filled again after a loss; edges have the older ones
_AT_ONCE = 8  # of them: each takes a connection while it is filled
_FRAMES = 64  # frames that wait to be shown; a partial is superseded four times a second


class Relay:
    """Passes the meetings of one log on to a backplane."""

    def __init__(self, backplane: Backplane, read: Read, logger: FilteringBoundLogger) -> None:
        """Take the log's reader: (meeting, after) to the events after it."""
        self._backplane, self._read, self._logger = backplane, read, logger
        self._meetings: dict[str, _Meeting] = {}
        self._resting: dict[str, Listing] = {}  # as they are listed; the one that rests longest comes first
        self._erased: set[str] = set()
        self._undropped: set[str] = set()  # erased, and perhaps still in the backplane
        self._mark, self._tidied = "", -_TIDY_S
        self._watch: asyncio.Task[None] | None = None
        self._closed = False

    def follow(self, listing: Listing) -> None:
        """Pass a meeting on from now on, as it is listed now; what the log has already is passed on too."""
        meeting = listing.meeting.id
        if meeting in self._erased or self._closed:
            return
        self._resting.pop(meeting, None)
        known = self._meetings.get(meeting)
        if known is not None and known.listing.epoch == listing.epoch:
            known.resting = False
            if known.listing != listing:
                known.listing = listing
                known.ask_anew()
            return
        if known is not None:
            known.task.cancel()
        state = _Meeting(listing)
        self._meetings[meeting] = state
        state.task = asyncio.create_task(self._pump(state), name=f"relay {meeting}")
        self._look_after()

    def wake(self, meeting: str) -> None:
        """Say that the log has something new."""
        if state := self._meetings.get(meeting):
            state.news.set()

    def rest(self, meeting: str) -> None:
        """Let go of a meeting that is over, once all of it is passed on; `follow` takes it up again."""
        if state := self._meetings.get(meeting):
            state.resting = True
            state.news.set()

    def keep(self, listings: Sequence[Listing]) -> None:
        """Look after meetings that were over before this began, the oldest first: pass on what may be missing."""
        for listing in listings:
            self._settle(listing)
        if listings:
            self._look_after()

    def show(self, meeting: str, frame: bytes) -> None:
        """Pass a frame on that is not kept; the oldest waiting ones are given up when the backplane is slow."""
        if state := self._meetings.get(meeting):
            state.frames.append((state.committed, frame))
            state.news.set()

    def committed(self, meeting: str, seq: int) -> None:
        """Say that the log has events up to `seq`: frames shown after it stay behind it."""
        if meeting in self._resting:  # what was begun before everybody left was kept only now
            self._take_up(meeting)
        if state := self._meetings.get(meeting):
            state.committed = max(state.committed, seq)
            state.news.set()

    async def forget(self, meeting: str) -> None:
        """Take an erased meeting out of the backplane, for good. BackplaneDown is told; it is tried again."""
        self._erased.add(meeting)
        self._undropped.add(meeting)
        self._look_after()
        self._resting.pop(meeting, None)
        if state := self._meetings.pop(meeting, None):
            await end(state.task)
        await self._drop(meeting)

    def erased(self, meetings: Sequence[str]) -> None:
        """Look after meetings that were erased before this began."""
        self._erased.update(meetings)
        if meetings:
            self._look_after()

    async def close(self) -> None:
        """Pass on what is there, for a moment, then end."""
        self._closed = True
        if self._watch is not None:
            await end(self._watch)
        self._resting.clear()
        tasks = [state.task for state in self._meetings.values()]
        for state in self._meetings.values():
            state.ending = True
            state.news.set()
        if tasks:
            await asyncio.wait(tasks, timeout=2)
        await end(*tasks)
        await self._backplane.close()

    def _look_after(self) -> None:
        if self._watch is None:
            self._watch = asyncio.create_task(self._look(), name="relay's watch")

    async def _look(self) -> None:
        while True:
            try:
                await self._check()
            except BackplaneDown:
                pass  # whoever publishes says so
            except Exception:  # a task's top
                self._logger.exception("backplane not looked after")
            await asyncio.sleep(_LOOK_S)

    async def _check(self) -> None:
        mark = await self._backplane.mark()
        lost = mark != self._mark
        if lost:
            self._undropped |= self._erased
            for state in self._meetings.values():
                state.ask_anew()
        for meeting in tuple(self._undropped):
            await self._drop(meeting)
        if lost:
            await self._fill()
            self._mark = mark
        else:
            await self._compare()

    async def _fill(self) -> None:
        """Pass on again what rests, a few meetings at a time."""
        waiting = list(self._resting)
        for position in range(0, len(waiting), _AT_ONCE):
            again = [each for each in waiting[position : position + _AT_ONCE] if each in self._resting]
            if again:
                await asyncio.wait([self._take_up(each) for each in again], timeout=_LOOK_S)

    async def _compare(self) -> None:
        """Mend the directory: an answer that was waited for in vain may have been a change that came too late."""
        listed = {each.meeting.id: each for each in await self._backplane.meetings()}
        for meeting, state in self._meetings.items():
            if state.cursor is not None and not state.resting and listed.get(meeting) != state.listing:
                state.ask_anew()
        for meeting, listing in list(self._resting.items()):
            if listed.get(meeting, listing) != listing:
                self._take_up(meeting)
        if time.monotonic() - self._tidied < _TIDY_S:
            return
        for listing in listed.values():
            if listing.over and not await self._backplane.last(listing.meeting.id, listing.epoch):
                await self._backplane.unlist(listing)
                self._resting.pop(listing.meeting.id, None)
        self._tidied = time.monotonic()

    async def _drop(self, meeting: str) -> None:
        await self._backplane.drop(meeting)
        self._undropped.discard(meeting)

    def _take_up(self, meeting: str) -> "asyncio.Task[None]":
        """Pass on what is missing of a meeting that rests, and let it rest again."""
        self.follow(msgspec.structs.replace(self._resting[meeting], over=0))
        self.rest(meeting)
        return self._meetings[meeting].task

    async def _pump(self, state: "_Meeting") -> None:
        while True:
            await self._pass_on(state)
            if state.ending:
                return
            over = msgspec.structs.replace(state.listing, over=state.cursor or 0)
            try:
                await self._backplane.list(over)
            except BackplaneDown:
                state.lost = True  # or edges would follow it for ever
                continue
            if state.done:
                del self._meetings[over.meeting.id]
                self._settle(over)
                return
            state.lost = True  # somebody came meanwhile: it is listed again as it was

    def _settle(self, listing: Listing) -> None:
        self._resting[listing.meeting.id] = listing
        while len(self._resting) > _RESTING:
            del self._resting[next(iter(self._resting))]

    async def _pass_on(self, state: "_Meeting") -> None:
        failures = losses = 0
        while not state.done:
            try:
                await self._catch_up(state)
                failures = losses = 0
                if not state.ending and not state.done:
                    await state.news.wait()
            except Behind:  # it lost what it had
                state.lost = True
                await asyncio.sleep(_PAUSE_S if losses else 0)  # at once, or captions would come late
                losses += 1
            except BackplaneDown as error:
                if state.ending:
                    return
                if not failures:
                    self._logger.warning("backplane away", meeting=state.listing.meeting.id, error=str(error))
                failures += 1
                state.frames.clear()
                state.lost = True
                await asyncio.sleep(min(_LONGEST_S, _PAUSE_S * 2.0**failures))
            except Exception:  # a task's top: a log that could not be read may be readable again
                self._logger.exception("meeting not passed on", meeting=state.listing.meeting.id)
                if state.ending:
                    return
                await asyncio.sleep(_LONGEST_S)
            state.news.clear()

    async def _catch_up(self, state: "_Meeting") -> None:
        meeting, epoch = state.listing.meeting.id, state.listing.epoch
        if state.cursor is None or state.lost:
            state.lost, state.cursor = False, None
            await self._list(state.listing)
            state.cursor = await self._backplane.last(meeting, epoch)
        for event in await self._read(meeting, state.cursor):
            if event.epoch != epoch:
                return  # the meeting's log was made anew; `follow` tells
            await self._show(state, event.seq - 1)
            await self._backplane.publish(meeting, event)
            state.cursor = event.seq
        await self._show(state, state.cursor)

    async def _list(self, listing: Listing) -> None:
        """List a meeting; what the backplane has of before something was struck from the record goes first."""
        found = await self._backplane.find(listing.meeting.id)
        if found is not None and found.rewritten != listing.rewritten:
            await self._backplane.drop(listing.meeting.id)
        await self._backplane.list(listing)

    async def _show(self, state: "_Meeting", seq: int) -> None:
        """Show the frames that belong before event `seq` + 1."""
        while state.frames and state.frames[0][0] <= seq:
            _, frame = state.frames.popleft()
            await self._backplane.show(state.listing.meeting.id, frame)


class _Meeting:
    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.cursor: int | None = None  # seq of the last event that the backplane has; None: to be asked
        self.lost = False  # the backplane may lack what it had, or lists the meeting otherwise
        self.committed = 0
        self.frames: deque[tuple[int, bytes]] = deque(maxlen=_FRAMES)
        self.news = asyncio.Event()
        self.ending = False
        self.resting = False  # nobody is in it
        self.task: asyncio.Task[None]

    def ask_anew(self) -> None:
        """Let everything be listed and asked again."""
        self.lost = True
        self.news.set()

    @property
    def done(self) -> bool:
        """Whether its task may end: at once unless something is known to wait, or, for good, with all passed on."""
        if self.ending:
            return self.cursor is None or self.cursor >= self.committed
        passed_on = self.cursor is not None and self.cursor >= self.committed and not self.frames
        return self.resting and not self.lost and passed_on
