"""Captions line by line for programs that ask again and again, in the shape of StreamText's pull API.

`GET /captions?event=MEETING&last=POSITION&length=32&language=en` answers `{"content", "lastPosition", "languageCode"}`.
The position is opaque: a cue and a place in it, so that a correction of an earlier cue moves nothing. -1: the end.
"""

from aiohttp import web

from captioner.captions.cue import CueStatus, CueUpdate, check_identifier
from captioner.captions.errors import InvalidCue
from captioner.captions.transcript import Transcript
from server.access import require
from server.publicity import withheld
from server.roles import Verb
from server.routes.answers import Pulled
from server.web import HUB, json

_STEP = 10_000  # positions of one cue; its text is shorter
_DEFAULT, _LONGEST = 32, 500  # characters of a line
_DIGITS = 15  # of a position; JavaScript counts so far exactly


def routes() -> list[web.RouteDef]:
    """Return the address."""
    return [web.get("/captions", _captions)]


async def _captions(request: web.Request) -> web.Response:
    meeting = request.query.get("event", "")
    try:
        check_identifier(meeting, "event")
        last, length = _number(request, "last", 0), _number(request, "length", _DEFAULT)
    except InvalidCue as error:
        return json({"error": str(error)}, 400)
    await require(request, meeting, Verb.READ)
    if await request.app[HUB].find(meeting) is None:
        return json({"error": "there is no event of this name"}, 404)
    language = request.query.get("language", "")
    transcript = await request.app[HUB].transcript(meeting)
    if await withheld(request.app, transcript, meeting):
        return json({"error": "the event is over, and its captions are not released yet"}, 404)
    cues = cues_of(transcript, language)
    if cues is None:
        return json({"error": "the event has no captions in this language"}, 404)
    content, position = line(cues, last, max(1, min(length, _LONGEST)))
    code = language or (cues[-1].cue.language if cues else "en")
    response = json(Pulled(content, position, code))
    response.headers["Content-Language"] = code
    return response


def _number(request: web.Request, name: str, default: int) -> int:
    value = request.query.get(name, str(default))
    if not value.removeprefix("-").isdecimal() or len(value) > _DIGITS:
        msg = f"{name} must be a number"
        raise InvalidCue(msg)
    return int(value)


def cues_of(transcript: Transcript, language: str) -> list[CueUpdate] | None:
    """Return the cues of the first track in a language, in the order in which they first came; None without one.

    Cues that were taken back stay in their place, so that positions hold.
    """
    wanted = language.lower().partition("-")[0]
    for track in transcript.tracks():
        if not wanted or track.language.lower().partition("-")[0] in {wanted, "mul"}:
            return [shown.update for shown in transcript.snapshot().cues if shown.track == track.id]
    return None


def line(cues: list[CueUpdate], last: int, length: int) -> tuple[str, int]:
    """Return the next line behind a position, at most `length` characters and broken between words, and its end."""
    end = len(cues) * _STEP
    if last < 0 or last >= end:
        return "", end
    index, offset = divmod(last, _STEP)
    content = ""
    while index < len(cues):
        update = cues[index]
        text = f"{update.cue.text} " if update.status is CueStatus.FINAL else ""
        room = length - len(content)
        rest = text[offset:]
        if len(rest.rstrip()) <= room:
            content, index, offset = content + rest, index + 1, 0
            continue
        cut = rest.rfind(" ", 0, room + 1) + 1
        if cut == 0 and not content:
            cut = room  # a word that is longer than the line
        return content + rest[:cut], index * _STEP + offset + cut
    return content, end
