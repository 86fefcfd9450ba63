"""What the server does for its archive of its own accord: bags, audits, retention; and what an erasure has to reach."""

import asyncio
import time
from pathlib import Path

import msgspec
from aiohttp import web

from server.archive import keeper
from server.archive.catalogue import Catalogue
from server.archive.erasure import Tombstone
from server.archive.preserve.about import described
from server.archive.preserve.audit import Audit, audit, keep_report
from server.archive.preserve.bag import FOLDER as BAGS
from server.archive.preserve.bag import remove_bag, write_bag
from server.archive.recording import drop_outdated
from server.errors import StorageError
from server.opening import OPEN
from server.terms import TERMS
from server.web import CONFIG, HUB, LOG, RENDER

EVERY_S = 3_600.0  # between two looks for what is to be done
FIRST_S = 120.0  # after the start: a server that is started for a moment has other work
AUDIT_MS = 24 * 3_600_000  # between two audits of all kept files
_KEYS = "bags.json"


async def after_erasure(app: web.Application, meeting: str) -> None:
    """Reach what was made of a meeting before something of it was erased: index, bag, static exports."""
    data = app[CONFIG].data
    await app[OPEN].write(Catalogue.scrub)
    if await app[LOG].write(lambda log: drop_outdated(log, data, meeting)):
        app[HUB].export_soon(meeting)
    had_bag = (data / BAGS / meeting).exists()
    await app[RENDER].run(lambda: _take_away(data, meeting))
    if had_bag:
        await write_bags(app, meeting)


def _take_away(data: Path, meeting: str) -> None:
    remove_bag(data / BAGS, meeting)
    keeper.leave_exports(data, meeting)
    keys = _keys(data)
    if keys.pop(meeting, None):
        _keep_keys(data, keys)


async def write_bags(app: web.Application, only: str = "") -> list[str]:
    """Write the bags of public records that changed since theirs was written; return the meetings."""
    data, done = app[CONFIG].data, list[str]()
    for kept in await app[HUB].meetings():
        meeting = kept.meeting.id
        if only and meeting != only:
            continue
        setup = await app[TERMS](meeting)
        found = await app[LOG].write(lambda log, m=meeting, s=setup: keeper.public(log, m, s, app[OPEN].settings))  # type: ignore[misc]
        keys = _keys(data)
        if found is None or keys.get(meeting) == found.key:
            continue
        await app[RENDER].run(
            lambda f=found: write_bag(data / BAGS, described(f.record), keeper.rendered(f.record, data))  # type: ignore[misc]
        )
        _keep_keys(data, keys | {meeting: found.key})
        done.append(meeting)
    return done


async def retain(app: web.Application) -> list[str]:
    """Erase the meetings whose agreed time is over; return their ids."""
    hub, done = app[HUB], list[str]()
    for kept in await hub.meetings():
        setup = await app[TERMS](kept.meeting.id)
        if keeper.is_over(kept, setup, hub.clock.wall_ms()):
            await hub.erase(Tombstone(kept.meeting.id, keeper.agreed(setup), hub.clock.wall_ms()))
            done.append(kept.meeting.id)
    return done


async def run_audit(app: web.Application) -> Audit:
    """Look at every kept file; what is damaged is named in the log and in audit.json."""
    data, hub = app[CONFIG].data, app[HUB]
    found = await app[RENDER].run(lambda: audit(data, hub.clock.wall_ms))
    await app[RENDER].run(lambda: keep_report(data, found))
    for damage in found.damages:
        hub.logger.error("damaged", file=str(Path(damage.path).relative_to(data)), fault=damage.fault.value)
    return found


async def duties(app: web.Application) -> None:
    """Do all of it again and again, until cancelled; what fails is logged and tried again."""
    audited = -float(AUDIT_MS)
    await asyncio.sleep(FIRST_S)
    while True:
        try:
            await retain(app)
            await write_bags(app)
            if time.monotonic() * 1000 - audited > AUDIT_MS:
                await run_audit(app)
                audited = time.monotonic() * 1000
        except (StorageError, OSError):
            app[HUB].logger.exception("archive's duties failed")
        await asyncio.sleep(EVERY_S)


def _keys(data: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode((data / _KEYS).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}  # every bag is written again


def _keep_keys(data: Path, keys: dict[str, str]) -> None:
    (data / _KEYS).write_bytes(msgspec.json.encode(keys))
