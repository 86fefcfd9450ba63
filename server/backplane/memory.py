"""The embedded backplane: origin and edges in one process."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator

from captioner.captions.event import Event
from server.backplane.base import Behind, Listing, Shown

_SIGNALS = 1_000  # signals that wait for the origin; readers may send one every few seconds
_WAITING = 10_000  # items a subscriber may be behind; then it reads the events again from the list


class MemoryBackplane:
    """See Backplane. Keeps the events of every listed meeting in memory."""

    def __init__(self) -> None:
        """Start empty."""
        self._listings: dict[str, Listing] = {}
        self._events: dict[tuple[str, str], list[Event]] = defaultdict(list)
        self._gone: set[str] = set()
        self._signals: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(_SIGNALS)
        self._readers: dict[str, set[asyncio.Queue[Event | Shown]]] = defaultdict(set)

    async def list(self, listing: Listing) -> None:
        """See Backplane."""
        self._listings[listing.meeting.id] = listing
        self._gone.discard(listing.meeting.id)

    async def find(self, meeting: str) -> Listing | None:
        """See Backplane."""
        return self._listings.get(meeting)

    async def meetings(self) -> tuple[Listing, ...]:
        """See Backplane."""
        return tuple(self._listings.values())

    async def unlist(self, listing: Listing) -> None:
        """See Backplane."""
        if self._listings.get(listing.meeting.id) == listing:
            del self._listings[listing.meeting.id]

    async def last(self, meeting: str, epoch: str) -> int:
        """See Backplane."""
        return len(self._events[meeting, epoch])

    async def mark(self) -> str:
        """See Backplane."""
        return "memory"

    async def publish(self, meeting: str, event: Event) -> bool:
        """See Backplane."""
        events = self._events[meeting, event.epoch]
        if event.seq <= len(events):
            return False
        if event.seq != len(events) + 1:
            raise Behind(len(events))
        events.append(event)
        self._pass_on(meeting, event)
        return True

    async def show(self, meeting: str, frame: bytes) -> None:
        """See Backplane."""
        self._pass_on(meeting, Shown(frame))

    async def subscribe(self, meeting: str, epoch: str, after: int) -> AsyncGenerator[Event | Shown, None]:
        """See Backplane."""
        queue: asyncio.Queue[Event | Shown] = asyncio.Queue(_WAITING)
        self._readers[meeting].add(queue)
        seq = after
        try:
            while True:
                for event in self._events[meeting, epoch][seq:]:  # at first, and what found no room in the queue
                    seq = event.seq
                    yield event
                item = await queue.get()
                while isinstance(item, Shown) or item.epoch != epoch or item.seq <= seq + 1:
                    if isinstance(item, Shown):
                        yield item
                    elif item.epoch == epoch and item.seq == seq + 1:
                        seq = item.seq
                        yield item
                    item = await queue.get()
        finally:
            self._readers[meeting].discard(queue)

    async def drop(self, meeting: str) -> None:
        """See Backplane."""
        self._listings.pop(meeting, None)
        self._gone.add(meeting)
        for key in [key for key in self._events if key[0] == meeting]:
            del self._events[key]

    async def gone(self) -> frozenset[str]:
        """See Backplane."""
        return frozenset(self._gone)

    async def signal(self, meeting: str, frame: bytes) -> None:
        """See Backplane."""
        if not self._signals.full():
            self._signals.put_nowait((meeting, frame))

    async def signals(self) -> AsyncGenerator[tuple[str, bytes], None]:
        """See Backplane."""
        while True:
            yield await self._signals.get()

    async def close(self) -> None:
        """See Backplane."""

    def _pass_on(self, meeting: str, item: Event | Shown) -> None:
        for queue in self._readers[meeting]:
            if not queue.full():  # an event that finds no room is read from the list
                queue.put_nowait(item)
