"""What the host has laid down for a meeting, for those parts that must obey it: the set-up, or its careful defaults."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from server.setup import MeetingSetup

Lookup = Callable[[str], Awaitable[MeetingSetup]]
TERMS: web.AppKey[Lookup] = web.AppKey("terms")


async def no_setup(_: str) -> MeetingSetup:
    """Return the terms of a meeting that nobody has set up."""
    return MeetingSetup()
