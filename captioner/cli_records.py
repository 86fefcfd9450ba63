"""`captioner import`, `announce`, `archive verify` and `rebuild`: what an archivist does at the command line."""

import contextlib
import smtplib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from captioner.captions.cue import Meeting, MeetingState, Origin, RecordPolicy, Track, check_identifier
from captioner.captions.errors import InvalidCue
from captioner.captions.policy import PolicyTimeline, recordable
from captioner.captions.transcript import Transcript
from captioner.captions.vtt_parser import Problem
from captioner.config import default_data
from captioner.errors import ExitCode, Failure
from captioner.host_api import HostApi, NoServer
from server.archive.announce import announcement, send
from server.archive.catalogue import Catalogue
from server.archive.importing import MAX_BYTES, Imported, Wanted, read_file
from server.archive.log import EventLog
from server.archive.rebuild import rebuild as rebuild_all
from server.archive.rebuild import verify as verify_all
from server.archive.settings import load
from server.drafts import draft_caption, draft_policy, draft_state, draft_track
from server.errors import LogInUse, ServerError
from server.tokens import host_token

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the log and the archive.")]
MeetingId = Annotated[str, typer.Option("--meeting", help="The meeting's id; made when there is none of it.")]
DEFAULT_URL = "http://127.0.0.1:8080"
SHOWN = 20  # problems of a file that are printed


def fail(problem: str, code: ExitCode = ExitCode.USAGE) -> NoReturn:
    """End with a problem and its exit code."""
    Console(stderr=True, highlight=False).print(Text(f"captioner: {problem}"), soft_wrap=True)
    raise typer.Exit(int(code))


def folder_of(data: Path | None) -> Path:
    """Return the data folder; end when there is none."""
    folder = (data or default_data()).expanduser().absolute()
    if not folder.is_dir():
        fail(f"there is no folder {folder}: name it with --data")
    return folder


def verify(data: Data = None) -> None:
    """Check the log, the files of each meeting and the search index; name what is damaged."""
    problems = 0
    try:
        for problem in verify_all(folder_of(data)):
            problems += 1
            typer.echo(problem)
    except ServerError as error:
        fail(str(error), ExitCode(error.exit_code))
    if problems:
        typer.echo("What is made from the log comes back with: captioner archive rebuild")
        raise typer.Exit(int(ExitCode.STORAGE))
    typer.echo("The log, the files and the search index are whole.")


def rebuild(data: Data = None) -> None:
    """Make the files of all meetings and the search index anew from the log. The server must not run."""
    try:
        made = rebuild_all(folder_of(data), lambda meeting: typer.echo(f"{meeting} ..."))
    except ServerError as error:
        fail(str(error), ExitCode(error.exit_code))
    typer.echo(f"{made.meetings} meetings, {made.files} files, {made.listed} open transcripts.")


