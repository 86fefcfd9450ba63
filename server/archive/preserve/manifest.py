"""SHA-512 sums of a folder's files in the form of `sha512sum`, and what no longer agrees with them."""

import enum
import hashlib
from pathlib import Path, PurePosixPath

import msgspec

from server.archive.writer import SUMS

NAME = SUMS
_CHUNK = 1 << 20  # bytes read at once


class Fault(enum.StrEnum):
    """What is wrong with a file."""

    CHANGED = "changed"
    MISSING = "missing"
    UNKNOWN = "not in the manifest"
    UNREADABLE = "unreadable"
    NO_MANIFEST = "no manifest"


class Damage(msgspec.Struct, frozen=True):
    """One file that is not as it was kept."""

    path: str
    fault: Fault


def sha512(path: Path) -> str:
    """Return a file's sum, as hexadecimal digits."""
    found = hashlib.sha512()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def seal(folder: Path) -> None:
    """Write the manifest of all files of the folder, except hidden ones."""
    lines = [f"{sha512(path)}  {name}\n" for name, path in sorted(_files(folder).items())]
    fresh = folder / f".{NAME}.new"
    fresh.write_text("".join(lines), encoding="utf-8")
    fresh.replace(folder / NAME)


def check(folder: Path) -> list[Damage]:
    """Return what is damaged, file by file; nothing when all is as it was sealed."""
    try:
        lines = (folder / NAME).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError):
        return [Damage(str(folder / NAME), Fault.NO_MANIFEST)]
    found, known = [], set[str]()
    for line in lines:
        wanted, _, name = line.partition("  ")
        known.add(name)
        path = folder / PurePosixPath(name)
        if not name or not path.resolve().is_relative_to(folder.resolve()):
            found.append(Damage(str(folder / NAME), Fault.CHANGED))
            continue
        try:
            if sha512(path) != wanted:
                found.append(Damage(str(path), Fault.CHANGED))
        except FileNotFoundError:
            found.append(Damage(str(path), Fault.MISSING))
        except OSError:
            found.append(Damage(str(path), Fault.UNREADABLE))
    found += [Damage(str(path), Fault.UNKNOWN) for name, path in sorted(_files(folder).items()) if name not in known]
    return found


def _files(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and path.name != NAME and not path.name.startswith(".")
    }
