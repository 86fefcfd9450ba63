"""`captioner archive attach-audio` and `detach-audio`: a meeting's recording beside its record."""

import hashlib
import json
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from captioner.audio.errors import AudioError
from captioner.audio.publishable import publishable
from captioner.captions.cue import MeetingState
from captioner.captions.transcript import Transcript
from captioner.cli_archive import Data, Meeting
from captioner.cli_records import DEFAULT_URL, fail, folder_of, through_server
from captioner.errors import ExitCode
from server.archive.log import EventLog
from server.archive.recording import Attached, Span, attach, drop, keep_file, path_of, silent_spans
from server.errors import LogInUse, ServerError

Url = Annotated[str, typer.Option("--url", help="Where a server that runs on this folder is reached.")]


def attach_audio(
    meeting: Meeting,
    file: Annotated[Path, typer.Argument(help="The recording: any file with sound.")],
    begins: Annotated[
        str, typer.Option("--begins", help="When the recording begins in the meeting, as 0:01:30 or -0:00:10.")
    ] = "0:00:00",
    consent: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--consent", help="Everybody who is heard has agreed that this is published.")
    ] = False,
    data: Data = None,
    url: Url = DEFAULT_URL,
) -> None:
    """Publish a recording beside an open record: silent wherever the record has nothing, and without tags."""
    if not consent:
        fail("a voice tells who speaks: ask everybody who is heard, then say --consent")
    start = _milliseconds(begins)
    folder = folder_of(data)
    try:
        log: EventLog | None = EventLog(folder)
    except LogInUse:
        log = None
    except ServerError as error:
        fail(str(error), ExitCode(error.exit_code))
    if log is None:
        _through_server(meeting, file, start, folder, url)
        return
    try:
        kept = log.find(meeting)
        if kept is None or not kept.seq:
            fail(f"there is no meeting {meeting}")
        if kept.state is MeetingState.LIVE:
            fail("the meeting is not over: end it first")
        silent = silent_spans(Transcript().apply_all(log.read(meeting)))
        target = path_of(folder, meeting)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.new")
        try:
            length = _made(file, fresh, start, silent)
            digest = hashlib.sha512(fresh.read_bytes()).hexdigest()
            attach(log, meeting, Attached(silent, digest, time.time_ns() // 1_000_000))
            keep_file(fresh, target)
            log.mark_exported(meeting, 0)  # its pages are written anew
        finally:
            fresh.unlink(missing_ok=True)
    except ServerError as error:
        fail(str(error), ExitCode(error.exit_code))
    finally:
        log.close()
    _told(length, silent)
    typer.echo("The server writes the pages anew when it starts.")


def detach_audio(meeting: Meeting, data: Data = None, url: Url = DEFAULT_URL) -> None:
    """Take a meeting's recording away."""
    folder = folder_of(data)
    try:
        log = EventLog(folder)
    except LogInUse:
        with through_server(url, folder) as api:
            api.ask("DELETE", f"{meeting}/recording")
        typer.echo("The recording is gone.")
        return
    except ServerError as error:
        fail(str(error), ExitCode(error.exit_code))
    try:
        gone = drop(log, folder, meeting)
        if gone:
            log.mark_exported(meeting, 0)
    finally:
        log.close()
    typer.echo("The recording is gone." if gone else "There was no recording.")


def _through_server(meeting: str, file: Path, start: int, folder: Path, url: str) -> None:
    """Make the recording silent here, and send only that."""
    with through_server(url, folder) as api, tempfile.TemporaryDirectory() as place:
        parts = api.ask("GET", f"{meeting}/recording")["silent"]
        silent: tuple[Span, ...] = tuple((part["start"], part["end"]) for part in parts)
        made = Path(place) / "recording.mp3"
        length = _made(file, made, start, silent)
        with made.open("rb") as content:
            done = api.send("PUT", f"{meeting}/recording", content, silent=json.dumps(parts), consent="yes")
    _told(length, silent)
    typer.echo(f"It plays at {api.url}{done['recording']}, and on the record's pages.")


def _made(file: Path, target: Path, start: int, silent: tuple[Span, ...]) -> int:
    if any(first <= 0 and last is None for first, last in silent):
        fail("nothing of this meeting is on the record: there is no recording to publish")
    try:
        return publishable(file, target, start, silent)
    except AudioError as error:
        fail(str(error), ExitCode.NOT_AUDIO)


def _told(length: int, silent: tuple[Span, ...]) -> None:
    typer.echo(f"{length // 60_000} min {length // 1000 % 60} s of sound, silent in {len(silent)} parts.")


def _milliseconds(text: str) -> int:
    sign, parts = (-1, text[1:]) if text.startswith("-") else (1, text)
    try:
        numbers = [float(part) for part in parts.split(":")]
    except ValueError:
        fail(f"--begins {text}: write it as 0:01:30")
    seconds = 0.0
    for number in numbers:
        seconds = seconds * 60 + number
    return sign * round(seconds * 1000)
