"""The thread that makes files: seconds of work after a long meeting, and neither the log nor a reader waits for it."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from server.archive.export.registry import Format
from server.archive.record import Record, TrackRecord
from server.archive.writer import ArchiveWriter

T = TypeVar("T")
_Key = tuple[str, int, str, str]
KEPT_FILES = 32  # rendered files in memory, for many readers who take the same one
KEPT_BYTES = 4_000_000  # the largest that is kept; three hours as DOCX have 300 kB


class RenderThread:
    """Writes and renders for asyncio, one after another."""

    def __init__(self, data: Path) -> None:
        """Take the data folder."""
        self._writer = ArchiveWriter(data)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="render")
        self._files: OrderedDict[_Key, bytes] = OrderedDict()

    async def close(self) -> None:
        """Do what was asked for, then end."""
        await self.run(lambda: None)
        self._executor.shutdown()

    def folder(self, meeting: str) -> Path:
        """Return where a meeting's files are."""
        return self._writer.folder(meeting)

    def exists(self, meeting: str) -> bool:
        """Tell whether a meeting was ever written."""
        return self._writer.exists(meeting)

    async def write(self, record: Record) -> list[str]:
        """See ArchiveWriter.write."""
        return await self.run(lambda: self._writer.write(record))

    async def file(self, record: Record, track: TrackRecord, made: Format) -> bytes:
        """Return a track as a file's bytes; BrailleMissing where a format needs a program that is not here."""
        key = (record.meeting.id, hash(record), track.track.id, made.ending)
        if key in self._files:
            self._files.move_to_end(key)
            return self._files[key]
        content = await self.run(lambda: made(record, track))
        if len(content) <= KEPT_BYTES:
            self._files[key] = content
        while len(self._files) > KEPT_FILES:
            self._files.popitem(last=False)
        return content

    async def remove(self, meeting: str) -> None:
        """Take a meeting's files away, from memory too; see ArchiveWriter.remove."""
        self.forget(meeting)
        await self.run(lambda: self._writer.remove(meeting))

    def forget(self, meeting: str) -> None:
        """Drop what is in memory of a meeting, as after an erasure."""
        for key in [key for key in self._files if key[0] == meeting]:
            del self._files[key]

    async def run(self, work: Callable[[], T]) -> T:
        """Do other heavy work in the same order."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)
