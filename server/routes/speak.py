"""The page for speaking, and the socket `audio.v1` on which its sound passes to a captioner.

The first frame is a JSON hello, `{"role": "speaker" | "listener", "token": ...}`; both need the right to caption. The
speaker then sends 16-bit little-endian mono PCM at 16 kHz in binary frames and is told `{"listening": true | false}`;
the listener gets the frames. A refusal is `{"error": ..., "code": ...}` and a close.
"""

import asyncio
import contextlib

import msgspec
from aiohttp import WSMsgType, web

from captioner.captions.wire import ErrorCode
from server.access import DOORS
from server.invitations import NotValid
from server.roles import Verb, allowed
from server.routes.viewer import viewer_file
from server.speech import Place, Places
from server.web import CONNECTIONS, HUB, admit, meeting_id, same_origin

PLACES = web.AppKey("places", Places)
SUBPROTOCOL = "audio.v1"
MOST = 32_000  # bytes of a frame: one second
_HELLO_S = 10.0
_TOLD_S = 1.0  # how often the speaker is told whether somebody listens
_REFUSED = 4003
_TAKEN = 4009


class SoundHello(msgspec.Struct, frozen=True):
    """The first frame."""

    role: str  # speaker or listener
    token: str = ""  # the host's token or an invitation as captioner


class Listening(msgspec.Struct, frozen=True):
    """To the speaker, on change: whether a captioner hears."""

    listening: bool


class Refused(msgspec.Struct, frozen=True):
    """Why the socket is closed next, and what to do."""

    error: str
    code: ErrorCode  # for a page that says it in another language


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [web.get("/speak/{meeting}", _page), web.get("/audio/{meeting}", _socket)]


async def _page(request: web.Request) -> web.StreamResponse:
    meeting_id(request)
    response = viewer_file(request, "speak/speak.html")
    response.headers["Cache-Control"] = "no-store"
    return response


async def _socket(request: web.Request) -> web.StreamResponse:
    meeting = meeting_id(request)
    if not same_origin(request.headers.get("Origin"), request.host):
        return web.Response(status=403, text="sound is taken only from this server's own pages\n")
    if SUBPROTOCOL not in {name.strip() for name in request.headers.get("Sec-WebSocket-Protocol", "").split(",")}:
        return web.Response(status=400, text=f"ask for the WebSocket subprotocol {SUBPROTOCOL}\n")
    socket = web.WebSocketResponse(
        protocols=(SUBPROTOCOL,), compress=False, max_msg_size=MOST, heartbeat=request.app[HUB].timing.dead_s
    )
    came_from = admit(request)
    try:
        await socket.prepare(request)
        return await _converse(request, socket, meeting)
    finally:
        request.app[CONNECTIONS].leave(came_from)


async def _converse(request: web.Request, socket: web.WebSocketResponse, meeting: str) -> web.StreamResponse:
    hello = await _hello(request, socket, meeting)
    if hello is None:
        return socket
    places = request.app[PLACES]
    place = places.at(meeting)
    if not place.enter(hello.role, socket):
        await _refuse(socket, ErrorCode.TRACK_TAKEN, "somebody else has this place already")
        return socket
    try:
        await (_speak(socket, place) if hello.role == "speaker" else _listen(socket, place))
    finally:
        place.leave(socket)
        places.tidy(meeting)
    return socket


async def _hello(request: web.Request, socket: web.WebSocketResponse, meeting: str) -> SoundHello | None:
    """Return the hello of somebody who may caption; None after a refusal."""
    try:
        message = await socket.receive(_HELLO_S)
        hello = msgspec.json.decode(message.data if message.type is WSMsgType.TEXT else b"", type=SoundHello)
        claim = request.app[DOORS].claim(hello.token, meeting)
    except (TimeoutError, msgspec.DecodeError):
        await _refuse(socket, ErrorCode.MALFORMED, "say hello first")
        return None
    except NotValid as error:
        await _refuse(socket, ErrorCode.UNAUTHORISED, str(error))
        return None
    if not allowed(claim.grant, Verb.APPEND) or hello.role not in {"speaker", "listener"}:
        problem = "this invitation is not for captioning: ask the host for another"
        await _refuse(socket, ErrorCode.UNAUTHORISED, problem)
        return None
    return hello


async def _refuse(socket: web.WebSocketResponse, code: ErrorCode, text: str) -> None:
    with contextlib.suppress(ConnectionError):
        await socket.send_str(_text(Refused(text, code)))
    await socket.close(code=_TAKEN if code is ErrorCode.TRACK_TAKEN else _REFUSED)


async def _speak(socket: web.WebSocketResponse, place: Place) -> None:
    teller = asyncio.create_task(_tell(socket, place))
    try:
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                place.put(message.data)
    finally:
        teller.cancel()
        await asyncio.gather(teller, return_exceptions=True)


async def _tell(socket: web.WebSocketResponse, place: Place) -> None:
    told: bool | None = None
    while not socket.closed:
        listening = place.listener is not None
        if listening is not told:
            told = listening
            await socket.send_str(_text(Listening(listening)))
        await asyncio.sleep(_TOLD_S)


async def _listen(socket: web.WebSocketResponse, place: Place) -> None:
    sender = asyncio.create_task(_send(socket, place))
    try:
        async for _ in socket:  # nothing is expected; the end is noticed
            pass
    finally:
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)


async def _send(socket: web.WebSocketResponse, place: Place) -> None:
    while not socket.closed:
        await socket.send_bytes(await place.get())


def _text(message: Listening | Refused) -> str:
    return msgspec.json.encode(message).decode()
