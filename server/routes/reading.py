"""Reading without our live page: server-sent events, a stream of text, and a page that needs no JavaScript.

All resume from the same cursor: `epoch:seq`, or a seq of the present log.
"""

from collections.abc import Sequence
from urllib.parse import quote

import msgspec
from aiohttp import web

from captioner.captions.cue import CueUpdate
from captioner.captions.event import CaptionEvent, Event, GapEvent
from captioner.captions.transcript import Gap, Transcript
from server.access import DOORS, grant_of, require
from server.doors import PASS_HOURS, Shut, cookie_name
from server.publicity import withheld
from server.roles import Grant, Verb, allowed
from server.session import Subscribe
from server.streams import Lines, serve_stream, server_sent
from server.web import HUB, LOG, PAGES, address, csp, meeting_id, obstacle, page, reader_of

_REFRESH = (15, 30, 60)  # seconds; a page that loads itself anew is a choice, never the rule
_MAX_SEQ_DIGITS = 18


class Cursor(msgspec.Struct, frozen=True):
    """Up to where a reader has read; epoch "" for the present log."""

    epoch: str = ""
    seq: int = 0


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        web.get("/live/{meeting}/events", _events),
        web.get("/live/{meeting}/text", _text),
        web.get("/live/{meeting}/plain", _plain),
        web.get("/live/{meeting}/passcode", _ask_passcode),
        web.post("/live/{meeting}/passcode", _take_passcode),
    ]


def cursor(text: str) -> Cursor:
    """Read `epoch:seq` or `seq`; what is neither is a reader who has nothing."""
    epoch, _, seq = text.strip().rpartition(":")
    return Cursor(epoch, int(seq)) if seq.isascii() and seq.isdigit() and len(seq) <= _MAX_SEQ_DIGITS else Cursor()


async def _wanted(request: web.Request, text: str) -> Subscribe:
    meeting = meeting_id(request)
    grant = await require(request, meeting, Verb.READ)
    where = cursor(text)
    epoch = where.epoch or await _epoch(request, meeting)
    return Subscribe(meeting, epoch, where.seq, Grant.VIEWER if grant is not Grant.STRANGER else grant)


async def _epoch(request: web.Request, meeting: str) -> str:
    kept = await request.app[HUB].find(meeting)
    return "" if kept is None else kept.epoch


async def _events(request: web.Request) -> web.StreamResponse:
    wanted = await _wanted(request, request.headers.get("Last-Event-ID", request.query.get("after", "")))
    return await serve_stream(request, request.app[HUB], "text/event-stream; charset=utf-8", server_sent, wanted)


async def _text(request: web.Request) -> web.StreamResponse:
    wanted = await _wanted(request, request.query.get("after", ""))
    lines = Lines(request.query.get("track", ""), numbered=request.query.get("number", "") == "1")
    return await serve_stream(request, request.app[HUB], "text/plain; charset=utf-8", lines, wanted)


async def _plain(request: web.Request) -> web.Response:
    """Answer with what came after the cursor, and with a link to what will come."""
    meeting, hub = meeting_id(request), request.app[HUB]
    if not allowed(await grant_of(request, meeting), Verb.READ):
        raise web.HTTPSeeOther(reader_of(request).to(f"/live/{meeting}/passcode"))
    kept = await hub.find(meeting)
    if kept is None:
        return obstacle(request, 404, "not_begun")
    events = await request.app[LOG].read(meeting)
    where = cursor(request.query.get("after", ""))
    gap = bool(where.epoch and where.epoch != kept.epoch) or where.seq > len(events)
    after = 0 if gap else where.seq
    transcript = Transcript().apply_all(events)
    if await withheld(request.app, transcript, meeting):
        return obstacle(request, 404, "not_released")
    track = request.query.get("track", "")
    tracks = [
        (each, _newer(transcript, each.id, events[:after], events[after:]))
        for each in transcript.tracks()
        if track in {"", each.id}
    ]
    refresh = next((wait for wait in _REFRESH if str(wait) == request.query.get("refresh", "")), 0)
    here = f"/live/{meeting}/plain?after={transcript.epoch}:{transcript.seq}" + (
        f"&track={quote(track)}" if track else ""
    )
    html = request.app[PAGES].plain(
        kept.meeting,
        tracks,
        facts={
            "live": transcript.state.value == "live", "gap": gap, "first": after == 0, "here": here, "refresh": refresh,
            "choices": _REFRESH, "policy": (await hub.policy(meeting)).value,
        },
        reader=reader_of(request),
    )  # fmt: skip
    answer = page(html)
    answer.enable_compression()
    return answer


def _newer(
    transcript: Transcript, track: str, before: Sequence[Event], fresh: Sequence[Event]
) -> list[tuple[int, CueUpdate | Gap, bool]]:
    """Return a track's cues and the gaps that fresh events tell of, by time; each with whether it was known before."""
    known, cues = (
        {each.update.cue.id for each in events if isinstance(each, CaptionEvent) and each.track == track}
        for events in (before, fresh)
    )
    ended = {(each.start, each.reason) for each in fresh if isinstance(each, GapEvent) and each.end > each.start}
    said: list[tuple[int, CueUpdate | Gap, bool]] = [
        (each.cue.start, each, each.cue.id in known) for each in transcript.cues(track) if each.cue.id in cues
    ]
    said += [(each.start, each, False) for each in transcript.gaps() if (each.start, each.reason) in ended]
    return sorted(said, key=lambda one: one[0])


async def _ask_passcode(request: web.Request) -> web.Response:
    return _form(request, "")


async def _take_passcode(request: web.Request) -> web.StreamResponse:
    """Take the form: a right passcode leaves a cookie that opens this meeting."""
    meeting, doors = meeting_id(request), request.app[DOORS]
    form = await request.post()
    passcode = str(form.get("passcode", ""))
    try:
        await doors.guess(meeting, passcode, address(request))
    except Shut as shut:
        wrong = "too_many" if shut.limited else "wrong" if passcode else "empty"
        return _form(request, wrong, 429 if shut.limited else 401)
    answer = web.HTTPSeeOther(reader_of(request).to(f"/live/{meeting}/plain"))
    answer.set_cookie(
        cookie_name(meeting), doors.issue_pass(meeting), max_age=PASS_HOURS * 3600, path="/", httponly=True,
        samesite="Strict", secure=request.secure,
    )  # fmt: skip
    raise answer


def _form(request: web.Request, wrong: str, status: int = 200) -> web.Response:
    answer = page(request.app[PAGES].passcode(meeting_id(request), wrong, reader_of(request)), status)
    answer.headers["Content-Security-Policy"] = csp(form_action="'self'")
    return answer
