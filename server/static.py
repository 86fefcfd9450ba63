"""The viewer's files as they are sent: read once, compressed once, and not sent again while they are the same."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

_MOST = 512 * 1024  # bytes: the viewer's own texts are far smaller; anything larger is sent from the disk
_LEAST = 256  # bytes: less is not worth a decompression


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: tuple[int, int]  # modified (ns) and size: with the same ones the file is the same
    plain: bytes
    packed: bytes
    tag: str


class StaticFiles:
    """Keeps each text it was asked for, until the file changes."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._kept: dict[Path, _Kept] = {}

    def answer(self, request: web.Request, path: Path, kind: str) -> web.StreamResponse:
        """Return the file at `path`, which the caller has checked, as content type `kind`."""
        stat = path.stat()
        if stat.st_size > _MOST:
            return web.FileResponse(path, headers={"Content-Type": kind, "Cache-Control": "no-cache"})
        stamp = (stat.st_mtime_ns, stat.st_size)
        kept = self._kept.get(path)
        if kept is None or kept.stamp != stamp:
            kept = self._kept[path] = _pack(stamp, path.read_bytes())
        headers = {"Content-Type": kind, "Cache-Control": "no-cache", "ETag": kept.tag, "Vary": "Accept-Encoding"}
        if kept.tag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        return packed(request, kept.plain, headers, kept.packed)


def packed(request: web.Request, plain: bytes, headers: dict[str, str], ready: bytes | None = None) -> web.Response:
    """Return `plain`, compressed where the client takes that and it is worth it; `ready` is it compressed already."""
    if len(plain) >= _LEAST and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(plain, 6, mtime=0) if ready is None else ready
        return web.Response(body=body, headers={**headers, "Content-Encoding": "gzip"})
    return web.Response(body=plain, headers=headers)


def _pack(stamp: tuple[int, int], plain: bytes) -> _Kept:
    digest = hashlib.sha256(plain).hexdigest()[:16]
    return _Kept(stamp, plain, gzip.compress(plain, 9, mtime=0), f'"{digest}"')
