"""The catalogue for asyncio: one thread writes, another reads: readers never wait for a long meeting's index."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from server.archive.catalogue import Catalogue
from server.archive.record import Record
from server.archive.settings import ArchiveSettings

T = TypeVar("T")


class OpenArchive:
    """What is public, found and listed."""

    def __init__(self, data: Path, settings: ArchiveSettings) -> None:
        """Open the catalogue in the data folder; StorageError when it cannot be."""
        self.settings = settings
        self._writing = Catalogue(data)
        self._reading = Catalogue(data)
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="catalogue-write")
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="catalogue-read")

    async def close(self) -> None:
        """Do what was asked for, then close."""
        await self.read(Catalogue.close)
        await self.write(Catalogue.close)
        self._reader.shutdown()
        self._writer.shutdown()

    async def put(self, record: Record, at: int) -> bool:
        """Take a public record; see Catalogue.put."""
        return await self.write(lambda catalogue: catalogue.put(record, at))

    async def remove(self, meeting: str, at: int, reason: str = "") -> None:
        """Take a record away; see Catalogue.remove."""
        await self.write(lambda catalogue: catalogue.remove(meeting, at, reason))

    async def read(self, work: Callable[[Catalogue], T]) -> T:
        """Read from the catalogue."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, lambda: work(self._reading))

    async def write(self, work: Callable[[Catalogue], T]) -> T:
        """Change the catalogue, one after another."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, lambda: work(self._writing))
