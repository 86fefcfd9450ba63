"""Memory that was freed goes back to the machine, which has a teleconference to run as well.

glibc keeps what the recogniser's passes, each of another length, allocate and free: after some minutes of meeting 60 to
80 MB that nobody uses. `malloc_trim(3)` gives it back; elsewhere there is no such call, and nothing is done.
"""

import ctypes
import time
from collections.abc import Callable

_EVERY_S = 60.0


def _of_this_machine() -> Callable[[int], int] | None:
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
    return found


class Trimmer:
    """Give memory back once a minute; call it as often as you like."""

    def __init__(
        self,
        trim: Callable[[int], int] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`trim` is `malloc_trim` where this machine has it."""
        self._trim = trim or _of_this_machine()
        self._clock = clock
        self._last = clock()

    def __call__(self) -> None:
        """Trim, if a minute has passed."""
        if self._trim is not None and self._clock() - self._last >= _EVERY_S:
            self._last = self._clock()
            self._trim(0)
