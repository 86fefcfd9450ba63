"""The archive's files on disk: each is replaced whole or not at all, also when the power fails."""

import contextlib
import hashlib
import os
import shutil
from pathlib import Path

from server.archive.export.brf import BrailleMissing
from server.archive.export.registry import FORMATS
from server.archive.record import Record
from server.errors import StorageFull

FOLDER = "archive"
SUMS = "SHA512SUMS"  # as `sha512sum --check` reads it
__all__ = ["FOLDER", "FORMATS", "ArchiveWriter"]


class ArchiveWriter:
    """Writes `<data>/archive/<meeting>/<track>.<format>`."""

    def __init__(self, data: Path) -> None:
        """Take the data folder."""
        self._folder = data / FOLDER

    def folder(self, meeting: str) -> Path:
        """Return where a meeting's files are."""
        return self._folder / meeting

    def exists(self, meeting: str) -> bool:
        """Tell whether a meeting was ever written."""
        return self.folder(meeting).is_dir()

    def remove(self, meeting: str) -> None:
        """Take a meeting's files away; StorageFull when the disk refuses."""
        folder = self.folder(meeting)
        try:
            if folder.exists():
                shutil.rmtree(folder)
                _sync_folder(folder.parent)
        except OSError as error:
            msg = f"{folder} cannot be removed ({error.strerror}): remove it by hand, it holds what was to be erased"
            raise StorageFull(msg) from error

    def verify(self, meeting: str) -> list[str]:
        """Return what is wrong with a meeting's files, each by its name; nothing when they are whole."""
        folder = self.folder(meeting)
        try:
            lines = (folder / SUMS).read_text(encoding="ascii").splitlines()
        except (OSError, UnicodeError):
            return [f"{folder / SUMS} is missing or damaged"]
        problems = []
        for line in lines:
            digest, _, name = line.partition("  ")
            path = folder / Path(name).name
            try:
                whole = hashlib.sha512(path.read_bytes()).hexdigest() == digest
            except OSError:
                problems.append(f"{path} is missing")
            else:
                problems += [] if whole else [f"{path} is damaged"]
        return problems

    def write(self, record: Record) -> list[str]:
        """Write every track in every format that can be made here; return the names. StorageFull when the disk refuses.

        Blocks for seconds after a long meeting: never on the event loop's or the log's thread.
        """
        folder = self.folder(record.meeting.id)
        names: list[str] = []
        sums: list[str] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for track in record.tracks:
                for made in FORMATS.values():
                    try:
                        content = made(record, track)
                    except BrailleMissing:
                        continue  # the page says what to install when somebody asks for it
                    name = f"{track.track.id}.{made.ending}"
                    _replace(folder / name, content)
                    names.append(name)
                    sums.append(f"{hashlib.sha512(content).hexdigest()}  {name}\n")
            _replace(folder / SUMS, "".join(sums).encode())
            _sync_folder(folder)
            _sync_folder(folder.parent)
        except OSError as error:
            msg = f"{folder} cannot be written ({error.strerror}): free space on its disk, then export again"
            raise StorageFull(msg) from error
        return names


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")  # one name, so that a crash leaves at most one behind
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
