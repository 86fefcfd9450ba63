"""A host's connection to the server: `captions.v1` in the role host, from a thread of its own, made again for ever."""

import contextlib
import queue
import threading
import time

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.sync.client import ClientConnection, connect

from captioner.captions import wire
from captioner.captions.errors import WireError

_SILENT_S = 10.0  # the server speaks every two seconds
_CLOSED = (ConnectionClosed, InvalidHandshake, InvalidMessage, OSError, TimeoutError)
_RETRY_S = 1.0


class Desk:
    """Messages come out of `inbox` in order; None says that the connection is lost and is being made anew."""

    def __init__(self, url: str, token: str, meeting: str) -> None:
        """Prepare; `url` as ws://host:port/ws. Nothing is opened before `start`."""
        self.inbox: queue.Queue[wire.FromServer | None] = queue.Queue(10_000)  # a terminal shows more than it misses
        self.cursor = ("", 0)
        self._url, self._token, self._meeting = url, token, meeting
        self._socket: ClientConnection | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)

    def start(self) -> None:
        """Connect, and stay connected."""
        self._thread.start()

    def send(self, message: wire.FromClient) -> bool:
        """Send now; False where there is no connection."""
        socket = self._socket
        if socket is None:
            return False
        try:
            socket.send(wire.encode(message))
        except _CLOSED:
            return False
        return True

    def close(self) -> None:
        """End."""
        self._stop.set()
        if self._socket is not None:
            self._socket.close()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with connect(
                    self._url, subprotocols=[wire.SUBPROTOCOL], compression=None, open_timeout=5, close_timeout=2,  # type: ignore[list-item]
                ) as socket:  # fmt: skip
                    if not self._converse(socket):
                        return
            except _CLOSED:
                pass
            self._socket = None
            self._put(None)
            self._stop.wait(_RETRY_S)

    def _converse(self, socket: ClientConnection) -> bool:
        """Read until the connection ends; False when the server refuses for good."""
        epoch, after = self.cursor
        hello = wire.Hello(role=wire.Role.HOST, meeting=self._meeting, token=self._token, epoch=epoch, after=after)
        socket.send(wire.encode(hello))
        self._socket = socket
        until = time.monotonic() + _SILENT_S
        while not self._stop.is_set() and time.monotonic() < until:
            frame = socket.recv(timeout=_SILENT_S)
            until = time.monotonic() + _SILENT_S
            with contextlib.suppress(WireError):
                message = wire.decode_from_server(frame)
                self._put(message)
                if isinstance(message, wire.Error) and message.fatal:
                    return False
        return True

    def _put(self, message: wire.FromServer | None) -> None:
        with contextlib.suppress(queue.Full):
            self.inbox.put_nowait(message)
