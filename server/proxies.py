"""Who a request is from, when it came through proxies: the address that every limit counts. Pure.

A proxy is believed only when its own address is trusted; of the addresses that it and the proxies before it wrote
down, the one nearest to us that is no trusted proxy is the client's. What a client wrote there itself stands further
away and is never reached. Sources: RFC 7239, section 7.4; MDN, X-Forwarded-For.
"""

import enum
import ipaddress
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.errors import ServerError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK, UNIX, NONE = "loopback", "unix", "none"
_OWN = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_MOST = 32  # hops that are looked at; real chains have two or three
_SITE = 64  # bits: a household or hall has all of an IPv6 network of this length, so that it is counted as one
_MAPPED = 96  # bits before the IPv4 address in ::ffff:192.0.2.1
_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*(?:"([^"]*)"|([^;\s]*))\s*(?:;|$)', re.IGNORECASE)


class Header(enum.StrEnum):
    """Where proxies write whom they speak for. Only one is read: a proxy passes the other on as a client wrote it."""

    X_FORWARDED_FOR = "X-Forwarded-For"
    FORWARDED = "Forwarded"


class InvalidProxy(ServerError):
    """What was given is no address of a proxy."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies in front of this server that are believed."""

    networks: tuple[Network, ...] = _OWN
    unix: bool = True
    """Whoever connects through a Unix socket; its file's permissions say who may."""
    header: Header = Header.X_FORWARDED_FOR

    @classmethod
    def parse(cls, names: Iterable[str], header: Header = Header.X_FORWARDED_FOR) -> "Proxies":
        """Read addresses, networks as 10.0.0.0/8, and the words loopback, unix and none; InvalidProxy otherwise."""
        networks: list[Network] = []
        unix = False
        for name in names:
            word = name.strip().lower()
            if word == LOOPBACK:
                networks += _OWN
            elif word == UNIX:
                unix = True
            elif word not in {NONE, ""}:
                try:
                    networks.append(_network(word))
                except ValueError:
                    msg = (
                        "a trusted proxy is an address or network such as 10.0.0.7 or 10.0.0.0/24 (no bits after the "
                        "prefix), or one of the words loopback, unix and none"
                    )
                    raise InvalidProxy(msg) from None
        return cls(tuple(networks), unix, header)

    def client(self, peer: str, written: Sequence[str]) -> str:
        """Return the client's address.

        `peer` is who connected, "" through a Unix socket; `written` the values of all headers of the one kind. Where a
        trusted proxy does not say a usable address, it is that proxy's own.
        """
        if not self.trusts(peer):
            return peer
        hops = [hop for value in written for hop in value.split(",")][-_MOST:]
        nearest = peer
        for hop in reversed(hops):
            address = _address(_said(hop) if self.header is Header.FORWARDED else hop)
            if address is None:
                break
            nearest = str(address)
            if not self._trusts(address):
                break
        return nearest

    def trusts(self, peer: str) -> bool:
        """Tell whether who connected, "" through a Unix socket, is a trusted proxy."""
        return self._trusts(_address(peer)) if peer else self.unix

    def _trusts(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self.networks)


def counted_as(address: str) -> str:
    """Return what limits count an address as: itself, or of IPv6 the network that one customer has."""
    known = _address(address)
    if known is None or known.version == 4 or known.is_loopback:  # noqa: PLR2004 - IP's version
        return sys.intern(address if known is None else str(known))  # a hall comes from one
    return sys.intern(str(ipaddress.ip_network((known, _SITE), strict=False)))


def is_loopback(address: str) -> bool:
    """Tell whether an address is this machine's own."""
    known = _address(address)
    return known is not None and known.is_loopback


def _network(text: str) -> Network:
    """Read a network; one of IPv4 addresses written as IPv6 is that of the IPv4 addresses. ValueError otherwise."""
    known = ipaddress.ip_network(text)
    mapped = known.network_address.ipv4_mapped if isinstance(known, ipaddress.IPv6Network) else None
    if mapped is None or known.prefixlen < _MAPPED:
        return known
    return ipaddress.ip_network((mapped, known.prefixlen - _MAPPED))


def _said(element: str) -> str:
    """Return the `for` of one element of Forwarded."""
    found = _FOR.search(element.strip())
    return "" if found is None else found[1] if found[1] is not None else found[2]


def _address(text: str) -> Address | None:
    """Read an address with or without port and brackets; None when it is none, as "unknown" and "_hidden"."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        known = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = known.ipv4_mapped if isinstance(known, ipaddress.IPv6Address) else None
    return mapped or known
