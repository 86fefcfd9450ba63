"""What the archive says of itself: `archive.toml` in the data folder; without it, careful defaults.

name = "Transcripts of the Dynamic Coalition"
address = "https://captions.example.org"   # persistent: citations lead there
email = "archive@example.org"
licence = "https://creativecommons.org/licenses/by/4.0/"   # of meetings that name none
"""

import tomllib
from pathlib import Path

import msgspec

from server.errors import ServerError

FILE = "archive.toml"


class BadSettings(ServerError):
    """archive.toml cannot be used; the message says where."""


class ArchiveSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The archive's name, address and licence."""

    name: str = "Archive of transcripts"  # for readers, feeds and harvesters
    address: str = ""  # without a slash at the end; "" takes the address of each request
    email: str = "nobody@localhost"  # whom harvesters write to
    licence: str = ""  # URI


def load(data: Path) -> ArchiveSettings:
    """Read the settings; BadSettings says what is wrong."""
    path = data / FILE
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), ArchiveSettings)
    except FileNotFoundError:
        return ArchiveSettings()
    except (OSError, UnicodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        msg = f"{path} cannot be used: {error}"
        raise BadSettings(msg) from error
    for name, value in (("address", found.address), ("licence", found.licence)):
        if value and not value.startswith(("https://", "http://")):
            msg = f"{path} cannot be used: {name} must begin with https:// or http://"
            raise BadSettings(msg)
    return msgspec.structs.replace(found, address=found.address.rstrip("/"))
