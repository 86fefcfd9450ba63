"""The door before HTTP: how many connections, from where, and how long a request may take to arrive.

aiohttp waits for the head of a first request as long as a kept connection may idle, and for a body without end. Here a
head has `head_s`, a body a least pace, and an address only so many connections, whatever they do. And aiohttp keeps the
head of a request for as long as its answer lasts, which for a socket is hours: here a request alone has it. And aiohttp
reads frames without a mask: here they end the connection.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, cast

from aiohttp import StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import WebSocketReader
from aiohttp.http_parser import RawRequestMessage
from aiohttp.web_protocol import RequestHandler
from structlog.typing import FilteringBoundLogger

from server.limits import Connections, Limits
from server.masked import Masked
from server.proxies import Proxies, counted_as

KEEP_S = 130.0  # an idle connection is kept so long: longer than Caddy keeps one, so that no request meets a closed one
PACE = 1_024  # bytes a second, the least that a body must come with
_GRACE_S = 10.0  # before the pace counts
_LOOK_S = 2.0
_TOLD_S = 60.0  # between two lines in the log about refused connections


class Guard:
    """Counts all connections of a server, before they have said anything."""

    def __init__(self, limits: Limits, proxies: Proxies, head_s: float, logger: FilteringBoundLogger) -> None:
        """Take how many connections there may be, who stands for many, and how long a head may take."""
        self._connections, self._proxies = Connections(limits), proxies
        self._head_s, self._logger = head_s, logger
        self._heads: dict[Guarded, float] = {}  # whose first head may be awaited, and until when; the oldest first
        self._timer: asyncio.TimerHandle | None = None  # one for all: ten thousand cost memory
        self._told = -_TOLD_S
        self._refused = 0

    def enter(self, peer: str) -> str | None:
        """Count a connection and return what to give to `leave`; None, and not counted, when there are too many.

        A trusted proxy stands for many: its connections count only in all.
        """
        address = "" if self._proxies.trusts(peer) else counted_as(peer)
        if self._connections.enter(address):
            return address
        self._refused += 1
        now = time.monotonic()
        if now - self._told >= _TOLD_S:
            self._told = now
            self._logger.warning("connections refused: too many", refused=self._refused)
            self._refused = 0
        return None

    def leave(self, address: str) -> None:
        """Count one less."""
        self._connections.leave(address)

    def expect_head(self, connection: "Guarded") -> None:
        """Look after `head_s` whether the head of a request has come."""
        loop = asyncio.get_running_loop()
        self._heads[connection] = loop.time() + self._head_s
        if self._timer is None:
            self._timer = loop.call_later(self._head_s, self._look)

    def forget(self, connection: "Guarded") -> None:
        """It is gone."""
        self._heads.pop(connection, None)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        while self._heads:
            connection, due = next(iter(self._heads.items()))
            if due > loop.time():
                self._timer = loop.call_at(due, self._look)
                return
            del self._heads[connection]
            connection.cut_off_without_head()


class Guarded(RequestHandler):
    """aiohttp's side of one connection, which a guard has let in."""

    __slots__ = ("_address", "_guard")

    def __init__(self, manager: web.Server, guard: Guard, factory: "_Factory", **options: Any) -> None:
        """Take aiohttp's own arguments, the guard, and what makes requests of lent heads."""
        super().__init__(manager, loop=asyncio.get_running_loop(), **options)
        self._guard, self._request_factory = guard, factory
        self._address: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let in, or cut off at once."""
        peer = transport.get_extra_info("peername")
        self._address = self._guard.enter(str(peer[0]) if isinstance(peer, tuple) else "")
        if self._address is None:
            cast("asyncio.Transport", transport).abort()
            return
        super().connection_made(transport)
        self._guard.expect_head(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Count one less."""
        self._guard.forget(self)
        if self._address is not None:
            self._guard.leave(self._address)
            self._address = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Lend the heads that have come."""
        super().data_received(data)
        for place, (head, body) in enumerate(self._messages):
            if isinstance(head, RawRequestMessage):
                self._messages[place] = cast("Any", _Lent(head)), body

    def set_parser(self, parser: WebSocketReader, data_received_cb: Callable[[], None] | None = None) -> None:
        """Read a socket's frames, which must be masked."""
        super().set_parser(cast("Any", Masked(parser)), data_received_cb)

    def forget_parser(self) -> None:
        """Let go of what reads requests: this is a socket now, and stays one."""
        if self._upgraded and self._payload_parser is not None:
            self._parser = None

    def head_has_come(self) -> None:
        """Nobody waits for it any more."""
        self._guard.forget(self)

    def cut_off_without_head(self) -> None:
        """End it if no whole head has come."""
        transport = self.transport
        if self._request_count == 0 and transport is not None:
            transport.abort()


class _Lent:
    """The head of a request, until the request is made."""

    __slots__ = ("_head",)

    def __init__(self, head: RawRequestMessage) -> None:
        self._head: RawRequestMessage | None = head

    def take(self) -> RawRequestMessage | None:
        """Return it, once."""
        head, self._head = self._head, None
        return head


class _Factory:
    """Makes aiohttp's requests of heads, lent or not."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[..., web.BaseRequest]) -> None:
        self._make = make

    def __call__(
        self,
        message: RawRequestMessage | _Lent,
        payload: StreamReader,
        protocol: RequestHandler,
        writer: AbstractStreamWriter,
        task: "asyncio.Task[None]",
    ) -> web.BaseRequest:
        head = message.take() if isinstance(message, _Lent) else message
        return self._make(head, payload, protocol, writer, task)


class GuardedRunner(web.AppRunner):
    """Runs an application behind a guard. Keeps no access log: addresses and queries stay out of every log."""

    __slots__ = ("_factory", "_guard")

    def __init__(self, app: web.Application, guard: Guard, shutdown_timeout: float) -> None:
        """Take the application and its guard."""
        super().__init__(app, access_log=None, keepalive_timeout=KEEP_S, shutdown_timeout=shutdown_timeout)
        self._guard = guard

    @property
    def server(self) -> web.Server | None:
        """What sites make a connection's protocol with."""
        real = super().server
        if real is None:
            return None

        factory = _Factory(real.request_factory)

        def protocol() -> Guarded:
            return Guarded(real, self._guard, factory, access_log=None, keepalive_timeout=KEEP_S)

        return cast("web.Server", protocol)  # sites only call it


def watch_body(request: web.BaseRequest) -> Callable[[], None]:
    """Cut off a request whose body comes slower than `PACE`; return what ends the watch."""
    if isinstance(request.protocol, Guarded):
        request.protocol.head_has_come()
    if request.content.is_eof():
        return _nothing  # as a rule: a WebSocket keeps what is returned for hours
    loop = asyncio.get_running_loop()
    started = loop.time()
    timer: asyncio.TimerHandle | None = None

    def look() -> None:
        nonlocal timer
        content, transport = request.content, request.transport
        if content.is_eof() or transport is None:
            return
        if content.total_bytes < (loop.time() - started - _GRACE_S) * PACE:
            transport.abort()
            return
        timer = loop.call_later(_LOOK_S, look)

    def end() -> None:
        if timer is not None:
            timer.cancel()

    timer = loop.call_later(_GRACE_S, look)
    return end


def _nothing() -> None:
    """Nobody watches."""
