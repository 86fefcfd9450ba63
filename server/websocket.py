"""The aiohttp shell around Session: one connection's frames, queue, limits and time-outs."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping

from aiohttp import WSMsgType, web
from multidict import CIMultiDict, CIMultiDictProxy

from captioner.captions import wire
from server.access import DOORS
from server.deflate import Deflater, deflates
from server.doors import Doors, Shut, cookie_name
from server.errors import StorageError
from server.frames import frame_of, lean
from server.guard import Guarded
from server.hub import Hub
from server.invitations import Claim
from server.laggards import EVERY_S
from server.outbox import Frame
from server.roles import Grant
from server.room import Room
from server.sender import Sender
from server.session import (
    Append,
    Close,
    CloseCode,
    Correct,
    Edit,
    Effect,
    EndMeeting,
    ForRoom,
    Guess,
    HandBack,
    Join,
    Mark,
    Outputs,
    Pause,
    Rename,
    Reported,
    Send,
    Session,
    Signal,
    Speak,
    Subscribe,
    SwitchPolicy,
)
from server.signals import EACH_S
from server.sweep import PARTIAL
from server.web import CONNECTIONS, HUB, admit, kernel_watches, same_origin

_PARTIAL = (PARTIAL,)
_VIEWER_BURST = 20  # messages; a page says one hello and a ping now and then
_NO_COOKIES: Mapping[str, str] = {}  # one for all who bring none
_DATA = frozenset({WSMsgType.TEXT, WSMsgType.BINARY})
_GOES_ON = _DATA | {WSMsgType.PING, WSMsgType.PONG}
_TOO_MANY = "too many messages at once: wait a minute and come again, with at most two messages a second"
_NO_HEADERS = CIMultiDictProxy(CIMultiDict[str]())
_VIEWER_RATE = 2.0  # messages a second that are added to the allowance
_STORAGE = "the server has no room to open the meeting: free space on its disk; this client may come again by itself"


class Client:
    """What is known of a client before it speaks: a Doorkeeper for its session."""

    __slots__ = ("_cookies", "_doors", "address")

    def __init__(self, doors: Doors, address: str, cookies: Mapping[str, str]) -> None:
        """Take the doors, and who stands before them; the address is for limits only and never logged."""
        self._doors, self._cookies, self.address = doors, cookies or _NO_COOKIES, address

    def claim(self, token: str, meeting: str) -> Claim:
        """See Doors.claim."""
        return self._doors.claim(token, meeting)

    def locked(self, meeting: str) -> bool:
        """Tell whether this client needs a passcode; the cookie that a right one left opens, too."""
        cookie = self._cookies.get(cookie_name(meeting), "")
        return self._doors.locked(meeting) and not (cookie and self._doors.has_pass(meeting, cookie))

    async def guess(self, meeting: str, passcode: str) -> None:
        """See Doors.guess."""
        await self._doors.guess(meeting, passcode, self.address)


class Connection:
    """A Member. Its only task is the one that reads; what is sent goes straight to the transport."""

    __slots__ = (
        "_allowance", "_client", "_closing", "_counted", "_hub", "_sender", "_session", "_silent", "_socket",
        "_transport",
    )  # fmt: skip

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport, hub: Hub, client: Client) -> None:
        """Take the open socket."""
        self._socket, self._transport, self._hub, self._client = socket, transport, hub, client
        self._session = Session(client)
        self._sender = Sender(transport, Deflater().encode) if deflates(socket) else Sender(transport)
        self._closing: asyncio.Task[None] | None = None
        self._silent: asyncio.TimerHandle | None = None
        self._allowance, self._counted = float(_VIEWER_BURST), hub.clock.steady()

    def send(self, frame: Frame) -> None:
        """Send a frame; a client that is too slow is closed, and resumes by seq."""
        self._give(frame, replay=False)

    def replay(self, frames: Iterable[Frame]) -> None:
        """Send what the client lacks."""
        for frame in frames:
            self._give(frame, replay=True)

    def _give(self, frame: Frame, *, replay: bool) -> None:
        if self._closing is not None or (frame.key[:1] == _PARTIAL and not self._session.partials):
            return
        if self._session.grant is Grant.VIEWER:
            frame = lean(frame)
        if not self._sender.send(frame, self._hub.clock.steady(), replay=replay):
            self.close(CloseCode.TOO_SLOW)
        elif self._sender.waiting:
            self._hub.laggards.add(self)

    def flush(self) -> bool:
        """See Laggard.flush."""
        if not self._sender.flush(self._hub.clock.steady()):
            self.close(CloseCode.TOO_SLOW)
            return False
        return self._sender.waiting > 0

    def close(self, code: CloseCode) -> None:
        """Close after what was sent before; at once when the client is too slow for it."""
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._shut(code))

    async def run(self) -> None:
        """Serve until either side closes."""
        self._hub.enter(self)
        self._silent = asyncio.get_running_loop().call_later(self._hub.timing.hello_s, self._no_hello)
        try:
            while (message := await self._socket.receive()).type in _GOES_ON:
                if self._closing is not None:
                    continue
                if message.type in _DATA:
                    await self._take(message.data)
                elif not self._within_rate(everybody=True):
                    self._too_many()
                elif message.type is WSMsgType.PING:
                    await self._socket.pong(message.data)
        except ConnectionError:
            pass
        except Exception as error:  # one client's failure is not the others'
            self._hub.logger.exception("connection failed", kind=type(error).__name__)
            self.close(CloseCode.GOING_AWAY)
        finally:
            self._said_hello()
            self._hub.leave(self)
            self._hub.laggards.forget(self)
            if self._closing is not None:
                await self._closing

    def _said_hello(self) -> None:
        if self._silent is not None:
            self._silent.cancel()
            self._silent = None

    async def _shut(self, code: CloseCode) -> None:
        """Send on what waits, close properly, or cut off a client that does not read."""
        patience = self._hub.timing.close_s
        try:
            async with asyncio.timeout(patience):
                while code is not CloseCode.TOO_SLOW and self._sender.waiting:
                    self._sender.flush(self._hub.clock.steady())
                    await asyncio.sleep(EVERY_S)
                await self._socket.close(code=code)
        except (TimeoutError, ConnectionError):
            self._transport.abort()

    async def _take(self, data: str | bytes) -> None:
        room = self._hub.room_of(self)
        if room is not None:
            room.heard(self, self._hub.clock.steady())
        if not self._within_rate():
            self._too_many()
            return
        effects = self._session.receive(data)
        if self._silent is not None and self._session.grant is not Grant.STRANGER:
            self._said_hello()
        if self._session.claim is not None:
            self._hub.claimed(self, self._session.claim)
        for effect in effects:
            await self._do(effect)

    def _no_hello(self) -> None:
        for effect in self._session.silent():
            if isinstance(effect, Send):
                self.send(frame_of(effect.message))
            elif isinstance(effect, Close):
                self.close(effect.code)

    def _too_many(self) -> None:
        self.send(frame_of(wire.Error(code=wire.ErrorCode.TOO_MANY, message=_TOO_MANY)))
        self.close(CloseCode.POLICY_VIOLATION)

    def _within_rate(self, *, everybody: bool = False) -> bool:
        if not everybody and self._session.grant not in {Grant.STRANGER, Grant.VIEWER}:
            return True
        now = self._hub.clock.steady()
        self._allowance = min(self._allowance + (now - self._counted) * _VIEWER_RATE, _VIEWER_BURST) - 1
        self._counted = now
        return self._allowance >= 0

    async def _do(self, effect: Effect) -> None:
        match effect:
            case Send(message=message):
                self.send(frame_of(message))
            case Close(code=code):
                self.close(code)
            case Join(hello=hello):
                await self._join(hello)
            case Subscribe():
                await self._hub.subscribe(self, effect)
            case Guess():
                await self._guess(effect)
            case _:
                room = self._hub.room_of(self)
                if room is not None:
                    await self._do_in(room, effect)

    async def _do_in(self, room: Room, effect: ForRoom) -> None:  # noqa: C901, PLR0912 - one case an effect
        now = self._hub.clock.steady()
        match effect:
            case Append(update=update):
                await room.update(self, update, now)
            case Reported():
                room.report(self, effect, now)
            case Outputs(outputs=outputs):
                room.told_of(outputs)
            case Edit(track=track, cue=cue):
                room.edit(self, track, cue)
            case SwitchPolicy(change=change):
                await self._hub.switch(room, self, change)
                await self._hub.keep_setup(room.meeting.id)
            case EndMeeting(asked=asked):
                if asked and room.ask_to_finish(now, self._hub.timing.finish_s):
                    return
                with contextlib.suppress(StorageError):  # the hub's ticks try again until it is kept
                    await self._hub.end(room)
            case Pause(on=on):
                await room.pause(self, now, on=on)
            case HandBack():
                room.hand_back(self, now)
            case Correct(wanted=wanted):
                await room.correct(self, wanted)
            case Signal(signal=signal):
                told = room.signal(self, signal, now)
                again = 0 if told else round(EACH_S * 1000)
                self.send(frame_of(wire.Told(signal=signal.signal, told=told, again_ms=again)))
            case Mark(id=number, state=state):
                room.mark(number, state)
            case Speak(track=track, name=name):
                room.speak(track, name, now)
            case Rename(track=track, old=old, new=new):
                await room.rename(self, track, old, new)

    async def _guess(self, guess: Guess) -> None:
        try:
            await self._client.guess(guess.meeting, guess.passcode)
            effects = self._session.let_in()
        except Shut as shut:
            effects = self._session.keep_out(str(shut), limited=shut.limited)
        for effect in effects:
            await self._do(effect)

    async def _join(self, hello: wire.Hello) -> None:
        try:
            await self._hub.join(self, hello)
        except StorageError:
            self._hub.logger.exception("meeting not opened", meeting=hello.meeting)
            self.send(frame_of(wire.Error(code=wire.ErrorCode.STORAGE, message=_STORAGE, fatal=False)))
            self.close(CloseCode.TRY_AGAIN)


async def serve_socket(request: web.Request) -> web.StreamResponse:
    """Answer one client; refuse foreign pages and other subprotocols before anything is opened."""
    hub = request.app[HUB]
    if not same_origin(request.headers.get("Origin"), request.host):
        return web.Response(status=403, text="captions may be read only from this server's own pages\n")
    offered = {name.strip() for name in request.headers.get("Sec-WebSocket-Protocol", "").split(",")}
    if wire.SUBPROTOCOL not in offered:
        return web.Response(status=400, text=f"ask for the WebSocket subprotocol {wire.SUBPROTOCOL}\n")
    socket = web.WebSocketResponse(
        protocols=(wire.SUBPROTOCOL,),
        compress="low" in request.query,  # for slow lines only: it costs time and memory for each client
        max_msg_size=wire.MAX_FROM_PUBLISHER,
        autoping=False,  # pings are counted: see Connection.run
        heartbeat=None if kernel_watches(request.transport, hub.timing.dead_s) else hub.timing.dead_s,
    )
    came_from = admit(request)
    try:
        await socket.prepare(request)
        transport = request.transport
        if transport is not None:
            client = Client(request.app[DOORS], came_from, request.cookies)
            forget_handshake(request)
            await Connection(socket, transport, hub, client).run()
    finally:
        request.app[CONNECTIONS].leave(came_from)
    return socket


def forget_handshake(request: web.Request) -> None:
    """Let go of the head of a request that is a socket now, and of what read it: a quarter of a reader's memory."""
    if isinstance(request.protocol, Guarded):
        request.protocol.forget_parser()
    with contextlib.suppress(AttributeError):  # a newer aiohttp may keep them elsewhere: then they stay
        lean = request._message._replace(headers=_NO_HEADERS, raw_headers=())  # noqa: SLF001 - no public way
        request._message, request._headers = lean, _NO_HEADERS  # noqa: SLF001
