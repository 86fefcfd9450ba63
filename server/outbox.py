"""What waits to be sent to one client: bounded, and finals are never dropped. Pure.

Invariant: every frame without a key that was put comes out once, in order, unless the outbox overflowed, after which
the client is closed and resumes by seq.
"""

from collections import OrderedDict
from dataclasses import dataclass

MAX_FRAMES = 1_500  # three replays of 500 events; a client that far behind is quicker with a snapshot
MAX_BYTES = 4 * 1024 * 1024  # of frames without `whole`; about an hour of captions with words


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


class Outbox:
    """A queue of frames for one client."""

    def __init__(self, max_frames: int = MAX_FRAMES, max_bytes: int = MAX_BYTES) -> None:
        """Start empty."""
        self._waiting: OrderedDict[tuple[str, ...] | int, Frame] = OrderedDict()
        self._number = 0
        self._bytes = 0
        self._max_frames, self._max_bytes = max_frames, max_bytes
        self.overflowed = False

    def __len__(self) -> int:
        """Count the waiting frames."""
        return len(self._waiting)

    def put(self, frame: Frame) -> bool:
        """Add a frame; False when the client is too slow, from then on always."""
        if frame.covers:
            self._drop(frame.covers)
        if frame.key:
            self._drop(frame.key)
        self._number += 1
        self._waiting[frame.key or self._number] = frame
        self._bytes += _weight(frame)
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
        _, frame = self._waiting.popitem(last=False)
        self._bytes -= _weight(frame)
        return frame

    def _drop(self, key: tuple[str, ...]) -> None:
        known = self._waiting.pop(key, None)
        if known is not None:
            self._bytes -= _weight(known)


def _weight(frame: Frame) -> int:
    return 0 if frame.whole else len(frame.data)
