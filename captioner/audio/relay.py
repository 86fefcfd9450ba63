"""Sound from a web page that somebody speaks into, through the server: the consumer's end of `audio.v1`.

Subprotocol `audio.v1`: the first frame is a JSON hello with a token; every later binary frame is 16-bit little-endian
mono PCM at 16 kHz. The server passes frames on, in memory, from the one page that speaks to the one captioner.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import msgspec
import numpy as np
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from captioner.audio.chunk import AudioChunk
from captioner.audio.errors import DeviceLost, DeviceRefused

SUBPROTOCOL: Any = "audio.v1"  # websockets has a type of its own for these names
_OPEN_S = 5.0
_LATER_S = 1.0  # a page sends ten times a second
_TICK_S = 0.25
_NAME = "the page for speaking"


@dataclass(frozen=True, slots=True)
class RelayTarget:
    """Where to listen."""

    url: str
    """ws://host:port/audio/MEETING"""
    token: str = field(repr=False)


class RelaySource:
    """What the page sends while somebody speaks into it. DeviceRefused while nobody does; DeviceLost when they stop."""

    def __init__(self, target: RelayTarget) -> None:
        """Open nothing yet."""
        self._target = target
        self._stopped = threading.Event()
        self._socket: ClientConnection | None = None
        self._opening: Any = None
        self._first = b""

    @property
    def duration(self) -> None:
        """Endless."""
        return

    def __enter__(self) -> Self:
        """Join as the listener, and wait a moment for the first sound."""
        try:
            self._opening = connect(
                self._target.url, subprotocols=[SUBPROTOCOL], compression=None, proxy=None, open_timeout=_OPEN_S,
                close_timeout=1, max_size=64 * 1024,
            )  # fmt: skip
            socket = self._opening.__enter__()
            self._socket = socket
            socket.send(msgspec.json.encode({"role": "listener", "token": self._target.token}).decode())
            self._first = self._receive(_LATER_S)
        except (OSError, TimeoutError, WebSocketException) as error:
            self._close()
            raise DeviceRefused(_NAME, "nobody speaks there yet") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Leave."""
        self._close()

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield what comes."""
        position, data = 0, self._first
        while not self._stopped.is_set():
            samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float32) / np.float32(32768)
            if len(samples):
                yield AudioChunk(position, samples)
                position += len(samples)
            try:
                data = self._receive(_LATER_S)
            except (OSError, TimeoutError, WebSocketException) as error:
                if self._stopped.is_set():
                    return
                raise DeviceLost(_NAME, _LATER_S) from error

    def stop(self) -> None:
        """End within a quarter of a second."""
        self._stopped.set()

    def _receive(self, patience: float) -> bytes:
        """Return the next frame of sound; TimeoutError when none comes in time."""
        waited = 0.0
        while self._socket is not None and waited < patience and not self._stopped.is_set():
            try:
                frame = self._socket.recv(timeout=_TICK_S)
            except TimeoutError:
                waited += _TICK_S
                continue
            if isinstance(frame, bytes):
                return frame
        raise TimeoutError

    def _close(self) -> None:
        opening, self._opening, self._socket = self._opening, None, None
        if opening is not None:
            try:
                opening.__exit__(None, None, None)
            except (OSError, WebSocketException, AttributeError):
                return
