"""The log's one thread, so that a slow disk never holds up the readers."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

from captioner.captions.cue import Meeting
from captioner.captions.event import Event
from captioner.captions.transcript import Transcript
from server.archive.log import EventLog, Kept
from server.errors import StorageError

T = TypeVar("T")


class Counted(Protocol):
    """Takes how long an append took, and whether it was done."""

    def __call__(self, seconds: float, *, ok: bool) -> None:
        """Count it."""


def _uncounted(seconds: float, *, ok: bool) -> None:
    """Nobody counts."""


class LogThread:
    """The EventLog for asyncio. Calls are done one by one, in the order in which they were made."""

    def __init__(self, data: Path) -> None:
        """Open the log, in the caller's thread: a log that cannot be used is told before anything listens."""
        self._log = EventLog(data)
        self.on_append: Counted = _uncounted
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="log")

    async def close(self) -> None:
        """Do what was asked for, then close."""
        await self._do(self._log.close)
        self._executor.shutdown()

    async def open_meeting(self, meeting: Meeting, drafts: tuple[Event, ...]) -> Kept:
        """See EventLog.open_meeting."""
        return await self._do(lambda: self._log.open_meeting(meeting, drafts))

    async def append(self, meeting: str, draft: Event) -> Event | None:
        """See EventLog.append. Once begun it is finished, also when the caller is cancelled."""
        began = time.perf_counter()
        try:
            event = await self._do(lambda: self._log.append(meeting, draft))
        except StorageError:
            self.on_append(time.perf_counter() - began, ok=False)
            raise
        self.on_append(time.perf_counter() - began, ok=True)
        return event

    async def read(self, meeting: str, after: int = 0) -> list[Event]:
        """All events of a meeting after seq `after`."""
        return await self._do(lambda: list(self._log.read(meeting, after)))

    async def transcript(self, meeting: str) -> Transcript:
        """Return the fold of all events of a meeting."""
        return await self._do(lambda: Transcript().apply_all(self._log.read(meeting)))

    async def meetings(self) -> list[Kept]:
        """See EventLog.meetings."""
        return await self._do(self._log.meetings)

    async def find(self, meeting: str) -> Kept | None:
        """See EventLog.find."""
        return await self._do(lambda: self._log.find(meeting))

    async def mark_exported(self, meeting: str, seq: int) -> None:
        """See EventLog.mark_exported."""
        await self._do(lambda: self._log.mark_exported(meeting, seq))

    def now(self, work: Callable[[EventLog], T]) -> T:
        """Do work in the caller's thread, before anything else uses the log."""
        return work(self._log)

    async def write(self, work: Callable[[EventLog], T]) -> T:
        """Do work with the log itself, in order with everything else; for the tables beside it."""
        return await self._do(lambda: work(self._log))

    async def run(self, work: Callable[[], T]) -> T:
        """Do other blocking work of the archive in the same order."""
        return await self._do(work)

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)
