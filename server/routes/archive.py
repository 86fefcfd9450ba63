"""The archive's pages and files, and the order to write them."""

from aiohttp import web

from server.access import require
from server.archive.writer import FORMATS
from server.roles import Verb
from server.web import HUB, PAGES, json, meeting_id, page, record

_TYPES = {"vtt": "text/vtt", "txt": "text/plain", "json": "application/json"}


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        web.get("/api/meetings", _meetings),
        web.post("/api/meetings/{meeting}/export", _export),
        web.get("/archive/", _archive),
        web.get("/archive/{meeting}/", _meeting),
        web.get("/archive/{meeting}/{file}", _file),
    ]


async def _meetings(request: web.Request) -> web.Response:
    kept = await request.app[HUB].meetings()
    return json(
        [
            {
                "id": one.meeting.id,
                "title": one.meeting.title,
                "started": one.meeting.started,
                "state": one.state,
                "live": f"/live/{one.meeting.id}",
                "transcript": f"/archive/{one.meeting.id}/",
            }
            for one in kept
        ]
    )


async def _export(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    await require(request, meeting, Verb.EXPORT)
    try:
        names = await request.app[HUB].export(meeting)
    except LookupError:
        raise web.HTTPNotFound from None
    return json({"transcript": f"/archive/{meeting}/", "files": [f"/archive/{meeting}/{name}" for name in names]})


async def _archive(request: web.Request) -> web.Response:
    return page(request.app[PAGES].archive(await request.app[HUB].meetings()))


async def _meeting(request: web.Request) -> web.Response:
    await require(request, meeting_id(request), Verb.READ)
    return page(request.app[PAGES].meeting(await record(request)))


async def _file(request: web.Request) -> web.Response:
    """Answer with a track as a file, rendered from the log, so that it is never older than the page."""
    await require(request, meeting_id(request), Verb.READ)
    name, _, ending = request.match_info["file"].rpartition(".")
    found = await record(request)
    track = next((track for track in found.tracks if track.track.id == name), None)
    if track is None or ending not in FORMATS:
        raise web.HTTPNotFound
    content = FORMATS[ending](found, track)
    return web.Response(text=content, content_type=_TYPES[ending], charset="utf-8")
