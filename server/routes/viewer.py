"""The list of meetings, the live page, and the viewer's static files."""

import re

from aiohttp import web

from server.access import grant_of
from server.roles import Verb, allowed
from server.static import packed
from server.web import CONFIG, FIRST, HUB, PAGES, SHELLS, STATIC, csp, meeting_id, page, reader_of
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
_PAGE = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Vary": "Accept-Encoding, Accept-Language, Cookie",
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
    return page(request.app[PAGES].index(await request.app[HUB].meetings(), reader_of(request)))


async def _no_icon(_: web.Request) -> web.Response:
    return web.Response(status=204)


async def _live(request: web.Request) -> web.StreamResponse:
    """The page, also of a meeting that has not begun; with the last captions in it where everybody may read them."""
    meeting, who = meeting_id(request), reader_of(request)
    room = request.app[HUB].room(meeting)
    shell = request.app[SHELLS].live(meeting, who)
    headers = {**_PAGE, "Content-Security-Policy": csp(style_src=f"'self' {shell.style}")}
    if room is None or not allowed(await grant_of(request, meeting), Verb.READ):
        return packed(request, shell.text.encode(), headers)
    plain, small = request.app[FIRST].page(shell.text, room.meeting.title, room.transcript, who.language)
    return packed(request, plain, headers, small)


async def _static(request: web.Request) -> web.StreamResponse:
    return viewer_file(request, request.match_info["file"])


def shell(request: web.Request, name: str) -> web.Response:
    """Return a page of the viewer for the meeting in the address."""
    made = request.app[SHELLS].page(name, meeting_id(request), reader_of(request))
    return packed(request, made.text.encode(), _PAGE)


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
