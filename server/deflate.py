"""Compressed WebSocket messages for readers on slow lines (RFC 7692), beside the uncompressed ones of all others.

Each message says by itself whether it is compressed, so that a short one goes as it is. A compressor costs time and
memory for each client: only who asks has one.
"""

import zlib

from aiohttp import web

from server.outbox import Frame

_COMPRESSED_TEXT = 0xC1  # FIN, RSV1, opcode 1
_LEAST = 64  # bytes of a message; less does not become shorter
_SYNC = b"\x00\x00\xff\xff"  # what each message ends with and does not send: RFC 7692, section 7.2.1
_WINDOW = 15
_MAX_7, _LENGTH_16, _MAX_16, _LENGTH_64 = 125, 126, 65_535, 127


class Deflater:
    """One client's compressor; what was sent before makes what follows shorter."""

    __slots__ = ("_compressor",)

    def __init__(self) -> None:
        """Start with nothing sent."""
        self._compressor = zlib.compressobj(wbits=-_WINDOW)

    def encode(self, frame: Frame) -> bytes:
        """Return the WebSocket frame; call it for every message that is sent, in order."""
        if len(frame.data) < _LEAST:
            return frame.wire
        packed = self._compressor.compress(frame.data) + self._compressor.flush(zlib.Z_SYNC_FLUSH)
        packed = packed.removesuffix(_SYNC)
        length = len(packed)
        if length <= _MAX_7:
            return bytes((_COMPRESSED_TEXT, length)) + packed
        if length <= _MAX_16:
            return bytes((_COMPRESSED_TEXT, _LENGTH_16)) + length.to_bytes(2, "big") + packed
        return bytes((_COMPRESSED_TEXT, _LENGTH_64)) + length.to_bytes(8, "big") + packed


def deflates(socket: web.WebSocketResponse) -> bool:
    """Tell whether client and server have agreed on compression with the whole window, kept from message to message."""
    writer = socket._writer  # noqa: SLF001 - no public way
    return writer is not None and writer.compress == _WINDOW and not writer.notakeover
