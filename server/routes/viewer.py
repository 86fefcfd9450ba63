"""The list of meetings, the live page, and the viewer's static files."""

import re

from aiohttp import web

from server.access import grant_of
from server.roles import Verb, allowed
from server.static import packed
from server.web import CONFIG, FIRST, HUB, PAGES, STATIC, meeting_id, page
from server.websocket import serve_socket

_STATIC = re.compile(r"(?:[a-z0-9][A-Za-z0-9_-]*/){0,3}[A-Za-z0-9][A-Za-z0-9_.-]*\.(\w+)")
_TYPES = {
    "css": "text/css",
    "html": "text/html",
    "ico": "image/x-icon",
    "js": "text/javascript",
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "webmanifest": "application/manifest+json",
    "woff2": "font/woff2",
}


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        web.get("/", _index),
        web.get("/favicon.ico", _no_icon),
        web.get("/ws", serve_socket),
        web.get("/staff/ws", serve_socket),  # the same: a proxy sends this one to the origin, /ws to an edge
        web.get("/live/{meeting}", _live),
        web.get("/viewer/{file:.+}", _static),
    ]


async def _index(request: web.Request) -> web.Response:
    return page(request.app[PAGES].index(await request.app[HUB].meetings()))


async def _no_icon(_: web.Request) -> web.Response:
    return web.Response(status=204)


async def _live(request: web.Request) -> web.StreamResponse:
    """The page, also of a meeting that has not begun; with the last captions in it where everybody may read them."""
    meeting = meeting_id(request)
    room = request.app[HUB].room(meeting)
    if room is None or not allowed(await grant_of(request, meeting), Verb.READ):
        response = viewer_file(request, "live.html")
        response.headers["Cache-Control"] = "no-store"
        return response
    shell = (request.app[CONFIG].viewer / "live.html").read_text(encoding="utf-8")
    text = request.app[FIRST].page(shell, room.meeting.title, room.transcript)
    return packed(
        request, text.encode(), {"Content-Type": "text/html; charset=utf-8", "Vary": "Accept-Encoding, Cookie"}
    )


async def _static(request: web.Request) -> web.StreamResponse:
    return viewer_file(request, request.match_info["file"])


def viewer_file(request: web.Request, name: str) -> web.StreamResponse:
    """Return one of the viewer's files; HTTPNotFound when there is none of this name."""
    match = _STATIC.fullmatch(name)
    folder = request.app[CONFIG].viewer.resolve()
    path = (folder / name).resolve()
    if not match or match[1] not in _TYPES or not path.is_relative_to(folder) or not path.is_file():
        raise web.HTTPNotFound
    kind = _TYPES[match[1]]
    if kind.startswith("text/"):
        return request.app[STATIC].answer(request, path, f"{kind}; charset=utf-8")
    return web.FileResponse(path, headers={"Content-Type": kind, "Cache-Control": "no-cache"})
