"""Download one file so that it can be broken off and continued, and is taken only if its hash is right.

The bytes collect in `<file>.part`; a later call goes on where the earlier one stopped (HTTP range requests, RFC 9110
section 14). Only a whole file with the pinned hash gets its name.
"""

import errno
import http.client
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

import msgspec

from models.errors import AccessRefused, DiskFull, SourceFailed, StoreUnusable, WrongContent
from models.verify import hash_file

ATTEMPTS = 4
"""Attempts in a row that brought nothing new, before we give up."""
_BLOCK = 1 << 18
_TIMEOUT_S = 60.0
_SCHEMES = ("https", "http", "file")  # the pinned hash, not the transport, is what the bytes are trusted for
_REFUSED = (http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN, http.HTTPStatus.PROXY_AUTHENTICATION_REQUIRED)
_TRY_AGAIN = (http.HTTPStatus.REQUEST_TIMEOUT, http.HTTPStatus.TOO_MANY_REQUESTS)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class Progress(Protocol):
    """What is told of a download while it runs; called often, so it must be quick."""

    def __call__(self, file: str, done_bytes: int, total_bytes: int, /) -> None:
        """`done_bytes` of the `total_bytes` of `file` are on disk; earlier runs' bytes count as done."""


class Wanted(msgspec.Struct, frozen=True):
    """A file to download."""

    url: str
    target: Path
    size: int
    """Bytes."""
    sha256: str

    @property
    def part(self) -> Path:
        """Where the bytes collect."""
        return self.target.with_name(self.target.name + ".part")

    @property
    def source(self) -> str:
        """Host and file name for error messages: no query, no credentials."""
        address = urlsplit(self.url)
        return f"{address.hostname or address.scheme}: {self.target.name}"


def make_opener(environ: Mapping[str, str]) -> urllib.request.OpenerDirector:
    """Return what opens URLs: proxies from the environment, the system's certificates and those named for pip."""
    context = ssl.create_default_context()
    for variable in ("PIP_CERT", "REQUESTS_CA_BUNDLE"):
        extra = environ.get(variable, "")
        if Path(extra).is_file():
            context.load_verify_locations(extra)
    return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))


class Downloader:
    """Downloads files; `wait` is given the seconds to sleep between two attempts."""

    def __init__(self, opener: urllib.request.OpenerDirector, wait: Callable[[float], None]) -> None:
        """Take the opener (see `make_opener`) and the way to wait, such as `time.sleep`."""
        self._opener = opener
        self._wait = wait

    def fetch(self, wanted: Wanted, progress: Progress) -> None:
        """Make the wanted file be there, whole and right; return at once if it is.

        Raises:
            SourceFailed: it cannot be had; what has come so far is kept for the next time, unless it was wrong.
            DiskFull: no room; what has come was deleted.
            StoreUnusable: the folder cannot be written.

        """
        if wanted.target.is_file():
            if hash_file(wanted.target) == wanted.sha256:
                progress(wanted.target.name, wanted.size, wanted.size)
                return
            wanted.target.unlink()
        self._collect(wanted, progress)
        if hash_file(wanted.part) != wanted.sha256:
            wanted.part.unlink()
            raise WrongContent(wanted.source, "what came is not the file that is expected (SHA-256 differs); deleted")
        wanted.part.replace(wanted.target)

    def _collect(self, wanted: Wanted, progress: Progress) -> None:
        best = have = _size(wanted.part)
        fruitless = 0
        while have != wanted.size:
            if have > wanted.size:
                wanted.part.unlink()
                raise WrongContent(wanted.source, f"more came than the {wanted.size} bytes expected; deleted")
            try:
                self._go_on(wanted, have, progress)
                reason = "the connection ended early"
            except urllib.error.HTTPError as error:
                reason = self._judge(wanted, error)
            except (OSError, http.client.HTTPException) as error:
                reason = _explain(wanted, error)
            have = _size(wanted.part)
            fruitless = 0 if have > best else fruitless + 1
            best = max(best, have)
            if fruitless == ATTEMPTS:
                raise SourceFailed(wanted.source, reason)
            if fruitless:
                self._wait(0.5 * 2 ** (fruitless - 1))

    def _go_on(self, wanted: Wanted, have: int, progress: Progress) -> None:
        if urlsplit(wanted.url).scheme not in _SCHEMES:
            raise SourceFailed(wanted.source, "its address is neither https, http nor file")
        headers = {"User-Agent": "captioner", "Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        request = urllib.request.Request(wanted.url, headers=headers)  # noqa: S310 -- the scheme is checked above
        with self._opener.open(request, timeout=_TIMEOUT_S) as response:
            place = response.headers.get("Content-Range", "")
            resumed = response.status == http.HTTPStatus.PARTIAL_CONTENT and place.startswith(f"bytes {have}-")
            done = have if resumed else 0
            with open_output(wanted.part, resumed=resumed) as output:
                while done <= wanted.size and (block := response.read(_BLOCK)):
                    write_block(output, block, wanted.part, wanted.size)
                    done += len(block)
                    progress(wanted.target.name, min(done, wanted.size), wanted.size)

    def _judge(self, wanted: Wanted, error: urllib.error.HTTPError) -> str:
        """Return the reason if it is worth another attempt, else raise."""
        reason = f"the server answered {error.code} {error.reason}"
        error.close()
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            wanted.part.unlink(missing_ok=True)
        elif error.code in _REFUSED:
            raise AccessRefused(wanted.source, reason)
        elif error.code < http.HTTPStatus.INTERNAL_SERVER_ERROR and error.code not in _TRY_AGAIN:
            raise SourceFailed(wanted.source, reason)
        return reason


def open_output(path: Path, *, resumed: bool) -> BinaryIO:
    """Open a file to write, from the start or after what is there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("ab" if resumed else "wb")
    except OSError as error:
        raise StoreUnusable(path.parent, error.strerror or str(error)) from error


def write_block(output: BinaryIO, block: bytes, path: Path, needed: int) -> None:
    """Write a block through to the system, so that a full disk shows here; then what was written is deleted.

    A full disk endangers recorded captions on it; the room is worth more than a quicker next attempt.
    """
    try:
        output.write(block)
        output.flush()
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise StoreUnusable(path.parent, error.strerror or str(error)) from error
        path.unlink(missing_ok=True)
        raise DiskFull(path.parent, needed) from error


def _explain(wanted: Wanted, error: OSError | http.client.HTTPException) -> str:
    """Return the reason if it is worth another attempt, else raise."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        raise AccessRefused(wanted.source, f"its certificate is not trusted ({cause.verify_message})") from error
    if isinstance(cause, FileNotFoundError):
        raise SourceFailed(wanted.source, "there is no such file") from error
    return str(cause) or type(cause).__name__


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 -- one call tells both: is it there, and how long
    except FileNotFoundError:
        return 0
