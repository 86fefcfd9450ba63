"""One of several machines: an origin that passes its log on, or an edge that follows it. See docs/operations.md."""

import asyncio
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from server.access import DOORS
from server.backplane.base import Backplane, BackplaneDown
from server.backplane.feed import Feed
from server.backplane.relay import Relay
from server.errors import CannotUseBackplane
from server.hub import Hub
from server.replica import Replicas
from server.tasks import end
from server.web import CONFIG, HUB, LOG

FEED = web.AppKey("feed", Feed)
_Life = Callable[[web.Application], AsyncIterator[None]]
_SIGNALS = 100  # signals on their way to the origin; more are dropped, the host has enough


def open_backplane(url: str) -> Backplane:
    """Return the backplane at `url`, as redis://host:6379/0; CannotUseBackplane when it is none."""
    if not url.startswith(("redis://", "rediss://", "unix://")):
        msg = "the backplane must be redis://HOST:PORT/DB (or rediss://, unix://): set CAPTIONER_BACKPLANE"
        raise CannotUseBackplane(msg)
    try:
        from server.backplane.redis_streams import RedisBackplane  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = "several machines need the package redis: install captioner[redis]"
        raise CannotUseBackplane(msg) from error
    return RedisBackplane(url)


def set_up(app: web.Application) -> None:
    """Let the application be an origin or an edge, if its configuration says so."""
    config = app[CONFIG]
    if not config.backplane:
        return
    backplane = open_backplane(config.backplane)
    hub, doors = app[HUB], app[DOORS]
    hub.passcode = doors.passcodes.hashed
    hub.passes = lambda meeting: doors.invitations.passes(meeting, hub.clock.wall_ms())
    if not config.edge:
        doors.changed = hub.tell_copies
        hub.relay = Relay(backplane, app[LOG].read, hub.logger)
        app.cleanup_ctx.append(_origin(backplane))
        return
    ups: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(_SIGNALS)

    def up(meeting: str, frame: bytes) -> None:
        if not ups.full():
            ups.put_nowait((meeting, frame))

    hub.up = up
    app[FEED] = Feed(backplane, Replicas(hub, doors.follow), hub.logger)
    app.cleanup_ctx.append(_edge(backplane, ups))


def _origin(backplane: Backplane) -> _Life:
    async def life(app: web.Application) -> AsyncIterator[None]:
        hub = app[HUB]
        await hub.follow_live()
        listening = asyncio.create_task(_listen(backplane, hub), name="signals")
        yield
        await end(listening)
        if hub.relay is not None:
            await hub.relay.close()

    return life


def _edge(backplane: Backplane, ups: "asyncio.Queue[tuple[str, bytes]]") -> _Life:
    async def life(app: web.Application) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(app[FEED].run(), name="feed"), asyncio.create_task(_pass_up(backplane, ups))]
        yield
        await end(*tasks)

    return life


async def _listen(backplane: Backplane, hub: Hub) -> None:
    async for meeting, frame in backplane.signals():
        hub.signalled(meeting, frame)


async def _pass_up(backplane: Backplane, ups: "asyncio.Queue[tuple[str, bytes]]") -> None:
    while True:
        meeting, frame = await ups.get()
        try:
            await backplane.signal(meeting, frame)
        except BackplaneDown:
            continue  # a signal is of the moment
