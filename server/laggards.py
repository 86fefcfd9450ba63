"""The clients that cannot take everything at once: looked after by one timer, so that none needs a task of its own."""

import asyncio
from typing import Protocol

EVERY_S = 0.05  # a client that drains 64 KiB in between gets 1.3 MB/s, more than any caption needs


class Laggard(Protocol):
    """A client with frames that wait."""

    def flush(self) -> bool:
        """Send on; False when nothing waits any more."""


class Laggards:
    """Those who wait. The timer runs only while there are any."""

    def __init__(self) -> None:
        """Start with none."""
        self._waiting: dict[Laggard, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        """Count them."""
        return len(self._waiting)

    def add(self, laggard: Laggard) -> None:
        """Look after a client until nothing waits."""
        self._waiting[laggard] = None
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(EVERY_S, self._look)

    def forget(self, laggard: Laggard) -> None:
        """The client is gone."""
        self._waiting.pop(laggard, None)

    def _look(self) -> None:
        self._timer = None
        for laggard in list(self._waiting):
            if not laggard.flush():
                self._waiting.pop(laggard, None)
        if self._waiting:
            self._timer = asyncio.get_running_loop().call_later(EVERY_S, self._look)
