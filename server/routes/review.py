"""The review of a record: its page, and what a reviewer may do. Every change is an event in the log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from aiohttp import web

from captioner.captions.cue import MAX_TIME, CueStatus, CueUpdate, MeetingState, RecordPolicy, clean_text
from captioner.captions.event import CaptionEvent, Event
from captioner.captions.policy import PolicyTimeline
from captioner.captions.transcript import Transcript
from server.access import DOORS, bearer, require
from server.archive.edits import Conflict, Edit, NotAllowed, updates_of
from server.archive.erasure import Tombstone, redact, strike, tombstones_of
from server.archive.log import EventLog
from server.archive.publication import (
    Refused,
    Review,
    State,
    Version,
    mark_reviewed,
    public_seq,
    publish,
    quarantined,
)
from server.archive.quality import Quality, cue_quality, quality
from server.archive.redaction import Person, find, remove
from server.archive.review import (
    MAX_NOTE,
    Dismissed,
    Statement,
    dismiss,
    dismissed_of,
    drop_statement,
    make_statement,
    review_of,
    statements_of,
    store_review,
    store_statement,
    versions_of,
)
from server.archive.transaction import Whole
from server.roles import Verb
from server.routes.answers import (
    Changed,
    Erased,
    Nothing,
    Proposal,
    Proposals,
    Released,
    ReviewedCue,
    UnderReview,
)
from server.routes.viewer import viewer_file
from server.terms import TERMS
from server.web import HUB, LOG, body, csp, json, meeting_id

T = TypeVar("T", bound=msgspec.Struct)
MAX_BODY = 4 * 1024 * 1024  # bytes; a replacement in a long meeting


class Step(msgspec.Struct, frozen=True):
    """The body of an order to mark as reviewed or to publish."""

    step: str  # "review" or "publish"
    seq: Whole  # what the person has seen
    note: str = ""


class Edits(msgspec.Struct, frozen=True):
    """The body of an order to change captions."""

    edits: tuple[Edit, ...]


class Span(msgspec.Struct, frozen=True):
    """A stretch of a caption's text, in characters."""

    track: str
    cue: str
    base: Whole
    start: Whole
    end: Whole


class Spans(msgspec.Struct, frozen=True):
    """The body of an order to remove names."""

    spans: tuple[Span, ...]


class Stated(msgspec.Struct, frozen=True):
    """The body of an order to attach a statement."""

    track: str
    first: str
    last: str
    author: str
    text: str


class Strike(msgspec.Struct, frozen=True):
    """The body of an order to strike a part."""

    start: Whole
    end: Whole
    policy: RecordPolicy
    reason: str


class Erase(msgspec.Struct, frozen=True):
    """The body of an order to erase the meeting."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the log's database holds of a review."""

    events: list[Event]
    review: Review
    versions: tuple[Version, ...]


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        web.get("/review/{meeting}", _page),
        web.get("/api/review/{meeting}", _state),
        web.post("/api/review/{meeting}/edits", _edits),
        web.post("/api/review/{meeting}/state", _step),
        web.get("/api/review/{meeting}/proposals", _proposals),
        web.post("/api/review/{meeting}/redact", _redact),
        web.post("/api/review/{meeting}/dismiss", _dismiss),
        web.post("/api/review/{meeting}/statements", _attach),
        web.delete("/api/review/{meeting}/statements/{id}", _detach),
        web.post("/api/review/{meeting}/strike", _strike),
        web.post("/api/review/{meeting}/erase", _erase),
    ]


