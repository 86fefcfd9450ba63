"""What every route needs: the application's keys, headers, and answers as pages or JSON."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from captioner.captions.cue import check_identifier
from captioner.captions.errors import InvalidCue
from server.archive.pages import Pages
from server.archive.record import Record
from server.archive.render import RenderThread
from server.archive.thread import LogThread
from server.config import ServerConfig
from server.errors import StorageError
from server.first import FirstCaptions
from server.guard import watch_body
from server.hub import Hub
from server.limits import Connections
from server.proxies import counted_as
from server.shells import Shells
from server.static import StaticFiles
from server.wording import Reader, reader

CONFIG = web.AppKey("config", ServerConfig)
HUB = web.AppKey("hub", Hub)
PAGES = web.AppKey("pages", Pages)
TOKEN = web.AppKey("token", str)
LOG = web.AppKey("log", LogThread)
CONNECTIONS = web.AppKey("connections", Connections)
STATIC = web.AppKey("static", StaticFiles)
FIRST = web.AppKey("first", FirstCaptions)
SHELLS = web.AppKey("shells", Shells)
RENDER = web.AppKey("render", RenderThread)

T = TypeVar("T", bound=msgspec.Struct)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_WORTH_COMPRESSING = 1_000  # bytes
_CSP = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "media-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
    "require-trusted-types-for 'script'",
)
_HEADERS = {
    "Content-Security-Policy": "; ".join(_CSP),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer, a form of our own would come with the Origin "null"
}

SEND_BUFFER = 64 * 1024  # bytes in the kernel for a reader; more only hides that it does not read
_TCP = (socket.AF_INET, socket.AF_INET6)
_API = "/api/"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@web.middleware
async def secure(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what is missing or broken with a page that says what to do; refuse orders from foreign pages."""
    watched = watch_body(request)
    try:
        if request.method not in _SAFE and not same_origin(request.headers.get("Origin"), request.host):
            response: web.StreamResponse = json({"error": "this may be asked only from this server's own pages"}, 403)
        else:
            response = await handler(request)
    except web.HTTPNotFound:
        response = refusal(request, 404, "missing")
    except web.HTTPRequestEntityTooLarge:
        if not request.path.startswith(_API):
            raise
        response = json({"error": "this is more than may be sent at once: send less"}, 413)
    except web.HTTPMethodNotAllowed as error:
        if not request.path.startswith(_API):
            raise
        response = json({"error": f"this address takes only {', '.join(sorted(error.allowed_methods))}"}, 405)
        response.headers["Allow"] = error.headers["Allow"]
    except StorageError:
        request.app[HUB].logger.exception("storage failed", path=request.match_info.route.name)
        response = refusal(request, 503, "storage")
    finally:
        watched()
    return response


async def set_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Give every answer its headers, errors and streams too; a route's own come first."""
    response.headers["Server"] = "captioner"  # and no versions for those who look for holes
    if isinstance(response, web.WebSocketResponse):
        return  # nothing is rendered, and every byte is kept for each reader
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")


def same_origin(origin: str | None, host: str) -> bool:
    """Tell whether a browser's page is our own. Programs that are no browsers send no Origin."""
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:  # not a URL at all
        return False


def csp(**changed: str) -> str:
    """Return the content policy with other directives, as `csp(frame_ancestors="*")`, for a route that needs them."""
    directives = dict(part.split(" ", 1) for part in _CSP)
    directives |= {name.replace("_", "-"): value for name, value in changed.items()}
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def refusal(request: web.Request, status: int, key: str) -> web.Response:
    """Return what is wrong and what to do: as JSON to programs, which ask under /api/, else as a page."""
    if not request.path.startswith(_API):
        return obstacle(request, status, key)
    return json({"error": Reader().say(f"problem.{key}.advice")}, status)


def problem(request: web.Request, status: int, title: str, advice: str) -> web.Response:
    """Return a page that says what is wrong and what to do."""
    return page(request.app[PAGES].problem(title, advice), status)


def obstacle(request: web.Request, status: int, key: str) -> web.Response:
    """Return a page that says in the reader's language what is wrong, and what to do; `key` as in the texts."""
    who = reader_of(request)
    title, advice = who.say(f"problem.{key}"), who.say(f"problem.{key}.advice")
    return page(request.app[PAGES].problem(title, advice, msgspec.structs.replace(who, here="")), status)


def reader_of(request: web.Request) -> Reader:
    """Return in which language the reader wants a page."""
    return reader(request.path_qs, request.headers.get("Accept-Language", ""))


def page(html: str, status: int = 200) -> web.Response:
    """Return an HTML page."""
    return web.Response(text=html, status=status, content_type="text/html", charset="utf-8")


def compress(request: web.Request, response: web.Response) -> None:
    """Send the body with gzip to a client that takes it; short ones are not worth it."""
    pages = response.content_type == "text/html"  # which speak the reader's language
    response.headers["Vary"] = "Accept-Encoding, Accept-Language" if pages else "Accept-Encoding"
    length = len(response.body) if isinstance(response.body, bytes) else 0
    if length >= _WORTH_COMPRESSING and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.enable_compression(web.ContentCoding.gzip)


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


async def body(request: web.Request, kind: type[T]) -> T:
    """Return the request's JSON body as a value; an answer 400 that says what is wrong, without repeating it."""
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        fields = ", ".join(field.name for field in msgspec.structs.fields(kind))
        raise web.HTTPBadRequest(
            text=msgspec.json.encode({"error": f"send a JSON object with the fields: {fields}"}).decode(),
            content_type="application/json",
        ) from None


def kernel_watches(transport: asyncio.BaseTransport | None, dead_s: float) -> bool:
    """Let the kernel buffer less, and end a connection whose peer acknowledges nothing for so long.

    The server speaks every two seconds, so that there is always something to acknowledge: no ping frames are needed.
    False where the kernel cannot.
    """
    sock = None if transport is None else transport.get_extra_info("socket")
    if sock is None or not hasattr(socket, "TCP_USER_TIMEOUT") or sock.family not in _TCP:
        return False
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(dead_s * 1000))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    except OSError:
        return False
    return True


def address(request: web.Request) -> str:
    """Return the client's address as limits count it, "" when it is not known; never logged.

    Behind a trusted proxy it is who the proxy speaks for.
    """
    proxies = request.app[CONFIG].proxies
    return counted_as(proxies.client(request.remote or "", request.headers.getall(proxies.header, ())))


def scheme(request: web.Request) -> str:
    """Return https where a trusted proxy says that the client came so; the server itself speaks http."""
    trusted = request.app[CONFIG].proxies.trusts(request.remote or "")
    said = request.headers.get("X-Forwarded-Proto", "") if trusted else ""
    return said if said in {"http", "https"} else request.scheme


def admit(request: web.Request) -> str:
    """Count a connection that stays; who calls it lets the returned address leave.

    An answer 503 when the server is full, or goes.
    """
    client = address(request)
    if request.app[HUB].draining or not request.app[CONNECTIONS].enter(client):
        raise web.HTTPServiceUnavailable(
            text=msgspec.json.encode({"error": "the server restarts or is full: come again in a few seconds"}).decode(),
            content_type="application/json",
            headers={"Retry-After": "3"},
        )
    return client
