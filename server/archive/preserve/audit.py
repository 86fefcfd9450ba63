"""The audit: is every kept file as it was? It names each one that is not, and never changes anything."""

import time
from collections.abc import Callable
from pathlib import Path

import bagit
import msgspec

from server.archive.preserve.bag import FOLDER as BAGS
from server.archive.preserve.manifest import NAME, Damage, Fault, check, sha512
from server.archive.writer import FOLDER as ARCHIVE

REPORT = "audit.json"
_BAG = "manifest-sha512.txt"


class Audit(msgspec.Struct, frozen=True):
    """What an audit found."""

    at: int  # Unix time in ms
    folders: int
    damages: tuple[Damage, ...]


def audit(data: Path, now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> Audit:
    """Look at the archive's folders and the bags in the data folder."""
    folders, damages = 0, list[Damage]()
    for folder in _folders(data / ARCHIVE):
        if (folder / NAME).exists():
            folders += 1
            damages += check(folder)
    for folder in _folders(data / BAGS):
        folders += 1
        damages += _bag(folder)
    return Audit(now_ms(), folders, tuple(damages))


def keep_report(data: Path, found: Audit) -> None:
    """Write the audit beside the archive, for monitoring."""
    (data / REPORT).write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")


def _folders(parent: Path) -> list[Path]:
    if not parent.is_dir():
        return []
    return sorted(path for path in parent.iterdir() if path.is_dir() and not path.name.startswith("."))


def _bag(folder: Path) -> list[Damage]:
    try:
        bag = bagit.Bag(str(folder))
    except (bagit.BagError, OSError, UnicodeError, ValueError):
        return [Damage(str(folder / "bagit.txt"), Fault.UNREADABLE)]
    try:
        bag.validate()
    except bagit.BagValidationError as error:
        faults = {
            bagit.ChecksumMismatch: Fault.CHANGED,
            bagit.FileMissing: Fault.MISSING,
            bagit.UnexpectedFile: Fault.UNKNOWN,
        }
        named = [Damage(str(folder / detail.path), faults.get(type(detail), Fault.CHANGED)) for detail in error.details]
        return named or _by_hand(folder)
    except (OSError, UnicodeError):
        return [Damage(str(folder), Fault.UNREADABLE)]
    return []


def _by_hand(folder: Path) -> list[Damage]:
    """Name the files where the library only says that a sum of sizes is wrong."""
    if not (folder / _BAG).is_file():
        return [Damage(str(folder / _BAG), Fault.MISSING)]
    damages = []
    for line in (folder / _BAG).read_text(encoding="utf-8").splitlines():
        wanted, _, name = line.partition("  ")
        path = folder / name
        if not path.is_file():
            damages.append(Damage(str(path), Fault.MISSING))
        elif sha512(path) != wanted:
            damages.append(Damage(str(path), Fault.CHANGED))
    return damages or [Damage(str(folder / "bag-info.txt"), Fault.CHANGED)]
