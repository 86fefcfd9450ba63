"""RFC 6455, section 5.1: a client masks its frames, and a frame that is bare closes the connection. aiohttp reads both.

Stands before aiohttp's reader, sees where frames begin, and looks at one bit of each. What a client sends is little (a
hello, a ping now and then, a caption); what it is sent does not pass here.
"""

from typing import Protocol

_BIT = 0x80  # of a frame's second byte: it is masked
_MASK = 4  # bytes
_NO_FRAME = b"\xf0\x80"  # all reserved bits: every reader answers it with 1002, a protocol error
_WIDE = {126: 2, 127: 8}  # bytes of a length that seven bits do not hold


class Reader(Protocol):
    """aiohttp's."""

    def feed_data(self, data: bytes, /) -> tuple[bool, bytes]:
        """Read on; tell whether this is the end."""
        ...

    def feed_eof(self) -> None:
        """No more comes."""
        ...


class Masked:
    """A reader that gets masked frames alone; in the place of a bare one it gets what is no frame, and then nothing."""

    __slots__ = ("_held", "_left", "_reader", "_wide")

    def __init__(self, reader: Reader) -> None:
        """Take what reads them."""
        self._reader = reader
        self._held = b""  # the first byte of a frame, whose second has not come
        self._wide = 0  # bytes of the length that have not come
        self._left = 0  # bytes of the frame that have not come; while the length comes, what has come of it

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """See Reader."""
        if self._held:
            data, self._held = self._held + data, b""
        at, end = 0, len(data)
        while at < end:
            if self._wide:
                self._left, self._wide, at = self._left << 8 | data[at], self._wide - 1, at + 1
                if not self._wide:
                    self._left += _MASK
            elif self._left:
                step = min(self._left, end - at)
                self._left, at = self._left - step, at + step
            elif at + 1 == end:
                data, self._held, at = data[:at], data[at:], end
            elif not data[at + 1] & _BIT:
                return self._reader.feed_data(data[:at] + _NO_FRAME)
            else:
                size = data[at + 1] & ~_BIT
                self._wide, at = _WIDE.get(size, 0), at + 2
                self._left = 0 if self._wide else size + _MASK
        return self._reader.feed_data(data)

    def feed_eof(self) -> None:
        """See Reader."""
        self._reader.feed_eof()