def import_file(
    file: Annotated[Path, typer.Argument(help="A WebVTT or SubRip file.")],
    meeting: MeetingId,
    track: Annotated[str, typer.Option("--track", help="The track's id.")] = "cart",
    origin: Annotated[Origin, typer.Option("--origin", help="human (a captioner's work) or automatic.")] = Origin.HUMAN,
    speaker: Annotated[
        str, typer.Option("--speaker-from", help="How names stand in the text, as 'NAME: ' or '>> NAME: '.")
    ] = "",
    language: Annotated[str, typer.Option("--language", "-l", help="Of the text; otherwise the file's.")] = "",
    title: Annotated[str, typer.Option("--title", help="Of a new meeting.")] = "",
    record: Annotated[
        RecordPolicy, typer.Option("--record", help="Of a new meeting: on_record, chatham or off_record.")
    ] = RecordPolicy.ON_RECORD,
    data: Data = None,
    url: Annotated[
        str, typer.Option("--url", help="Where a server that runs on this folder is reached.")
    ] = DEFAULT_URL,
) -> None:
    """Import a transcript that was made elsewhere as a track: into the log, or through the server that runs on it."""
    try:
        check_identifier(meeting, "--meeting")
        check_identifier(track, "--track")
        if file.stat().st_size > MAX_BYTES:
            fail(f"{file} is larger than {MAX_BYTES} bytes")
        found = read_file(file.read_bytes(), Wanted(language, speaker, origin is Origin.HUMAN))
    except InvalidCue as error:
        fail(str(error))
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    _show(found.problems, file)
    if not found.updates:
        fail("nothing was imported: the file has no caption that can be read")
    folder = folder_of(data)
    made = Track(track, found.language, "", origin)
    try:
        count = _keep(folder, Meeting(meeting, title or meeting, time.time_ns() // 1_000_000), made, found, record)
    except LogInUse:
        query = {"language": language, "speaker": speaker, "origin": origin, "title": title, "record": record}
        with through_server(url, folder) as api:
            done = api.send("POST", f"{meeting}/tracks/{track}/import", file.read_bytes(), **query)
        typer.echo(f"{done['imported']} captions are in the archive as track {track}, through the server at {api.url}.")
        return
    except ServerError as error:
        fail(str(error), ExitCode(error.exit_code))
    typer.echo(f"{count} captions are in the log as track {track}; the server writes the files when it starts.")


@contextlib.contextmanager
def through_server(url: str, folder: Path) -> Iterator[HostApi]:
    """Yield the server that has the log; end with its words, or with how to find it."""
    try:
        yield HostApi(url, host_token(folder))
    except NoServer:
        fail(
            f"a server has the log of {folder}, but none answers at {url}: name its address with --url", ExitCode.SERVER
        )
    except Failure as failure:
        fail(failure.problem, failure.code)
    except ServerError as error:
        fail(str(error), ExitCode(error.exit_code))


def announce(
    meeting: Annotated[str, typer.Argument(help="The meeting's id.")],
    to: Annotated[str, typer.Option("--list", help="The mailing list's address.")],
    to_file: Annotated[Path | None, typer.Option("--to-file", help="Write the message to this file.")] = None,
    smtp: Annotated[str, typer.Option("--smtp", help="Send it through this server, as mail.example.org:25.")] = "",
    data: Data = None,
) -> None:
    """Announce an open transcript to a mailing list: an e-mail in a file, or sent through an SMTP server."""
    folder = folder_of(data)
    try:
        settings = load(folder)
        catalogue = Catalogue(folder)
        entry = catalogue.entry(meeting)
        catalogue.close()
        if entry is None:
            fail(f"{meeting} has no open transcript: it must have ended and be open to everybody")
        message = announcement(entry, settings, to, time.time_ns() // 1_000_000)
    except (ServerError, ValueError) as error:
        fail(str(error))
    if to_file is not None:
        to_file.write_bytes(bytes(message))
        typer.echo(f"The message is in {to_file}.")
    if smtp:
        host, _, port = smtp.partition(":")
        try:
            send(message, host, int(port or 25))
        except (OSError, ValueError, smtplib.SMTPException) as error:
            fail(f"{host} did not take the message: {error}", ExitCode.SERVER)
        typer.echo(f"{host} took the message.")
    if to_file is None and not smtp:
        typer.echo(message.as_string())


def _show(problems: tuple[Problem, ...], file: Path) -> None:
    console = Console(stderr=True, highlight=False)
    for problem in problems[:SHOWN]:
        lost = " (left out)" if problem.lost else ""
        console.print(Text(f"{file.name}, {problem}{lost}"), soft_wrap=True)
    if len(problems) > SHOWN:
        console.print(Text(f"... and {len(problems) - SHOWN} more"), soft_wrap=True)


def _keep(folder: Path, meeting: Meeting, track: Track, found: Imported, record: RecordPolicy) -> int:
    """Put what was read into the log, as its record policy allows; return how many captions."""
    log = EventLog(folder)
    try:
        if log.find(meeting.id) is None:
            log.open_meeting(meeting, [draft_policy(0, record), draft_state(MeetingState.ENDED)])
        transcript = Transcript().apply_all(log.read(meeting.id))
        known = {update.cue.id for update in transcript.cues(track.id)}
        if known - {update.cue.id for update in found.updates}:
            fail("this track has captions already: name another with --track")
        timeline = PolicyTimeline(transcript.policy())
        count = 0
        with log.transaction():
            if track not in transcript.tracks():
                log.add(meeting.id, draft_track(track))
            for update in found.updates:
                kept = recordable(update, timeline.strictest(update.cue.start, update.cue.end))
                if kept is not None:
                    count += log.add(meeting.id, draft_caption(track.id, kept)) is not None
    finally:
        log.close()
    return count
