"""Bringing other people's captions in as a track."""

from http import HTTPStatus

from aiohttp import web

from captioner.captions.cue import Origin, Track, check_identifier, clean_text
from captioner.captions.errors import InvalidCue
from server.access import require
from server.archive.importing import MAX_BYTES, Wanted, read_file
from server.roles import Verb
from server.web import HUB, json, meeting_id


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [web.post("/api/meetings/{meeting}/tracks/{track}/import", _import)]


async def _import(request: web.Request) -> web.Response:
    """Take a file of captions; the answer lists what is wrong with it, by line and column."""
    meeting, track = meeting_id(request), request.match_info["track"]
    await require(request, meeting, Verb.REVIEW)
    try:
        check_identifier(track, "track")
    except InvalidCue as error:
        return json({"error": str(error)}, HTTPStatus.BAD_REQUEST)
    content = await _body(request)
    if content is None:
        return json({"error": f"the file is larger than {MAX_BYTES} bytes"}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    origin = Origin.AUTOMATIC if request.query.get("origin") == Origin.AUTOMATIC else Origin.HUMAN
    wanted = Wanted(request.query.get("language", ""), request.query.get("speaker", ""), origin is Origin.HUMAN)
    found = read_file(content, wanted)
    made = Track(track, found.language, clean_text(request.query.get("label", ""))[:200], origin)
    try:
        count = await request.app[HUB].bring_in(meeting, made, found.updates)
    except LookupError:
        raise web.HTTPNotFound from None
    except ValueError as error:
        return json({"error": str(error)}, HTTPStatus.CONFLICT)
    problems = [
        {"line": one.line, "column": one.column, "problem": one.problem, "lost": one.lost} for one in found.problems
    ]
    return json({"imported": count, "problems": problems}, HTTPStatus.OK if count else HTTPStatus.BAD_REQUEST)


async def _body(request: web.Request) -> bytes | None:
    """Read the body up to the limit of an imported file; None when there is more."""
    parts, length = [], 0
    async for part in request.content.iter_chunked(65_536):
        length += len(part)
        if length > MAX_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)
