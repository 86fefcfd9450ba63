"""One room's fan-out: every frame to every reader, in order, without holding up the loop.

Invariants: a reader gets every frame without a key that was sent after it was added, once and in order; of frames
with a key (partials, states) it may get only the newest. Large rooms are swept in slices with a yield between.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from server.outbox import Frame

SLICE = 500  # readers; about 5 ms of work, so that publishers and newcomers never wait longer
PARTIAL = "partial"  # the first part of a partial's key; the second is its track
PARTIAL_S = 0.25  # between two partials of a track: nobody reads faster


class Reader(Protocol):
    """Who gets frames; `send` neither blocks nor fails."""

    def send(self, frame: Frame) -> None:
        """Take a frame."""


R = TypeVar("R", bound=Reader)


class Sweep(Generic[R]):
    """The readers of a room, and what is on its way to them."""

    def __init__(self) -> None:
        """Start without readers."""
        self._readers: dict[R, int] = {}
        self._number = 0
        self._waiting: OrderedDict[tuple[str, ...] | int, tuple[int, Frame]] = OrderedDict()
        self._held: dict[str, Frame | None] = {}  # the newest partial of a track, until its time has come
        self._task: asyncio.Task[None] | None = None
        self.sent_at = 0.0  # loop time

    def __len__(self) -> int:
        """Count the readers."""
        return len(self._readers)

    def __contains__(self, reader: R) -> bool:
        """Tell whether this reader is here."""
        return reader in self._readers

    def __iter__(self) -> Iterator[R]:
        """All readers."""
        return iter(list(self._readers))

    def add(self, reader: R) -> None:
        """Let a reader get what is sent from now on."""
        self._readers[reader] = self._number

    def remove(self, reader: R) -> bool:
        """Forget a reader; False when it was none."""
        return self._readers.pop(reader, None) is not None

    def send(self, frame: Frame) -> None:
        """Send to all readers: at once to few, in slices to many, and a track's partials not too often."""
        if frame.covers:
            track = frame.covers[1]
            held = self._held.get(track)
            if held is not None and held.key == frame.covers:
                self._held[track] = None
        if frame.key and frame.key[0] == PARTIAL:
            track = frame.key[1]
            if track in self._held:
                self._held[track] = frame
                return
            self._held[track] = None
            asyncio.get_running_loop().call_later(PARTIAL_S, self._release, track)
        self._queue(frame)

    def drop_partials(self) -> None:
        """Forget the partials that have not been sent."""
        self._held = dict.fromkeys(self._held)

    def _release(self, track: str) -> None:
        """A quarter of a second after a track's partial: the newest one that came since, if its final has not."""
        frame = self._held.pop(track, None)
        if frame is not None:
            self.send(frame)

    def _queue(self, frame: Frame) -> None:
        self._number += 1
        self.sent_at = asyncio.get_running_loop().time()
        if self._task is None and len(self._readers) <= SLICE:
            for reader in list(self._readers):
                reader.send(frame)
            return
        if frame.covers:
            self._waiting.pop(frame.covers, None)
        if frame.key:
            self._waiting.pop(frame.key, None)
        self._waiting[frame.key or self._number] = (self._number, frame)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        """Sweep until nothing waits."""
        try:
            while self._waiting:
                _, (number, frame) = self._waiting.popitem(last=False)
                readers = list(self._readers.items())
                for start in range(0, len(readers), SLICE):
                    for reader, since in readers[start : start + SLICE]:
                        if since < number and reader in self._readers:
                            reader.send(frame)
                    await asyncio.sleep(0)
        finally:
            self._task = None
