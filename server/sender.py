"""One client's way out: straight to its transport while it keeps up, through an outbox while it does not.

Nothing here waits: a sweep over ten thousand clients is ten thousand calls of `send`. A client whose transport holds
more than `FULL` bytes gets no superseded partials; one that takes nothing for `STALLED_S`, or lags by more than the
outbox holds, is given up, and resumes by seq.
"""

import operator
from collections.abc import Callable
from typing import Protocol

from server.outbox import Frame, Outbox

FULL = 64 * 1024  # bytes in the transport; a minute of captions for a reader, or a stall
STALLED_S = 10.0  # seconds without progress; a phone that changes cells is back sooner


class Transport(Protocol):
    """The part of asyncio's transport that is used."""

    def write(self, data: bytes) -> None:
        """Take bytes; never blocks."""

    def get_write_buffer_size(self) -> int:
        """Tell how many bytes the network has not taken."""


class Sender:
    """What is sent to one client, in order."""

    __slots__ = ("_encode", "_held", "_outbox", "_since", "_transport")

    def __init__(self, transport: Transport, encode: Callable[[Frame], bytes] = operator.attrgetter("wire")) -> None:
        """Take the open transport, and what of a frame goes over it: as a rule the WebSocket frame, built once."""
        self._transport, self._encode = transport, encode
        self._outbox: Outbox | None = None  # most readers never need one
        self._held = 0
        self._since = 0.0

    @property
    def waiting(self) -> int:
        """Frames that the transport has not been given."""
        return 0 if self._outbox is None else len(self._outbox)

    def send(self, frame: Frame, now: float, *, replay: bool = False) -> bool:
        """Send, or queue behind what waits; False when the client is too slow and must be closed."""
        outbox = self._outbox
        if outbox is None:
            size = self._transport.get_write_buffer_size()
            if size < FULL:
                self._write(frame)
                return True
            outbox = self._outbox = Outbox()
            self._held, self._since = size, now
        return outbox.put(frame, replay=replay)

    def _write(self, frame: Frame) -> None:
        data = self._encode(frame)
        if data:
            try:
                self._transport.write(data)
            except RuntimeError:  # uvloop: the network is gone; the client's own task hears of it, the others read on
                return

    def flush(self, now: float) -> bool:
        """Give the transport what it can take; call it now and then while frames wait. False when it has stalled."""
        outbox, transport = self._outbox, self._transport
        if outbox is None:
            return True
        size = transport.get_write_buffer_size()
        if size < self._held:
            self._since = now
        while size < FULL and (frame := outbox.take()) is not None:
            self._write(frame)
            size = transport.get_write_buffer_size()
            self._since = now
        self._held = size
        if not len(outbox) and size < FULL:
            self._outbox = None
        return now - self._since < STALLED_S
