"""The web application: what it is made of, and what starts and ends with it."""

import asyncio
import functools
import secrets
import time
from collections.abc import AsyncIterator

from aiohttp import web
from structlog.typing import FilteringBoundLogger

from server import machines
from server.access import DOORS
from server.archive.log import begin_anew
from server.archive.open_pages import OpenPages
from server.archive.openarchive import OpenArchive
from server.archive.pages import Pages
from server.archive.render import RenderThread
from server.archive.settings import load
from server.archive.thread import LogThread
from server.config import ServerConfig
from server.doors import Doors
from server.duties import after_erasure, duties
from server.feeds import FEEDS, Feeds
from server.feeds import life as feeds_life
from server.first import FirstCaptions
from server.hub import Clock, Hub
from server.limits import Connections
from server.metrics import Metrics, counted
from server.older import OlderCaptions
from server.opening import OPEN, about, refresh_all, refresh_safely
from server.routes import (
    archive,
    backup,
    guides,
    health,
    history,
    importing,
    ingest,
    interface,
    invitations,
    older,
    openarchive,
    outputs,
    pull,
    reading,
    recording,
    review,
    setup,
    sign,
    signals,
    speak,
    staff,
    viewer,
    views,
)
from server.routes.openarchive import OPEN_PAGES
from server.setup import MeetingSetup
from server.setups import Setups
from server.setups import load as load_setups
from server.shells import Shells
from server.speech import Places
from server.static import StaticFiles
from server.terms import TERMS, Lookup
from server.tokens import host_token
from server.web import CONFIG, CONNECTIONS, FIRST, HUB, LOG, PAGES, RENDER, SHELLS, STATIC, TOKEN, secure, set_headers

_SUBJECTS = (
    viewer,
    reading,
    signals,
    archive,
    backup,
    health,
    invitations,
    views,
    sign,
    guides,
    pull,
    speak,
    history,
    older,
    setup,
    outputs,
    staff,
    ingest,
    openarchive,
    review,
    importing,
    recording,
    interface,
)


def make_app(config: ServerConfig, logger: FilteringBoundLogger, clock: Clock | None = None) -> web.Application:
    """Open the data folder and return the application; StorageError when the folder cannot be used."""
    clock = clock or Clock(lambda: time.time_ns() // 1_000_000, time.monotonic)
    app = web.Application(middlewares=[secure], client_max_size=4096)  # nobody sends a body
    if config.edge:
        begin_anew(config.data)
    token = secrets.token_urlsafe() if config.edge else host_token(config.data)  # nobody is host at an edge
    app[CONFIG], app[PAGES], app[TOKEN] = config, Pages(), token
    app[LOG], app[STATIC], app[RENDER] = LogThread(config.data), StaticFiles(), RenderThread(config.data)
    app[FIRST], app[SHELLS] = FirstCaptions(), Shells(config.viewer)
    app[older.OLDER] = OlderCaptions()
    setups = Setups(app[LOG].now(load_setups))
    app[HUB] = Hub(app[LOG], app[RENDER], clock, config.timing, logger, setups)
    app[CONNECTIONS] = Connections(config.limits)
    app[DOORS] = Doors(app[TOKEN], app[LOG], clock.wall_ms, clock.steady)
    app[speak.PLACES] = Places()
    app[FEEDS] = Feeds(app[HUB])
    app[health.METRICS] = metrics = Metrics(app[HUB], config.data)
    app[LOG].on_append = functools.partial(counted, metrics)
    settings = load(config.data)
    app[OPEN], app[OPEN_PAGES] = OpenArchive(config.data, settings), OpenPages(settings.name)
    app[HUB].terms = lambda meeting: app[TERMS](meeting)  # noqa: PLW0108 - looked up at each call
    app[HUB].erased = functools.partial(after_erasure, app)
    app[HUB].about = functools.partial(about, app)
    app[HUB].exported = functools.partial(refresh_safely, app, logger=logger)
    app[TERMS] = _laid_down(setups)
    for subject in _SUBJECTS:
        app.add_routes(subject.routes())
    app.on_response_prepare.append(set_headers)
    app.cleanup_ctx.append(_life)
    machines.set_up(app)
    app.cleanup_ctx.append(feeds_life)
    app.on_shutdown.append(_say_bye)
    return app


def _laid_down(setups: Setups) -> Lookup:
    async def terms(meeting: str) -> MeetingSetup:
        return setups.of(meeting)

    return terms


async def _life(app: web.Application) -> AsyncIterator[None]:
    hub, timing = app[HUB], app[CONFIG].timing
    await hub.export_stale()
    clocks = [asyncio.create_task(_every(timing.ping_s, hub, ping=True))]
    if not app[CONFIG].edge:  # the archive is the origin's
        clocks += [asyncio.create_task(refresh_all(app, hub.logger)), asyncio.create_task(duties(app))]
    clocks.append(asyncio.create_task(_every(min(1.0, timing.silent_s / 2), hub, ping=False)))
    yield
    for task in clocks:
        task.cancel()
    await asyncio.gather(*clocks, return_exceptions=True)
    try:
        await hub.export_stale()
    finally:
        await app[OPEN].close()
        await app[RENDER].close()
        await app[LOG].close()


async def _every(seconds: float, hub: Hub, *, ping: bool) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            if ping:
                await hub.ping()
            else:
                await hub.tick()
        except Exception:  # a task's top: the next tick may do better
            hub.logger.exception("tick failed")


async def _say_bye(app: web.Application) -> None:
    app[HUB].say_bye()
