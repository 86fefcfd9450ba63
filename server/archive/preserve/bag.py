"""A BagIt bag for each meeting (RFC 8493): its files, an RO-Crate, SHA-512 manifests. It is replaced whole or not."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import bagit

from server.archive.preserve import crate
from server.archive.preserve.about import Described
from server.errors import StorageFull

FOLDER = "bags"


def write_bag(bags: Path, about: Described, files: Mapping[str, bytes]) -> Path:
    """Write the meeting's bag anew and return its folder; StorageFull when the disk refuses."""
    target, fresh, old = (bags / name for name in (about.id, f".{about.id}.new", f".{about.id}.old"))
    try:
        bags.mkdir(parents=True, exist_ok=True)
        for stale in (fresh, old):
            shutil.rmtree(stale, ignore_errors=True)
        fresh.mkdir()
        for name, content in files.items():
            (fresh / name).write_bytes(content)
        (fresh / crate.NAME).write_bytes(crate.crate(about, files))
        bagit.make_bag(str(fresh), _info(about), checksums=["sha512"])
        if target.exists():
            target.rename(old)
        fresh.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        msg = f"{target} cannot be written ({error.strerror}): free space on its disk, then make the bag again"
        raise StorageFull(msg) from error
    return target


def remove_bag(bags: Path, meeting: str) -> None:
    """Take a meeting's bag away, and what a crash left of one."""
    for name in (meeting, f".{meeting}.new", f".{meeting}.old"):
        shutil.rmtree(bags / name, ignore_errors=True)


def _info(about: Described) -> dict[str, str]:
    info = {
        "External-Identifier": about.address or about.id,
        "External-Description": about.description.replace("\n", " "),
        "Bag-Software-Agent": "captioner",
        "Title": about.title,
        "Date": about.moment,
        "Language": " ".join(about.languages),
    }
    return info | ({"License": about.licence} if about.licence else {})
