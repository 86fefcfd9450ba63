"""What of a meeting is public now, and telling the open archive of it."""

import sqlite3

from aiohttp import web
from structlog.typing import FilteringBoundLogger

from captioner.captions.cue import MeetingState
from server.archive.catalogue import Catalogue, Entry
from server.archive.erasure import tombstones_of
from server.archive.openarchive import OpenArchive
from server.archive.public import about_of
from server.archive.publication import folded, public_seq
from server.archive.record import About, Record
from server.archive.review import versions_of
from server.errors import StorageError
from server.terms import TERMS
from server.web import HUB, LOG, scheme

OPEN = web.AppKey("open", OpenArchive)


async def about(app: web.Application, meeting: str, number: int | None = None) -> About:
    """Return what is known of a meeting beside its words, for version `number` or the newest."""
    settings, setup = app[OPEN].settings, await app[TERMS](meeting)
    return await app[LOG].write(lambda log: about_of(log, meeting, settings, setup, number))


async def public(app: web.Application, meeting: str) -> Record | None:
    """Return the record that the public may read of a meeting that has ended; None for nothing."""
    kept = await app[HUB].find(meeting)
    if kept is None or kept.state is MeetingState.LIVE or kept.seq == 0:
        return None
    whole = await app[HUB].transcript(meeting)
    versions = await app[LOG].write(lambda log: versions_of(log, meeting))
    two = (await app[TERMS](meeting)).two_person_release
    seq = public_seq(whole.seq, whole.policy(), versions, two_persons=two)
    if seq is None:
        return None
    if seq != whole.seq:
        whole = folded(await app[LOG].read(meeting), seq)
    found = Record.of(kept.meeting, whole, await about(app, meeting))
    return found if any(track.cues for track in found.tracks) else None


async def refresh(app: web.Application, meeting: str, reason: str = "") -> None:
    """Bring lists, search, feeds and harvesting up to date with what is public of a meeting."""
    kept = await app[HUB].find(meeting)
    found = await public(app, meeting)
    if not reason:
        stones = await app[LOG].write(lambda log: tombstones_of(log, meeting))
        reason = next((stone.reason for stone in stones if stone.start is None), "")
    now = app[HUB].clock.wall_ms()
    if found is not None:
        await app[OPEN].put(found, now)
    elif await app[OPEN].read(lambda catalogue: _is_listed(catalogue.entry(meeting))):
        await app[OPEN].remove(meeting, now, reason)
    if kept is not None:
        seq = kept.seq
        await app[OPEN].write(lambda catalogue: catalogue.saw(meeting, seq))


async def refresh_all(app: web.Application, logger: FilteringBoundLogger) -> None:
    """Bring up to date what changed since it was looked at, as after a crash or when the catalogue was made anew."""
    seen = await app[OPEN].read(Catalogue.seen)
    for kept in await app[HUB].meetings():
        if seen.get(kept.meeting.id) != kept.seq:
            await refresh_safely(app, kept.meeting.id, logger)


async def refresh_safely(app: web.Application, meeting: str, logger: FilteringBoundLogger) -> None:
    """Bring one meeting up to date; what fails is logged and tried again at the next start."""
    try:
        await refresh(app, meeting)
    except (StorageError, sqlite3.Error):
        logger.exception("not listed", meeting=meeting)


def address(request: web.Request) -> str:
    """Return the archive's address: the persistent one, or where this request came to."""
    return request.app[OPEN].settings.address or f"{scheme(request)}://{request.host}"


def _is_listed(entry: Entry | None) -> bool:
    return entry is not None and not entry.deleted
