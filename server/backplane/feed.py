"""The edge's side: follows every listed meeting on the backplane, into a log of its own and to its readers.

An edge's log is a replica: same epoch, same seq, same bytes. It takes no captions and no commands of a host; it passes
readers' signals to the origin.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Protocol

from structlog.typing import FilteringBoundLogger

from captioner.captions.event import Event
from server.backplane.base import Backplane, BackplaneDown, Listing, Shown
from server.tasks import end

_LOOK_S = 1.0  # between two looks for new meetings
_AT_ONCE = 16  # meetings that are over and are begun with at one look: each takes a connection while it is copied
_AGAIN_S = 2.0  # before a meeting is tried again that could not be followed, as with a full disk


class Replica(Protocol):
    """The edge's meetings."""

    async def last(self, listing: Listing) -> int:
        """Open the meeting if it is new and return the seq of its last event; another epoch begins anew."""

    async def take(self, meeting: str, event: Event) -> None:
        """Keep an event and show it."""

    async def show(self, meeting: str, frame: bytes) -> None:
        """Show a frame that is not kept."""

    async def rest(self, listing: Listing) -> None:
        """Let go of a meeting that is over, and of which the log has all."""

    async def forget(self, meeting: str) -> None:
        """Erase a meeting that was erased at the origin."""


class Feed:
    """Keeps a replica up to date."""

    def __init__(self, backplane: Backplane, replica: Replica, logger: FilteringBoundLogger) -> None:
        """Take both sides."""
        self._backplane, self._replica, self._logger = backplane, replica, logger
        self._followed: dict[str, tuple[Listing, asyncio.Task[None]]] = {}
        self._forgotten: set[str] = set()  # of what was erased at the origin
        self.away = False  # the backplane does not answer: what is shown may be old

    async def run(self) -> None:
        """Follow until cancelled."""
        try:
            while True:
                try:
                    await self._look()
                except Exception:  # a task's top: a full disk may have room again
                    self._logger.exception("backplane not looked at")
                await asyncio.sleep(_LOOK_S)
        finally:
            await end(*(task for _, task in self._followed.values()))
            await self._backplane.close()

    async def _look(self) -> None:
        try:
            listings = await self._backplane.meetings()
            gone = await self._backplane.gone()
        except BackplaneDown as error:
            if not self.away:
                self._logger.warning("backplane away", error=str(error))
            self.away = True
            return
        self.away = False
        for listing in self._wanted(listings, gone):
            await self._begin(listing)
        for meeting in self._followed.keys() - {listing.meeting.id for listing in listings}:
            listing, task = self._followed[meeting]
            if listing.over:  # it is all here, or what is missing left the backplane long ago
                await end(task)
                del self._followed[meeting]
        for meeting in gone - self._forgotten:
            if meeting in self._followed:
                await end(self._followed.pop(meeting)[1])
            await self._replica.forget(meeting)
            self._forgotten.add(meeting)
        self._forgotten &= gone

    def _wanted(self, listings: Sequence[Listing], gone: frozenset[str]) -> list[Listing]:
        """Return what is new: all that is live, and a few of what is over, the newest first."""
        new = [each for each in listings if each.meeting.id not in gone and not self._is_followed(each)]
        over = sorted((each for each in new if each.over), key=lambda each: -each.meeting.started)
        return [each for each in new if not each.over] + over[:_AT_ONCE]

    def _is_followed(self, listing: Listing) -> bool:
        known = self._followed.get(listing.meeting.id)
        return known is not None and known[0] == listing

    async def _begin(self, listing: Listing) -> None:
        """Follow a meeting as it is listed now."""
        meeting = listing.meeting.id
        known = self._followed.get(meeting)
        if known is not None:
            await end(known[1])
        if listing.rewritten != (known[0].rewritten if known is not None else 0):
            await self._replica.forget(meeting)  # also what is not followed any more may be here
        self._followed[meeting] = (listing, asyncio.create_task(self._follow(listing), name=f"feed {meeting}"))

    async def _follow(self, listing: Listing) -> None:
        meeting = listing.meeting.id
        while True:
            try:
                after = await self._replica.last(listing)
                if listing.over and after >= listing.over:
                    await self._replica.rest(listing)
                    return
                async with contextlib.aclosing(self._backplane.subscribe(meeting, listing.epoch, after)) as items:
                    async for item in items:
                        if isinstance(item, Shown):
                            await self._replica.show(meeting, item.frame)
                        else:
                            await self._replica.take(meeting, item)
                            if item.seq == listing.over:
                                await self._replica.rest(listing)
                                return
            except Exception:  # a task's top: a full disk may have room again
                self._logger.exception("meeting not followed", meeting=meeting)
            await asyncio.sleep(_AGAIN_S)
