"""Addresses of Zoom's and StreamText's shape, so that the software of human captioners writes into our meetings.

Such software takes nothing but an address, so that the secret, an invitation as captioner, stands in its query. The
server writes no access log; a proxy before it must not log these addresses either (see docs/host.md).
"""

from datetime import UTC, datetime

from aiohttp import web

from captioner.captions.cue import check_identifier, check_language
from captioner.captions.errors import InvalidCue
from server.access import DOORS
from server.feeds import FEEDS, NotStarted
from server.ingest import spaced
from server.invitations import Claim, NotValid
from server.roles import Verb, allowed
from server.web import meeting_id

_MAX_SEQ = 2**53
_FORBIDDEN = "this address is wrong, revoked or has expired: ask the host for a new one\n"


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        web.get("/ingest/zoom/{meeting}/closedcaption/seq", _seq),
        web.post("/ingest/zoom/{meeting}/closedcaption", _zoom),
        web.post("/ingest/streamtext/{meeting}", _streamtext),
    ]


async def _zoom(request: web.Request) -> web.Response:
    """POST text/plain with seq and lang: a stretch of captions."""
    return await _write(request, zoom=True)


async def _streamtext(request: web.Request) -> web.Response:
    """POST text/plain with seq and lang: characters as they are typed, delete characters among them."""
    return await _write(request, zoom=False)


async def _write(request: web.Request, *, zoom: bool) -> web.Response:
    meeting = meeting_id(request)
    claim = _claim(request, meeting)
    if claim is None:
        return web.Response(
            status=403, text="this address is wrong, revoked or has expired: ask the host for a new one\n"
        )
    try:
        track, language, seq = _track(request), _language(request), _number(request)
    except (InvalidCue, ValueError):
        return web.Response(status=400, text="seq must be a number, lang a code such as en-US, track a name\n")
    text = (await request.read()).decode(errors="replace")
    try:
        await request.app[FEEDS].take(meeting, track, language, claim, seq, spaced(text) if zoom else text)
    except NotStarted as not_started:
        return web.Response(status=400, text=f"{not_started}\n")
    return web.Response(text=datetime.now(UTC).isoformat(timespec="milliseconds") + "\n")


async def _seq(request: web.Request) -> web.Response:
    """GET the last number that was taken."""
    meeting = meeting_id(request)
    if _claim(request, meeting) is None:
        return web.Response(
            status=403, text="this address is wrong, revoked or has expired: ask the host for a new one\n"
        )
    try:
        track = _track(request)
    except InvalidCue:
        return web.Response(status=400, text="track must be a name\n")
    return web.Response(text=str(request.app[FEEDS].last(meeting, track)))


def _claim(request: web.Request, meeting: str) -> Claim | None:
    try:
        claim = request.app[DOORS].claim(request.query.get("signature", ""), meeting)
    except NotValid:
        return None
    return claim if allowed(claim.grant, Verb.APPEND) else None


def _track(request: web.Request) -> str:
    track = request.query.get("track") or "floor"
    check_identifier(track, "track")
    return track


def _language(request: web.Request) -> str:
    language = request.query.get("lang") or request.query.get("language") or "en"
    check_language(language)
    return language


def _number(request: web.Request) -> int | None:
    given = request.query.get("seq", "")
    if not given:
        return None
    number = int(given)
    if not 0 <= number < _MAX_SEQ:
        raise ValueError(given)
    return number
