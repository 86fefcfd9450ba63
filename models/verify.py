"""Is a model on disk the one that the catalogue names? In full by hashing, or quickly by a stamp.

Hashing 145 MB at each start would cost a second for nothing. So a folder that was hashed in full gets a stamp file with
the size, time of change and hash of each file; as long as those still hold, it is not hashed again.
"""

import contextlib
import hashlib
from enum import Enum
from pathlib import Path

import msgspec

from models.catalogue import FileSpec, ModelEntry

STAMP = ".verified.json"
_BLOCK = 1 << 20


class FileStatus(Enum):
    """How one file stands."""

    GOOD = "good"
    MISSING = "missing"
    DAMAGED = "damaged"


class FileCheck(msgspec.Struct, frozen=True):
    """The result for one file."""

    name: str
    status: FileStatus
    sha256: str | None
    """The hash that the file has; None if the file is missing or its size alone shows the damage."""


class _Mark(msgspec.Struct, frozen=True):
    size: int
    mtime_ns: int
    sha256: str


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal, reading it in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def check_file(path: Path, spec: FileSpec) -> FileCheck:
    """Hash one file and compare it with what the catalogue says."""
    if not path.is_file():
        return FileCheck(spec.name, FileStatus.MISSING, None)
    if path.stat().st_size != spec.size:
        return FileCheck(spec.name, FileStatus.DAMAGED, None)
    found = hash_file(path)
    return FileCheck(spec.name, FileStatus.GOOD if found == spec.sha256 else FileStatus.DAMAGED, found)


def check_folder(folder: Path, entry: ModelEntry) -> list[FileCheck]:
    """Hash every file of a model; always in full."""
    return [check_file(folder / spec.name, spec) for spec in entry.files]


def write_stamp(folder: Path, entry: ModelEntry) -> None:
    """Remember that the folder was hashed in full and is good; call it only then.

    A folder that cannot be written (a model that an administrator installed) gets no stamp and is hashed at each start.
    """
    marks = {}
    for spec in entry.files:
        stat = (folder / spec.name).stat()
        marks[spec.name] = _Mark(stat.st_size, stat.st_mtime_ns, spec.sha256)
    with contextlib.suppress(OSError):
        (folder / STAMP).write_bytes(msgspec.json.encode(marks))


def stamp_holds(folder: Path, entry: ModelEntry) -> bool:
    """Tell whether the stamp is there, fits the catalogue, and no file has changed since."""
    try:
        marks = msgspec.json.decode((folder / STAMP).read_bytes(), type=dict[str, _Mark])
        for spec in entry.files:
            stat = (folder / spec.name).stat()
            if marks.get(spec.name) != _Mark(stat.st_size, stat.st_mtime_ns, spec.sha256):
                return False
    except (OSError, msgspec.MsgspecError):
        return False
    return True
