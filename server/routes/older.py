"""The older captions of a meeting, for pages that have its newest."""

import gzip

from aiohttp import web

from server.access import require
from server.older import BLOCK, OlderCaptions
from server.publicity import withheld
from server.roles import Verb, allowed
from server.web import HUB, meeting_id

OLDER = web.AppKey("older", OlderCaptions)
_MOST_DIGITS = 6


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [web.get("/live/{meeting}/older/{before}", _older)]


async def _older(request: web.Request) -> web.Response:
    """Answer with the block of the cue before cue `before`; the header `Captions-Seq` says how new it is."""
    meeting, before = meeting_id(request), request.match_info["before"]
    grant = await require(request, meeting, Verb.READ)
    if not before.isdecimal() or len(before) > _MOST_DIGITS:
        raise web.HTTPNotFound
    transcript = await request.app[HUB].transcript(meeting)
    works = allowed(grant, Verb.REVIEW) or allowed(grant, Verb.CORRECT)
    if await withheld(request.app, transcript, meeting) and not works:
        raise web.HTTPNotFound
    seq = transcript.seq
    try:
        body = await request.app[OLDER].block(transcript, (int(before) - 1) // BLOCK)
    except LookupError:
        raise web.HTTPNotFound from None
    headers = {"Content-Type": "application/json", "Captions-Seq": str(seq), "Vary": "Accept-Encoding, Cookie"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=body, headers={**headers, "Content-Encoding": "gzip"})
    return web.Response(body=gzip.decompress(body), headers=headers)
