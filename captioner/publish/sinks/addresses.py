"""Which addresses an output may speak to: a pasted link must not reach into this machine or its network."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from urllib.parse import SplitResult, urlsplit

from captioner.publish.sinks.contract import NoAnswer

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Sequence[str]]
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


class BadAddress(Exception):
    """The address cannot be used; says why, without repeating it."""


def split(url: str, schemes: frozenset[str]) -> SplitResult:
    """Return the parts of an address with one of these schemes; BadAddress where it cannot be one."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        msg = "it is not an address"
        raise BadAddress(msg) from error
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        msg = f"it must begin with {' or '.join(f'{scheme}://' for scheme in sorted(schemes))} and name a server"
        raise BadAddress(msg)
    if parts.username is not None:
        msg = "it must not hold a user's name or password"
        raise BadAddress(msg)
    if any(character <= " " or character == "\x7f" for character in url.strip()):
        msg = "it holds a space or a control character"
        raise BadAddress(msg)
    return parts


def port_of(parts: SplitResult) -> int:
    """Return the port, the scheme's own where none is named."""
    return parts.port or _PORTS[parts.scheme]


def public(address: IPAddress) -> bool:
    """Tell whether an address is out in the world, whatever it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return public(inner)
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def system_lookup(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver; OSError where the name is unknown."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def resolve(host: str, port: int, *, private: bool, lookup: Lookup = system_lookup) -> Sequence[str]:
    """Return the addresses of a host, all of them allowed.

    Args:
        host: name or literal address.
        port: for the resolver.
        private: whether this machine and its own network are allowed too.
        lookup: the resolver.

    Raises:
        BadAddress: one of them is private and that is not allowed: a name that is half inside is not to be trusted.
        NoAnswer: the name cannot be resolved now.

    """
    try:
        found = list(dict.fromkeys(lookup(host, port)))
    except (OSError, UnicodeError) as error:
        msg = "the server's name cannot be resolved"
        raise NoAnswer(msg) from error
    if not found:
        msg = "the server's name has no address"
        raise NoAnswer(msg)
    if not private and not all(public(ipaddress.ip_address(each.partition("%")[0])) for each in found):
        msg = "it leads to this machine or its own network, which is refused unless `private = true` allows it"
        raise BadAddress(msg)
    return found
