"""The web application: routes, headers, and what starts and ends with it."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
from aiohttp import web
from structlog.typing import FilteringBoundLogger

from captioner.captions.cue import check_identifier
from captioner.captions.errors import InvalidCue
from server.archive.pages import Pages
from server.archive.record import Record
from server.archive.thread import LogThread
from server.archive.writer import FORMATS, ArchiveWriter
from server.config import ServerConfig
from server.errors import StorageError
from server.hub import Clock, Hub
from server.roles import Grant, Verb, allowed
from server.session import Session
from server.tokens import host_token, same_token
from server.websocket import serve_socket

CONFIG = web.AppKey("config", ServerConfig)
HUB = web.AppKey("hub", Hub)
PAGES = web.AppKey("pages", Pages)
TOKEN = web.AppKey("token", str)
LOG = web.AppKey("log", LogThread)

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "media-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; require-trusted-types-for 'script'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_STATIC = re.compile(r"(?:[a-z0-9][A-Za-z0-9_-]*/){0,3}[A-Za-z0-9][A-Za-z0-9_.-]*\.(\w+)")
_TYPES = {
    "css": "text/css",
    "html": "text/html",
    "ico": "image/x-icon",
    "js": "text/javascript",
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
    "woff2": "font/woff2",
}
_ARCHIVE_TYPES = {"vtt": "text/vtt", "txt": "text/plain", "json": "application/json"}


def make_app(config: ServerConfig, logger: FilteringBoundLogger, clock: Clock | None = None) -> web.Application:
    """Open the data folder and return the application; StorageError when the folder cannot be used."""
    clock = clock or Clock(lambda: time.time_ns() // 1_000_000, time.monotonic)
    app = web.Application(middlewares=[_secure], client_max_size=4096)  # nobody sends a body
    app[CONFIG], app[PAGES], app[TOKEN] = config, Pages(), host_token(config.data)
    app[LOG] = LogThread(config.data)
    app[HUB] = Hub(app[LOG], ArchiveWriter(config.data), clock, config.timing, logger)
    app.add_routes(
        [
            web.get("/", _index),
            web.get("/favicon.ico", _no_icon),
            web.get("/healthz", _healthz),
            web.get("/ws", _socket),
            web.get("/live/{meeting}", _live),
            web.get("/viewer/{file:.+}", _static),
            web.get("/api/meetings", _meetings),
            web.post("/api/meetings/{meeting}/export", _export),
            web.get("/archive/", _archive),
            web.get("/archive/{meeting}/", _meeting),
            web.get("/archive/{meeting}/{file}", _file),
        ]
    )
    app.cleanup_ctx.append(_life)
    app.on_shutdown.append(_say_bye)
    return app


async def _life(app: web.Application) -> AsyncIterator[None]:
    hub, timing = app[HUB], app[CONFIG].timing
    await hub.export_stale()
    clocks = [asyncio.create_task(_every(timing.ping_s, hub, ping=True))]
    clocks.append(asyncio.create_task(_every(min(1.0, timing.silent_s / 2), hub, ping=False)))
    yield
    for task in clocks:
        task.cancel()
    await asyncio.gather(*clocks, return_exceptions=True)
    try:
        await hub.export_stale()
    finally:
        await app[LOG].close()


async def _every(seconds: float, hub: Hub, *, ping: bool) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            if ping:
                hub.ping()
            else:
                await hub.tick()
        except Exception:  # a task's top: the next tick may do better
            hub.logger.exception("tick failed")


async def _say_bye(app: web.Application) -> None:
    app[HUB].say_bye()


@web.middleware
async def _secure(request: web.Request, handler: _Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPNotFound:
        response = _problem(request, 404, "Not found", "There is nothing here. The list of meetings leads on.")
    except StorageError:
        request.app[HUB].logger.exception("storage failed", path=request.match_info.route.name)
        advice = "The server cannot read or write its data folder. Its log says what to do. Try again later."
        response = _problem(request, 503, "The archive is not available", advice)
    if not response.prepared:
        response.headers.update(_HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _problem(request: web.Request, status: int, title: str, advice: str) -> web.Response:
    return _page(request.app[PAGES].problem(title, advice), status)


def _page(html: str, status: int = 200) -> web.Response:
    return web.Response(text=html, status=status, content_type="text/html", charset="utf-8")


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


def _meeting_id(request: web.Request) -> str:
    meeting = request.match_info["meeting"]
    try:
        check_identifier(meeting, "meeting id")
    except InvalidCue:
        raise web.HTTPNotFound from None
    return meeting


async def _record(request: web.Request) -> Record:
    meeting, hub = _meeting_id(request), request.app[HUB]
    kept = await hub.find(meeting)
    if kept is None:
        raise web.HTTPNotFound
    return Record.of(kept.meeting, await hub.transcript(meeting))


async def _index(request: web.Request) -> web.Response:
    return _page(request.app[PAGES].index(await request.app[HUB].meetings()))


async def _no_icon(_: web.Request) -> web.Response:
    return web.Response(status=204)


async def _healthz(request: web.Request) -> web.Response:
    await request.app[HUB].find("healthz")  # the log answers
    return web.Response(text="ok\n")


async def _socket(request: web.Request) -> web.StreamResponse:
    token = request.app[TOKEN]
    return await serve_socket(request, request.app[HUB], Session(lambda claimed: same_token(token, claimed)))


async def _live(request: web.Request) -> web.StreamResponse:
    _meeting_id(request)  # also a meeting that has not begun: the page waits for it
    response = _viewer_file(request, "live.html")
    response.headers["Cache-Control"] = "no-store"
    return response


async def _static(request: web.Request) -> web.StreamResponse:
    return _viewer_file(request, request.match_info["file"])


def _viewer_file(request: web.Request, name: str) -> web.StreamResponse:
    match = _STATIC.fullmatch(name)
    folder = request.app[CONFIG].viewer.resolve()
    path = (folder / name).resolve()
    if not match or match[1] not in _TYPES or not path.is_relative_to(folder) or not path.is_file():
        raise web.HTTPNotFound
    kind = _TYPES[match[1]]
    text = kind.startswith("text/")
    headers = {"Content-Type": f"{kind}; charset=utf-8" if text else kind, "Cache-Control": "no-cache"}
    return web.FileResponse(path, headers=headers)


async def _meetings(request: web.Request) -> web.Response:
    kept = await request.app[HUB].meetings()
    return _json(
        [
            {
                "id": one.meeting.id,
                "title": one.meeting.title,
                "started": one.meeting.started,
                "state": one.state,
                "live": f"/live/{one.meeting.id}",
                "transcript": f"/archive/{one.meeting.id}/",
            }
            for one in kept
        ]
    )


async def _export(request: web.Request) -> web.Response:
    meeting = _meeting_id(request)
    scheme, _, claimed = request.headers.get("Authorization", "").partition(" ")
    host = scheme.lower() == "bearer" and same_token(request.app[TOKEN], claimed.strip())
    if not allowed(Grant.HOST if host else Grant.VIEWER, Verb.EXPORT):
        problem = {"error": "the host's token is missing or wrong: send it as 'Authorization: Bearer ...'"}
        return _json(problem, 401)
    try:
        names = await request.app[HUB].export(meeting)
    except LookupError:
        raise web.HTTPNotFound from None
    return _json({"transcript": f"/archive/{meeting}/", "files": [f"/archive/{meeting}/{name}" for name in names]})


async def _archive(request: web.Request) -> web.Response:
    return _page(request.app[PAGES].archive(await request.app[HUB].meetings()))


async def _meeting(request: web.Request) -> web.Response:
    return _page(request.app[PAGES].meeting(await _record(request)))


async def _file(request: web.Request) -> web.Response:
    """Answer with a track as a file, rendered from the log, so that it is never older than the page."""
    name, _, ending = request.match_info["file"].rpartition(".")
    record = await _record(request)
    track = next((track for track in record.tracks if track.track.id == name), None)
    if track is None or ending not in FORMATS:
        raise web.HTTPNotFound
    content = FORMATS[ending](record, track)
    return web.Response(text=content, content_type=_ARCHIVE_TYPES[ending], charset="utf-8")
