"""What waits to be sent to one client: bounded, and finals are never dropped. Pure.

Invariant: every frame without a key that was put comes out once, in order, unless the outbox overflowed, after which
the client is closed and resumes by seq.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

from captioner.captions.wire import FromServer

MAX_FRAMES = 1_500  # three replays of 500 events; a client that far behind is quicker with a snapshot
MAX_BYTES = 256 * 1024  # of what comes live; a client that far behind is quicker when it comes again
REPLAY_BYTES = 2 * 1024 * 1024  # of a replay, which does not count; more is quicker as a snapshot

_TEXT = 0x81  # RFC 6455, section 5.2: FIN and opcode 1; no mask from a server
_LENGTH_16, _LENGTH_64 = 126, 127
_MAX_7, _MAX_16 = 125, 0xFFFF


@dataclass(frozen=True, slots=True)
class Frame:
    """One message, encoded once for all clients."""

    data: bytes
    key: tuple[str, ...] = ()
    """A frame supersedes a waiting one of the same key; () is never superseded."""
    covers: tuple[str, ...] = ()
    """Key of the waiting frame that this one makes needless, as a final does its partials."""
    whole: bool = False
    """A snapshot: as long as it must be, so that it does not count."""
    message: FromServer | None = field(default=None, repr=False, compare=False)
    """What it says, for those who read in another form."""
    lean: "Frame | None" = field(default=None, repr=False, compare=False)
    """The same without what readers have no use for, once somebody wanted it so: see frames.lean."""
    wire: bytes = field(init=False, repr=False, compare=False)
    """The WebSocket frame as it goes over the line."""

    def __post_init__(self) -> None:
        """Build the frame once."""
        object.__setattr__(self, "wire", text_frame(self.data))


def text_frame(data: bytes) -> bytes:
    """Return an unmasked text frame of RFC 6455, as a server sends it."""
    length = len(data)
    if length <= _MAX_7:
        return bytes((_TEXT, length)) + data
    if length <= _MAX_16:
        return bytes((_TEXT, _LENGTH_16)) + length.to_bytes(2, "big") + data
    return bytes((_TEXT, _LENGTH_64)) + length.to_bytes(8, "big") + data


class Outbox:
    """A queue of frames for one client."""

    def __init__(self, max_frames: int = MAX_FRAMES, max_bytes: int = MAX_BYTES) -> None:
        """Start empty."""
        self._waiting: OrderedDict[tuple[str, ...] | int, tuple[Frame, int]] = OrderedDict()
        self._number = 0
        self._bytes = 0
        self._max_frames, self._max_bytes = max_frames, max_bytes
        self.overflowed = False

    def __len__(self) -> int:
        """Count the waiting frames."""
        return len(self._waiting)

    def put(self, frame: Frame, *, replay: bool = False) -> bool:
        """Add a frame; False when the client is too slow, from then on always. A replay does not count in bytes."""
        if frame.covers:
            self._drop(frame.covers)
        if frame.key:
            self._drop(frame.key)
        self._number += 1
        weight = 0 if frame.whole or replay else len(frame.data)
        self._waiting[frame.key or self._number] = (frame, weight)
        self._bytes += weight
        if len(self._waiting) > self._max_frames or self._bytes > self._max_bytes:
            self.overflowed = True
        if self.overflowed:
            self._waiting.clear()
            self._bytes = 0
        return not self.overflowed

    def take(self) -> Frame | None:
        """Remove and return the frame to send next."""
        if not self._waiting:
            return None
        _, (frame, weight) = self._waiting.popitem(last=False)
        self._bytes -= weight
        return frame

    def _drop(self, key: tuple[str, ...]) -> None:
        known = self._waiting.pop(key, None)
        if known is not None:
            self._bytes -= known[1]
