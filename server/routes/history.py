"""What a caption said before it was corrected: for readers, while the meeting lasts."""

import msgspec
from aiohttp import web

from captioner.captions.cue import CueStatus, CueUpdate, MeetingState
from captioner.captions.policy import PolicyTimeline, recordable
from server.access import require
from server.roles import Verb
from server.routes.answers import Versions
from server.web import HUB, LOG, json, meeting_id


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [web.get("/live/{meeting}/history/{cue}", _history)]


async def _history(request: web.Request) -> web.Response:
    """Return the versions of cue `cue` of `?track=`, the oldest first; 404 where there is nothing to be read."""
    meeting, cue = meeting_id(request), request.match_info["cue"]
    await require(request, meeting, Verb.READ)
    room = request.app[HUB].room(meeting)
    if room is None or room.transcript.state is not MeetingState.LIVE:
        raise web.HTTPNotFound  # afterwards the archive says what may be read
    track = request.query.get("track", "")
    kept = await request.app[LOG].write(lambda log: log.versions(meeting, track, cue))
    versions = readable(kept, PolicyTimeline(room.transcript.policy()))
    if not versions:
        raise web.HTTPNotFound
    return json(Versions(tuple(versions)))


def readable(kept: list[CueUpdate], timeline: PolicyTimeline) -> list[CueUpdate]:
    """Leave out what readers may not have: what was taken back, and what the record policy forbids now."""
    if kept and kept[-1].status is CueStatus.RETRACTED:
        kept = kept[-1:]
    shown = [recordable(update, timeline.strictest(update.cue.start, update.cue.end)) for update in kept]
    return [_light(update) for update in shown if update is not None]


def _light(update: CueUpdate) -> CueUpdate:
    return msgspec.structs.replace(update, cue=msgspec.structs.replace(update.cue, words=()))
