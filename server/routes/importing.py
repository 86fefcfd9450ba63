"""Bringing other people's captions in as a track."""

from http import HTTPStatus

from aiohttp import web

from captioner.captions.cue import MAX_NAME, Origin, RecordPolicy, Track, check_identifier, clean_text
from captioner.captions.errors import InvalidCue
from server.access import require
from server.archive.importing import MAX_BYTES, Wanted, read_file
from server.roles import Verb
from server.routes.answers import FileProblem, Imported, NotImported
from server.web import HUB, json, meeting_id


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [web.post("/api/meetings/{meeting}/tracks/{track}/import", _import)]


async def _import(request: web.Request) -> web.Response:
    """Take a file of captions; the answer lists what is wrong with it, by line and column.

    With `record` a meeting that is not there is made, under that policy, as one that has ended.
    """
    meeting, track = meeting_id(request), request.match_info["track"]
    await require(request, meeting, Verb.REVIEW)
    try:
        check_identifier(track, "track")
        policy = _policy(request.query.get("record", ""))
    except (InvalidCue, ValueError) as error:
        return json({"error": str(error)}, HTTPStatus.BAD_REQUEST)
    content = await _body(request)
    if content is None:
        return json({"error": f"the file is larger than {MAX_BYTES} bytes"}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    origin = Origin.AUTOMATIC if request.query.get("origin") == Origin.AUTOMATIC else Origin.HUMAN
    wanted = Wanted(request.query.get("language", ""), request.query.get("speaker", ""), origin is Origin.HUMAN)
    found = read_file(content, wanted)
    made = Track(track, found.language, clean_text(request.query.get("label", ""))[:200], origin)
    try:
        if policy is not None and found.updates:
            await request.app[HUB].open_ended(meeting, clean_text(request.query.get("title", ""))[:MAX_NAME], policy)
        count = await request.app[HUB].bring_in(meeting, made, found.updates)
    except LookupError:
        raise web.HTTPNotFound from None
    except ValueError as error:
        return json({"error": str(error)}, HTTPStatus.CONFLICT)
    problems = tuple(FileProblem(one.line, one.column, one.problem, one.lost) for one in found.problems)
    if count:
        return json(Imported(count, problems))
    why = "the record policy allows none of these captions" if found.updates else "no caption can be read in this file"
    return json(NotImported(0, problems, why), HTTPStatus.BAD_REQUEST)


def _policy(value: str) -> RecordPolicy | None:
    if not value:
        return None
    try:
        return RecordPolicy(value)
    except ValueError:
        msg = f"record must be one of {', '.join(RecordPolicy)}"
        raise ValueError(msg) from None


async def _body(request: web.Request) -> bytes | None:
    """Read the body up to the limit of an imported file; None when there is more."""
    parts, length = [], 0
    async for part in request.content.iter_chunked(65_536):
        length += len(part)
        if length > MAX_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)
