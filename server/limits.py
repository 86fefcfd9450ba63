"""How many readers may be connected: in all, and from one address. Pure.

Everybody behind a proxy on this machine comes from a loopback address, which has therefore no limit of its own.
"""

import ipaddress
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers of open connections."""

    connections: int = 15_000
    """In all; below the process's limit of open files, so that the archive still opens its own."""
    per_address: int = 2_000
    """From one address: a large hall behind one router, and not a whole flood."""


class Connections:
    """Counts who is connected."""

    def __init__(self, limits: Limits) -> None:
        """Start with nobody."""
        self._limits = limits
        self._from: Counter[str] = Counter()
        self._count = 0

    def enter(self, address: str) -> bool:
        """Count one more; False, and not counted, when there are too many."""
        if self._count >= self._limits.connections:
            return False
        if self._from[address] >= self._limits.per_address and not is_loopback(address):
            return False
        self._from[address] += 1
        self._count += 1
        return True

    def leave(self, address: str) -> None:
        """Count one less."""
        self._count -= 1
        self._from[address] -= 1
        if not self._from[address]:
            del self._from[address]


def is_loopback(address: str) -> bool:
    """Tell whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
