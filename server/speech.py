"""Sound that passes from a page for speaking to a captioner: in memory, a few seconds of it, and never kept."""

import asyncio
from collections import deque

_MOST = 50  # frames of a tenth of a second; a captioner that is further behind hears the newest


class Place:
    """One meeting's: at most one who speaks and one who listens, and what is on its way."""

    def __init__(self) -> None:
        """Nobody is there."""
        self.speaker: object | None = None
        self.listener: object | None = None
        self.dropped = 0
        self._frames: deque[bytes] = deque(maxlen=_MOST)
        self._changed = asyncio.Event()

    def put(self, frame: bytes) -> None:
        """Take a frame; without a listener it is forgotten at once."""
        if self.listener is None:
            return
        self.dropped += len(self._frames) == _MOST
        self._frames.append(frame)
        self._changed.set()

    async def get(self) -> bytes:
        """Return the next frame."""
        while not self._frames:
            self._changed.clear()
            await self._changed.wait()
        return self._frames.popleft()

    def enter(self, role: str, who: object) -> bool:
        """Take the place of a role; False when it is taken."""
        if role == "speaker" and self.speaker is None:
            self.speaker = who
        elif role == "listener" and self.listener is None:
            self._frames.clear()
            self.listener = who
        else:
            return False
        return True

    def leave(self, who: object) -> None:
        """Free the place."""
        if self.speaker is who:
            self.speaker = None
        if self.listener is who:
            self.listener = None
            self._frames.clear()

    @property
    def empty(self) -> bool:
        """Whether nobody is there."""
        return self.speaker is None and self.listener is None


class Places:
    """The meetings in which somebody speaks or listens."""

    def __init__(self) -> None:
        """None."""
        self._places: dict[str, Place] = {}

    def at(self, meeting: str) -> Place:
        """Return a meeting's place."""
        return self._places.setdefault(meeting, Place())

    def tidy(self, meeting: str) -> None:
        """Forget a place where nobody is."""
        place = self._places.get(meeting)
        if place is not None and place.empty:
            del self._places[meeting]
