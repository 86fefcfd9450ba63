"""What of a meeting's record the public may read now, of all that the log holds."""

from dataclasses import dataclass

from aiohttp import web

from captioner.captions.cue import MeetingState
from captioner.captions.transcript import Transcript
from server.archive.erasure import Tombstone, tombstones_of
from server.archive.log import EventLog
from server.archive.publication import Version, folded, open_draft, public_seq
from server.archive.record import Record
from server.archive.review import versions_of
from server.archive.templating import day
from server.opening import about
from server.terms import TERMS
from server.web import HUB, LOG, meeting_id, problem


@dataclass(frozen=True, slots=True)
class Released:
    """What may be read: the fold up to a published version, or of the open draft."""

    transcript: Transcript | None  # None: nothing yet
    version: Version | None  # None: the open draft
    versions: tuple[Version, ...]
    stones: tuple[Tombstone, ...]


async def withheld(app: web.Application, transcript: Transcript, meeting: str) -> bool:
    """Tell whether the meeting is over and its words wait for somebody's release: then live addresses give none."""
    if transcript.state is not MeetingState.ENDED:
        return False
    return not open_draft(transcript.policy(), two_persons=(await app[TERMS](meeting)).two_person_release)


async def released(app: web.Application, meeting: str, number: int | None = None) -> Released:
    """Return what the public may read of a meeting, or of its version `number`."""
    whole = await app[HUB].transcript(meeting)
    terms = await app[TERMS](meeting)

    def read(log: EventLog) -> tuple[tuple[Version, ...], tuple[Tombstone, ...]]:
        return versions_of(log, meeting), tombstones_of(log, meeting)

    versions, stones = await app[LOG].write(read)
    if number is None:
        seq = public_seq(whole.seq, whole.policy(), versions, two_persons=terms.two_person_release)
        version = versions[-1] if versions else None
    else:
        version = next((each for each in versions if each.number == number), None)
        seq = None if version is None else version.seq
    if seq is None:
        return Released(None, None, versions, stones)
    if seq == whole.seq:
        return Released(whole, version, versions, stones)
    events = await app[LOG].read(meeting)
    return Released(folded(events, seq), version, versions, stones)


async def public_record(request: web.Request, number: int | None = None) -> tuple[Record, Released] | web.Response:
    """Return the record in the address as the public may read it, or the page that says why it may not.

    HTTPNotFound when there is no such meeting or version.
    """
    meeting = meeting_id(request)
    kept = await request.app[HUB].find(meeting)
    if kept is None:
        raise web.HTTPNotFound
    found = await released(request.app, meeting, number)
    if kept.seq == 0:
        why = "".join(f" Reason: {stone.reason} ({day(stone.at)})." for stone in found.stones if stone.start is None)
        return problem(request, 410, "Erased", f"This transcript was erased and cannot be had back.{why}")
    if found.transcript is None:
        if number is not None:
            raise web.HTTPNotFound
        advice = "This transcript has not been released yet. Somebody reviews it first. Come back later."
        return problem(request, 404, "Not released yet", advice)
    number = found.version.number if found.version else 0
    return Record.of(kept.meeting, found.transcript, await about(request.app, meeting, number)), found
