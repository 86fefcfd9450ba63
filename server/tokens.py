"""The host's token: whoever has it may publish. It lives in the data folder and never in a log or a URL."""

import contextlib
import os
import secrets
from pathlib import Path

from server.errors import StorageError

_FILE = "host.token"
_BYTES = 32  # 256 bits: guessing is hopeless, so that no lock-out is needed


def make_data_folder(data: Path) -> None:
    """Create the data folder, for its owner only; StorageError when that is impossible."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        msg = f"the data folder {data} cannot be created ({error.strerror}): name another one or free its place"
        raise StorageError(msg) from error


def host_token(data: Path) -> str:
    """Return the host's token; make it (mode 0600) at the first start."""
    make_data_folder(data)
    path = data / _FILE
    try:
        with contextlib.suppress(FileExistsError):
            _create(path)
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError) as error:
        msg = f"the host's token {path} cannot be read or written: check the folder's owner and free space"
        raise StorageError(msg) from error
    if len(token) < _BYTES:
        msg = f"the host's token {path} is damaged: delete the file, and the next start makes a new one"
        raise StorageError(msg)
    return token


def same_token(known: str, claimed: str) -> bool:
    """Compare in a time that does not depend on where they differ."""
    return secrets.compare_digest(known.encode(), claimed.encode(errors="replace"))


def _create(path: Path) -> None:
    if path.exists():
        raise FileExistsError
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)  # fails where another start was quicker: its token holds
    finally:
        fresh.unlink()
