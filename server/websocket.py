"""The aiohttp shell around Session: one connection's frames, queue, limits and time-outs."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from captioner.captions import wire
from server.doors import Doors, Shut, cookie_name
from server.errors import StorageError
from server.frames import frame_of
from server.hub import Hub
from server.invitations import Claim
from server.outbox import Frame, Outbox
from server.roles import Grant
from server.room import Room
from server.session import (
    Append,
    Close,
    CloseCode,
    Correct,
    Effect,
    EndMeeting,
    ForRoom,
    Guess,
    HandBack,
    Join,
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
from server.web import same_origin

_VIEWER_BURST = 20  # messages; a page says one hello and a ping now and then
_VIEWER_RATE = 2.0  # messages a second that are added to the allowance
_STORAGE = "the server has no room to open the meeting: free space on its disk; this client may come again by itself"


@dataclass(frozen=True, slots=True)
class Client:
    """What is known of a client before it speaks."""

    address: str
    """For limits only; never logged."""
    passes: Mapping[str, str]
    """Its cookies by name; a right passcode left one."""


class Entrance:
    """A Doorkeeper for one client."""

    def __init__(self, doors: Doors, client: Client) -> None:
        """Take the doors and who stands before them."""
        self._doors, self._client = doors, client

    def claim(self, token: str, meeting: str) -> Claim:
        """See Doors.claim."""
        return self._doors.claim(token, meeting)

    def locked(self, meeting: str) -> bool:
        """Tell whether this client needs a passcode; a cookie opens, too."""
        cookie = self._client.passes.get(cookie_name(meeting), "")
        return self._doors.locked(meeting) and not (cookie and self._doors.has_pass(meeting, cookie))


class Connection:
    """A Member: what is sent waits in its outbox, and a task of its own writes it out."""

    def __init__(self, socket: web.WebSocketResponse, hub: Hub, doors: Doors, client: Client) -> None:
        """Take the open socket."""
        self._socket, self._hub, self._doors, self._address = socket, hub, doors, client.address
        self._session = Session(Entrance(doors, client))
        self._outbox = Outbox()
        self._wake, self._cut = asyncio.Event(), asyncio.Event()
        self._close: CloseCode | None = None
        self._allowance, self._counted = float(_VIEWER_BURST), hub.clock.steady()

    def send(self, frame: Frame) -> None:
        """Queue a frame; a client that is too slow is closed, and resumes by seq."""
        if self._close is None and not self._outbox.put(frame):
            self._close = CloseCode.TOO_SLOW
            self._cut.set()
        self._wake.set()

    def close(self, code: CloseCode) -> None:
        """Close after what was queued before."""
        if self._close is None:
            self._close = code
            asyncio.get_running_loop().call_later(self._hub.timing.close_s, self._cut.set)
        self._wake.set()

    async def run(self) -> None:
        """Serve until either side closes."""
        self._hub.enter(self)
        tasks = [asyncio.create_task(work) for work in (self._read(), self._write(), self._wait_for_cut())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.leave(self)
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, Exception) and not isinstance(result, ConnectionError):
                    self._hub.logger.error("connection failed", exc_info=result)
            await self._shut()

    async def _wait_for_cut(self) -> None:
        await self._cut.wait()

    async def _shut(self) -> None:
        """Close properly, or cut off a client that does not read."""
        code = CloseCode.GOING_AWAY if self._close is None else self._close
        try:
            await asyncio.wait_for(self._socket.close(code=code), self._hub.timing.close_s)
        except (TimeoutError, ConnectionError):
            transport = self._socket._req.transport if self._socket._req else None  # noqa: SLF001 - no public way
            if transport is not None:
                transport.abort()

    async def _write(self) -> None:
        while True:
            frame = self._outbox.take()
            if frame is not None and self._close is not CloseCode.TOO_SLOW:
                await self._socket.send_frame(frame.data, WSMsgType.TEXT)
            elif self._close is not None:
                return
            else:
                self._wake.clear()
                await self._wake.wait()

    async def _read(self) -> None:
        silent = asyncio.get_running_loop().call_later(self._hub.timing.hello_s, self._no_hello)
        try:
            while self._close is None:
                message = await self._socket.receive()
                if message.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                    return
                room = self._hub.room_of(self)
                if room is not None:
                    room.heard(self, self._hub.clock.steady())
                if not self._within_rate():
                    self.close(CloseCode.POLICY_VIOLATION)
                effects = self._session.receive(message.data)
                if self._session.claim is not None:
                    self._hub.claimed(self, self._session.claim)
                for effect in effects:
                    await self._do(effect)
            await asyncio.Event().wait()  # the writer has the last word
        finally:
            silent.cancel()

    def _no_hello(self) -> None:
        for effect in self._session.silent():
            if isinstance(effect, Send):
                self.send(frame_of(effect.message))
            elif isinstance(effect, Close):
                self.close(effect.code)

    def _within_rate(self) -> bool:
        if self._session.grant not in {Grant.STRANGER, Grant.VIEWER}:
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

    async def _do_in(self, room: Room, effect: ForRoom) -> None:  # noqa: C901 - one case an effect
        now = self._hub.clock.steady()
        match effect:
            case Append(update=update):
                await room.update(self, update, now)
            case Reported(health=health, behind_ms=behind_ms):
                room.report(self, health, behind_ms, now)
            case SwitchPolicy(change=change):
                await room.switch(self, change, now)
            case EndMeeting():
                with contextlib.suppress(StorageError):  # the hub's ticks try again until it is kept
                    await self._hub.end(room)
            case Pause(on=on):
                await room.pause(self, now, on=on)
            case HandBack():
                room.hand_back(self, now)
            case Correct(wanted=wanted):
                await room.correct(self, wanted)
            case Signal(signal=signal):
                room.signal(self, signal, now)
            case Speak(track=track, name=name):
                room.speak(track, name)
            case Rename(track=track, old=old, new=new):
                await room.rename(self, track, old, new)

    async def _guess(self, guess: Guess) -> None:
        try:
            await self._doors.guess(guess.meeting, guess.passcode, self._address)
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


async def serve_socket(request: web.Request, hub: Hub, doors: Doors, client: Client) -> web.StreamResponse:
    """Answer one client; refuse foreign pages and other subprotocols before anything is opened."""
    if not same_origin(request.headers.get("Origin"), request.host):
        return web.Response(status=403, text="captions may be read only from this server's own pages\n")
    offered = {name.strip() for name in request.headers.get("Sec-WebSocket-Protocol", "").split(",")}
    if wire.SUBPROTOCOL not in offered:
        return web.Response(status=400, text=f"ask for the WebSocket subprotocol {wire.SUBPROTOCOL}\n")
    socket = web.WebSocketResponse(
        protocols=(wire.SUBPROTOCOL,),
        compress=False,  # frames are shared by all clients
        max_msg_size=wire.MAX_FROM_PUBLISHER,
        heartbeat=hub.timing.dead_s,
    )
    await socket.prepare(request)
    await Connection(socket, hub, doors, client).run()
    return socket
