"""The archive's pages and files, and the order to write them."""

from aiohttp import web

from server.access import require
from server.archive.export import registry
from server.archive.export.brf import BrailleMissing
from server.archive.pages import History
from server.archive.recording import NAME
from server.opening import address
from server.publicity import public_record
from server.roles import Verb
from server.routes import recording
from server.routes.answers import Exported, Listed
from server.web import HUB, PAGES, RENDER, compress, json, meeting_id, page, problem, reader_of


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        web.get("/api/meetings", _meetings),
        web.post("/api/meetings/{meeting}/export", _export),
        web.get("/archive/{meeting}/", _meeting),
        web.get(r"/archive/{meeting}/v/{number:[1-9]\d{0,5}}/", _meeting),
        web.get(f"/archive/{{meeting}}/{NAME}", recording.file),
        web.get("/archive/{meeting}/{file}", _file),
    ]


async def _meetings(request: web.Request) -> web.Response:
    kept = await request.app[HUB].meetings()
    return json(
        [
            Listed(
                one.meeting.id,
                one.meeting.title,
                one.meeting.started,
                one.state,
                live=f"/live/{one.meeting.id}",
                transcript=f"/archive/{one.meeting.id}/",
            )
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
    return json(Exported(f"/archive/{meeting}/", tuple(f"/archive/{meeting}/{name}" for name in names)))


async def _meeting(request: web.Request) -> web.Response:
    await require(request, meeting_id(request), Verb.READ)
    number = request.match_info.get("number")
    found = await public_record(request, int(number) if number else None)
    if isinstance(found, web.Response):
        return found
    record, out = found
    history = History(out.version.number if out.version else 0, out.versions, out.stones)
    response = page(request.app[PAGES].meeting(record, address(request), history, reader_of(request)))
    compress(request, response)
    return response


async def _file(request: web.Request) -> web.Response:
    """Answer with a track as a file, rendered from the log, so that it is never older than the page."""
    await require(request, meeting_id(request), Verb.READ)
    said = await public_record(request)
    if isinstance(said, web.Response):
        return said
    found, name = said[0], request.match_info["file"]
    track, made = next(registry.find(found, name), (None, None))
    if track is None or made is None:
        raise web.HTTPNotFound
    try:
        content = await request.app[RENDER].file(found, track, made)
    except BrailleMissing as error:
        return problem(request, 503, "This format is not available here", f"{error}.")
    headers = {"Content-Type": made.content_type}
    if made.attachment:
        headers["Content-Disposition"] = f'attachment; filename="{found.meeting.id}-{name}"'
    response = web.Response(body=content, headers=headers)
    if made.text:
        compress(request, response)
    return response
