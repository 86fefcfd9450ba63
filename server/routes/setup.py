"""A meeting's set-up, for its host; and of it, for those who correct and type, the terms and the names."""

import msgspec
from aiohttp import web

from server.access import grant_of, require
from server.faults import Fault, InvalidSetup, invalid
from server.roles import Verb, allowed
from server.routes.answers import InvalidFields, Named, Terms
from server.setup import MAX_BODY, MeetingSetup, decode
from server.setup_files import from_ics, from_toml
from server.web import HUB, json, meeting_id


class PlanFile(msgspec.Struct, frozen=True):
    """A plan or an invitation, as the form sends it."""

    name: str
    text: str


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        web.get("/api/meetings/{meeting}/setup", _get),
        web.put("/api/meetings/{meeting}/setup", _put),
        web.post("/api/meetings/{meeting}/setup/read", _read),
        web.get("/api/meetings/{meeting}/terms", _terms),
    ]


async def _get(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    await require(request, meeting, Verb.SETUP)
    setup = request.app[HUB].setups.of(meeting)
    return json(msgspec.structs.asdict(setup))  # also what is as by default: a form shows it


async def _put(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    await require(request, meeting, Verb.SETUP)
    try:
        setup = decode(await _bounded(request))
    except InvalidSetup as found:
        return _refused(found)
    await request.app[HUB].set_up(meeting, setup)
    return json(msgspec.structs.asdict(setup))


async def _read(request: web.Request) -> web.Response:
    """Read a file into a set-up without keeping anything: the host looks it over first."""
    await require(request, meeting_id(request), Verb.SETUP)
    try:
        file = msgspec.json.decode(await _bounded(request), type=PlanFile)
        read = from_ics if file.name.lower().endswith(".ics") or "BEGIN:VCALENDAR" in file.text[:200] else from_toml
        return json(msgspec.structs.asdict(read(file.text)))
    except msgspec.DecodeError:
        return _refused(invalid(Fault.JSON, "file"))
    except InvalidSetup as found:
        return _refused(found)


async def _terms(request: web.Request) -> web.Response:
    """Return the glossary, of the roster those who agreed to be named, and the meeting's title."""
    meeting = meeting_id(request)
    grant = await grant_of(request, meeting)
    if not allowed(grant, Verb.APPEND):
        await require(request, meeting, Verb.CORRECT)
    hub = request.app[HUB]
    setup: MeetingSetup = hub.setups.of(meeting)
    kept = await hub.find(meeting)
    title = kept.meeting.title if kept else setup.title
    return json(Terms(setup.glossary, tuple(Named(one.name) for one in setup.roster if one.consent), title))


def _refused(found: InvalidSetup) -> web.Response:
    return json(InvalidFields("some fields need another look", found.errors), 422)


async def _bounded(request: web.Request) -> bytes:
    """Read a body of at most MAX_BODY bytes; the application's own limit is for everything else."""
    content = bytearray()
    async for chunk in request.content.iter_any():
        content += chunk
        if len(content) > MAX_BODY:
            raise invalid(Fault.SIZE, "", most=MAX_BODY // 1024)
    return bytes(content)
