"""What every route needs: the application's keys, headers, and answers as pages or JSON."""

from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from captioner.captions.cue import check_identifier
from captioner.captions.errors import InvalidCue
from server.archive.pages import Pages
from server.archive.record import Record
from server.archive.thread import LogThread
from server.config import ServerConfig
from server.errors import StorageError
from server.hub import Hub

CONFIG = web.AppKey("config", ServerConfig)
HUB = web.AppKey("hub", Hub)
PAGES = web.AppKey("pages", Pages)
TOKEN = web.AppKey("token", str)
LOG = web.AppKey("log", LogThread)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "media-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; require-trusted-types-for 'script'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@web.middleware
async def secure(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what is missing or broken with a page that says what to do; set the headers of every answer."""
    try:
        response = await handler(request)
    except web.HTTPNotFound:
        response = problem(request, 404, "Not found", "There is nothing here. The list of meetings leads on.")
    except StorageError:
        request.app[HUB].logger.exception("storage failed", path=request.match_info.route.name)
        advice = "The server cannot read or write its data folder. Its log says what to do. Try again later."
        response = problem(request, 503, "The archive is not available", advice)
    if not response.prepared:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def problem(request: web.Request, status: int, title: str, advice: str) -> web.Response:
    """Return a page that says what is wrong and what to do."""
    return page(request.app[PAGES].problem(title, advice), status)


def page(html: str, status: int = 200) -> web.Response:
    """Return an HTML page."""
    return web.Response(text=html, status=status, content_type="text/html", charset="utf-8")


def json(value: object, status: int = 200) -> web.Response:
    """Return a value as JSON."""
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


def meeting_id(request: web.Request) -> str:
    """Return the meeting's id in the address; HTTPNotFound when it cannot be one."""
    meeting = request.match_info["meeting"]
    try:
        check_identifier(meeting, "meeting id")
    except InvalidCue:
        raise web.HTTPNotFound from None
    return meeting


async def record(request: web.Request) -> Record:
    """Return the record of the meeting in the address; HTTPNotFound when there is none."""
    meeting, hub = meeting_id(request), request.app[HUB]
    kept = await hub.find(meeting)
    if kept is None:
        raise web.HTTPNotFound
    return Record.of(kept.meeting, await hub.transcript(meeting))
