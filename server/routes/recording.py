"""A meeting's recording beside its public record: put there by a host's tool, and played by readers."""

import hashlib
from http import HTTPStatus
from pathlib import Path

import msgspec
from aiohttp import web

from captioner.captions.cue import MeetingState
from server.access import require
from server.archive.recording import (
    MAX_BYTES,
    Attached,
    NotSilent,
    attach,
    drop,
    keep_file,
    path_of,
    silent_spans,
)
from server.errors import StorageFull
from server.publicity import public_record
from server.roles import Verb
from server.routes.answers import Recorded, Silence, SilentPart
from server.web import CONFIG, HUB, LOG, json, meeting_id

_decoder = msgspec.json.Decoder(tuple[SilentPart, ...])


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        web.get("/api/meetings/{meeting}/recording", _silence),
        web.put("/api/meetings/{meeting}/recording", _put),
        web.delete("/api/meetings/{meeting}/recording", _delete),
    ]


async def file(request: web.Request) -> web.StreamResponse:
    """Answer with the recording of a public record, or with a part of it."""
    await require(request, meeting_id(request), Verb.READ)
    said = await public_record(request)
    if isinstance(said, web.Response):
        return said
    path = path_of(request.app[CONFIG].data, said[0].meeting.id)
    if not said[0].about.audio or not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Content-Type": "audio/mpeg"})


async def _silence(request: web.Request) -> web.Response:
    """Say which parts of a recording must be silent."""
    meeting = await _ended(request)
    spans = silent_spans(await request.app[HUB].transcript(meeting))
    return json(Silence(tuple(SilentPart(start, end) for start, end in spans)))


async def _put(request: web.Request) -> web.Response:
    """Take a recording that was made fit to be published."""
    meeting = await _ended(request)
    try:
        silent = tuple((part.start, part.end) for part in _decoder.decode(request.query.get("silent", "")))
    except msgspec.DecodeError:
        return json({"error": "say which parts are silent, as captioner archive attach-audio does"}, 400)
    if request.query.get("consent") != "yes":
        return json({"error": "say consent=yes when everybody who is heard has agreed to be published"}, 400)
    data, hub = request.app[CONFIG].data, request.app[HUB]
    target = path_of(data, meeting)
    fresh = target.with_name(f".{target.name}.new")
    try:
        digest = await _receive(request, fresh)
        if digest is None:
            return json(
                {"error": f"the recording is larger than {MAX_BYTES} bytes"}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            )
        made = Attached(silent, digest, hub.clock.wall_ms())

        def place(log: object) -> None:
            attach(log, meeting, made)  # type: ignore[arg-type] # the log's thread gives its log
            keep_file(fresh, target)

        await request.app[LOG].write(place)
    except NotSilent as error:
        return json({"error": str(error)}, 409)
    except ValueError as error:
        return json({"error": str(error)}, 400)
    except OSError as error:
        msg = f"{target} cannot be written ({error.strerror}): free space on its disk"
        raise StorageFull(msg) from error
    finally:
        fresh.unlink(missing_ok=True)
    await hub.export(meeting)
    return json(Recorded(f"/archive/{meeting}/recording.mp3"), 201)


async def _delete(request: web.Request) -> web.Response:
    """Take the recording away."""
    meeting = await _ended(request)
    data = request.app[CONFIG].data
    if not await request.app[LOG].write(lambda log: drop(log, data, meeting)):
        return json({"error": "this meeting has no recording"}, 404)
    await request.app[HUB].export(meeting)
    return web.Response(status=204)


async def _ended(request: web.Request) -> str:
    """Return the meeting in the address if it is over and the caller may publish."""
    meeting = meeting_id(request)
    await require(request, meeting, Verb.PUBLISH)
    kept = await request.app[HUB].find(meeting)
    if kept is None or kept.seq == 0:
        raise web.HTTPNotFound
    if kept.state is MeetingState.LIVE:
        raise web.HTTPConflict(
            text='{"error": "the meeting is not over: end it first"}', content_type="application/json"
        )
    return meeting


async def _receive(request: web.Request, fresh: Path) -> str | None:
    """Write the body to `fresh`; return its SHA-512, None when it is too large. ValueError when it is no MP3."""
    fresh.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, length = hashlib.sha512(), 0
    with fresh.open("wb") as made:
        async for part in request.content.iter_chunked(1 << 18):
            if not length and not part.startswith((b"ID3", b"\xff")):
                msg = "send an MP3 file, as captioner archive attach-audio makes it"
                raise ValueError(msg)
            length += len(part)
            if length > MAX_BYTES:
                return None
            digest.update(part)
            made.write(part)
    return digest.hexdigest() if length else None
