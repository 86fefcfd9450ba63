"""The archive's files on disk: each is replaced whole or not at all, also when the power fails."""

import contextlib
import os
from pathlib import Path

from server.archive.export.json_words import json_words
from server.archive.export.text import text
from server.archive.export.vtt import vtt
from server.archive.record import Record
from server.errors import StorageFull

FOLDER = "archive"
FORMATS = {"vtt": vtt, "txt": text, "json": json_words}
"""A track's formats by the end of the file's name."""


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

    def write(self, record: Record) -> list[str]:
        """Write every track in every format; return the names. StorageFull when the disk refuses."""
        folder = self.folder(record.meeting.id)
        names = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for track in record.tracks:
                for ending, render in FORMATS.items():
                    name = f"{track.track.id}.{ending}"
                    _replace(folder / name, render(record, track))
                    names.append(name)
            _sync_folder(folder)
            _sync_folder(folder.parent)
        except OSError as error:
            msg = f"{folder} cannot be written ({error.strerror}): free space on its disk, then export again"
            raise StorageFull(msg) from error
        return names


def _replace(path: Path, content: str) -> None:
    fresh = path.with_name(f".{path.name}.new")  # one name, so that a crash leaves at most one behind
    try:
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
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
