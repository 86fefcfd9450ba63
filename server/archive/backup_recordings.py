"""Published recordings beside a copy of the log: a recording counts only with the very file that was attached."""

import contextlib
import hashlib
import shutil
import sqlite3
from pathlib import Path

from server.archive.recording import FOLDER, keep_file, path_of


def beside(copy: Path) -> Path:
    """Return the folder of the recordings that belong to a copy of the log."""
    return copy.with_name(f"{copy.name}.{FOLDER}")


def copy_recordings(data: Path, copy: Path) -> int:
    """Copy the data folder's recordings beside a copy; return how many. OSError when they cannot be written."""
    found = sorted((data / FOLDER).glob("*.mp3"))
    if found:
        target = beside(copy)
        target.mkdir(mode=0o700)
        for path in found:
            with contextlib.suppress(FileNotFoundError):  # taken away meanwhile: the record is another now
                shutil.copyfile(path, target / path.name)
                (target / path.name).chmod(0o600)
    return len(found)


def bring_back(log: sqlite3.Connection, copy: Path, data: Path) -> tuple[int, int]:
    """Put the recordings that a restored log names in their place; return how many there are, and how many are lost.

    What is lost is no longer named: readers get no player that is silent throughout.
    """
    if not log.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'recording'").fetchall():
        return 0, 0
    wanted = dict(log.execute("SELECT meeting, digest FROM recording").fetchall())
    count = len(wanted)
    for path in sorted(beside(copy).glob("*.mp3")):
        meeting = path.stem
        if wanted.get(meeting) == _digest(path):
            target = path_of(data, meeting)
            target.parent.mkdir(mode=0o700, exist_ok=True)
            fresh = target.with_name(f".{target.name}.new")
            try:
                shutil.copyfile(path, fresh)
                keep_file(fresh, target)
            finally:
                fresh.unlink(missing_ok=True)
    here = {path.stem: path for path in (data / FOLDER).glob("*.mp3")}
    lost = [(name,) for name, digest in wanted.items() if name not in here or _digest(here[name]) != digest]
    log.executemany("DELETE FROM recording WHERE meeting = ?", lost)
    return count - len(lost), len(lost)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha512").hexdigest()
