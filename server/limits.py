"""How many readers may be connected: in all, and from one address. Pure.

This machine's own address has no limit of its own: whoever is here already needs no door. Behind a proxy, also one
here, the address is the reader's (server.proxies).
"""

from collections import Counter
from dataclasses import dataclass, replace

from server.proxies import is_loopback


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers of open connections."""

    connections: int = 15_000
    """In all; below the process's limit of open files, so that the archive still opens its own."""
    per_address: int = 2_000
    """From one address: a large hall behind one router, and not a whole flood."""
    own: bool = False
    """Count this machine's own address as any other."""

    def sockets(self, files: int) -> "Limits":
        """Return the limits of all connections, also of those that read nothing yet; `files` the process may open."""
        return replace(
            self,
            connections=max(1, min(self.connections + _SHORT, files - _FILES)),
            per_address=2 * self.per_address,
        )


_SHORT = 4_000  # connections for pages, files and the archive beside those of readers
_FILES = 200  # for the log, the archive and the program itself


class Connections:
    """Counts who is connected."""

    def __init__(self, limits: Limits) -> None:
        """Start with nobody."""
        self._limits = limits
        self._from: Counter[str] = Counter()
        self._count = 0

    def enter(self, address: str) -> bool:
        """Count one more; False, and not counted, when there are too many. "" is nobody's own address."""
        if self._count >= self._limits.connections:
            return False
        if self._from[address] >= self._limits.per_address and address and not self._free(address):
            return False
        self._from[address] += 1
        self._count += 1
        return True

    def _free(self, address: str) -> bool:
        return not self._limits.own and is_loopback(address)

    def leave(self, address: str) -> None:
        """Count one less."""
        self._count -= 1
        self._from[address] -= 1
        if not self._from[address]:
            del self._from[address]