async def _page(request: web.Request) -> web.StreamResponse:
    meeting_id(request)
    response = viewer_file(request, "review.html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = csp(media_src="'self' blob:")  # a recording that is never sent
    return response


async def _state(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    await require(request, meeting, Verb.REVIEW)
    kept = await request.app[HUB].find(meeting)
    if kept is None:
        return _no_meeting()

    def read(log: EventLog) -> tuple[_Standing, tuple[Statement, ...], tuple[Tombstone, ...]]:
        return _standing(log, meeting), statements_of(log, meeting), tombstones_of(log, meeting)

    standing, statements, stones = await request.app[LOG].write(read)
    transcript = Transcript().apply_all(standing.events)
    terms = await request.app[TERMS](meeting)
    two = terms.two_person_release
    return json(
        UnderReview(
            meeting=kept.meeting,
            seq=transcript.seq,
            state=_current(standing.review, transcript.seq),
            reviewed_seq=standing.review.seq,
            mine=bool(standing.review.by) and standing.review.by == _identity(request, meeting),
            two_persons=two,
            quarantine=quarantined(transcript.policy()),
            public_seq=public_seq(transcript.seq, transcript.policy(), standing.versions, two_persons=two),
            tracks=tuple(transcript.tracks()),
            versions=standing.versions,
            statements=statements,
            stones=stones,
            quality=_qualities(transcript),
            cues=tuple(_shown(each.track, each.update) for each in transcript.snapshot().cues),
        )
    )


async def _edits(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    await require(request, meeting, Verb.REVIEW)
    wanted = await _body(request, Edits)

    def work(log: EventLog) -> None:
        transcript = Transcript().apply_all(log.read(meeting))
        _keep(log, meeting, updates_of(transcript, wanted.edits))

    return await _changed(request, meeting, work)


async def _redact(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    await require(request, meeting, Verb.REDACT)
    wanted = await _body(request, Spans)

    def work(log: EventLog) -> None:
        transcript = Transcript().apply_all(log.read(meeting))
        cues: dict[tuple[str, str], list[Span]] = {}
        for span in wanted.spans:
            cues.setdefault((span.track, span.cue), []).append(span)
        updates = []
        for (track, cue), spans in cues.items():
            known = transcript.latest(track, cue)
            if known is None or known.status is not CueStatus.FINAL or any(s.base != known.revision for s in spans):
                raise Conflict([cue])
            clean = remove(known.cue, [(span.start, span.end) for span in spans])
            updates.append((track, msgspec.structs.replace(known, cue=clean, revision=known.revision + 1, human=True)))
        if updates:
            redact(log, meeting, updates)

    return await _changed(request, meeting, work, erasing=True)


async def _strike(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    await require(request, meeting, Verb.ERASE)
    wanted = await _body(request, Strike)
    reason, hub = clean_text(wanted.reason)[:MAX_NOTE], request.app[HUB]
    if not reason or not 0 <= wanted.start < wanted.end <= MAX_TIME or wanted.policy is RecordPolicy.ON_RECORD:
        return json({"error": "a part has a beginning, a later end, a stricter policy, and a reason for readers"}, 400)
    stone = Tombstone(meeting, reason, hub.clock.wall_ms(), wanted.start, wanted.end)
    kept = await hub.find(meeting)
    if kept is not None and kept.state is MeetingState.LIVE and wanted.end > stone.at - kept.meeting.started:
        return json({"error": "this part is not over yet: switch the record policy, or strike what was said"}, 400)
    return await _changed(request, meeting, lambda log: _done(strike(log, stone, wanted.policy)), erasing=True)


async def _erase(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    await require(request, meeting, Verb.ERASE)
    reason = clean_text((await _body(request, Erase)).reason)[:MAX_NOTE]
    if not reason:
        return json({"error": "write the reason: it stays, for readers"}, 400)
    hub = request.app[HUB]
    try:
        await hub.erase(Tombstone(meeting, reason, hub.clock.wall_ms()))
    except LookupError:
        return _no_meeting()
    return json(Erased(meeting))


async def _step(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    wanted = await _body(request, Step)
    releasing = wanted.step == "publish"
    await require(request, meeting, Verb.PUBLISH if releasing else Verb.REVIEW)
    by, at = _identity(request, meeting), request.app[HUB].clock.wall_ms()
    two = (await request.app[TERMS](meeting)).two_person_release
    kept = await request.app[HUB].find(meeting)
    if kept is None:
        return _no_meeting()
    if kept.state is MeetingState.LIVE:
        return json({"error": "the meeting is not over: end it first"}, 409)

    def work(log: EventLog) -> int:
        found = _standing(log, meeting)
        head = found.events[-1].seq if found.events else 0
        if wanted.seq != head:
            msg = "something was changed in the meantime: look at it, then do this again"
            raise Refused(msg)
        if not releasing:
            store_review(log, meeting, mark_reviewed(found.review, by, head, at))
            return 0
        released = publish(found.review, by, head, at, two_persons=two)
        number = max((version.number for version in found.versions), default=0) + 1
        note = clean_text(wanted.note)[:MAX_NOTE]
        store_review(log, meeting, released, Version(number, found.events[-1].epoch, head, at, note))
        return number

    try:
        number = await request.app[LOG].write(work)
    except Refused as refused:
        return json({"error": str(refused)}, 409)
    if releasing:
        await request.app[HUB].export(meeting)
    return json(Released(number))


async def _proposals(request: web.Request) -> web.Response:
    meeting, track = meeting_id(request), request.query.get("track", "")
    await require(request, meeting, Verb.REDACT)
    if await request.app[HUB].find(meeting) is None:
        return _no_meeting()
    transcript = await request.app[HUB].transcript(meeting)
    terms = await request.app[TERMS](meeting)
    roster = [Person(one.name, one.affiliation) for one in terms.roster]
    updates = {update.cue.id: update for update in transcript.cues(track)}
    refused = await request.app[LOG].write(lambda log: dismissed_of(log, meeting))
    found = find([update.cue for update in updates.values()], roster)
    return json(
        Proposals(
            tuple(
                Proposal(
                    track=track,
                    cue=one.cue,
                    start=one.start,
                    end=one.end,
                    text=one.text,
                    kind=one.kind,
                    score=one.score,
                    context=updates[one.cue].cue.text,
                    revision=updates[one.cue].revision,
                )
                for one in found
                if Dismissed(track, one.cue, one.start, one.end) not in refused
            )
        )
    )


async def _dismiss(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    await require(request, meeting, Verb.REDACT)
    wanted = await _body(request, Dismissed)
    if await request.app[HUB].find(meeting) is None:
        return _no_meeting()
    await request.app[LOG].write(lambda log: dismiss(log, meeting, wanted))
    return json(Nothing())


async def _attach(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    await require(request, meeting, Verb.REVIEW)
    wanted = await _body(request, Stated)
    if await request.app[HUB].find(meeting) is None:
        return _no_meeting()
    transcript = await request.app[HUB].transcript(meeting)
    first, last = (transcript.latest(wanted.track, cue) for cue in (wanted.first, wanted.last))
    if first is None or last is None or first.cue.start > last.cue.start:
        return json({"error": "a statement belongs to captions that are there, the first before the last"}, 400)
    policy = PolicyTimeline(transcript.policy()).strictest(first.cue.start, last.cue.end)
    if policy is not RecordPolicy.ON_RECORD:
        return json(
            {"error": "this part is not on the record: a signed statement would name somebody who was there"}, 400
        )
    try:
        made = make_statement(
            wanted.track, wanted.first, wanted.last, wanted.author, wanted.text, request.app[HUB].clock.wall_ms()
        )
        await request.app[LOG].write(lambda log: store_statement(log, meeting, made))
    except ValueError as error:
        return json({"error": str(error)}, 400)
    await request.app[HUB].export(meeting)
    return json(made, 201)


async def _detach(request: web.Request) -> web.Response:
    meeting = meeting_id(request)
    await require(request, meeting, Verb.REVIEW)
    if not await request.app[LOG].write(lambda log: drop_statement(log, meeting, request.match_info["id"])):
        return json({"error": "there is no such statement: it was taken away before"}, 404)
    await request.app[HUB].export(meeting)
    return json(Nothing())


async def _changed(
    request: web.Request, meeting: str, work: Callable[[EventLog], None], *, erasing: bool = False
) -> web.Response:
    """Change the log, write the archive's files anew, and answer with the cues as they are now."""
    try:
        fresh = await request.app[HUB].rewrite(meeting, work, erasing=erasing)
    except LookupError:
        return _no_meeting()
    except Conflict as conflict:
        return json({"error": str(conflict), "cues": conflict.cues}, 409)
    except (NotAllowed, ValueError) as error:
        return json({"error": str(error)}, 400)
    transcript = await request.app[HUB].transcript(meeting)
    review = await request.app[LOG].write(lambda log: review_of(log, meeting))
    if not erasing:
        request.app[HUB].export_soon(meeting)
    touched = {(event.track, event.update.cue.id): event.update for event in fresh if isinstance(event, CaptionEvent)}
    return json(
        Changed(
            transcript.seq,
            _current(review, transcript.seq),
            _qualities(transcript),
            tuple(_shown(track, update) for (track, _), update in touched.items()),
        )
    )


def _standing(log: EventLog, meeting: str) -> _Standing:
    return _Standing(list(log.read(meeting)), review_of(log, meeting), versions_of(log, meeting))


def _current(review: Review, head: int) -> State:
    """A review counts only while nothing was changed after it."""
    return State.DRAFT if review.state is not State.DRAFT and review.seq != head else review.state


def _keep(log: EventLog, meeting: str, updates: Sequence[tuple[str, CueUpdate]]) -> None:
    with log.transaction():
        for track, update in updates:
            log.add(meeting, CaptionEvent(epoch="", seq=0, track=track, update=update))


def _done(_: object) -> None:
    return None


def _identity(request: web.Request, meeting: str) -> str:
    """Who asks: an invitation's id, so that two people are two invitations; no name."""
    claim = request.app[DOORS].claim(bearer(request), meeting)
    return claim.invitation or "host"


def _qualities(transcript: Transcript) -> dict[str, Quality]:
    return {track.id: quality(transcript.cues(track.id)) for track in transcript.tracks()}


def _shown(track: str, update: CueUpdate) -> ReviewedCue:
    cue, found = update.cue, cue_quality(update)
    return ReviewedCue(
        track=track,
        id=cue.id,
        start=cue.start,
        end=cue.end,
        text=cue.text if update.status is CueStatus.FINAL else "",
        speaker=cue.speaker,
        language=cue.language,
        revision=update.revision,
        status="corrected" if update.human else "automatic",
        unsure=found.unsure,
        marks=tuple(name for name in ("too_fast", "too_short", "too_long") if getattr(found, name)),
    )


async def _body(request: web.Request, kind: type[T]) -> T:
    return await body(request.clone(client_max_size=MAX_BODY), kind)


def _no_meeting() -> web.Response:
    return json({"error": "there is no such meeting: look at the list of meetings"}, 404)
