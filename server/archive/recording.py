"""A meeting's recording, published beside its record: which parts of it must be silent, and where it lies.

It was made fit to be published before it came here (captioner/audio/publishable.py): nothing that the record does not
have ever gets on this disk. The log remembers which parts are silent; as soon as more has to be, the recording is not
public any more, and is taken away.
"""

import contextlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from captioner.captions.cue import RecordPolicy
from captioner.captions.event import GapReason
from captioner.captions.policy import PolicyChange, PolicyTimeline
from captioner.captions.transcript import Transcript
from server.archive.log import EventLog
from server.archive.redaction import has_removed

FOLDER = "recordings"
NAME = "recording.mp3"
MAX_BYTES = 400_000_000  # of a recording; three hours have 65 MB
Span = tuple[int, int | None]  # ms on the meeting's timeline; None: to its end


class Attached(msgspec.Struct, frozen=True):
    """A recording that is here."""

    silent: tuple[Span, ...]
    digest: str  # SHA-512
    at: int  # Unix time in ms


def path_of(data: Path, meeting: str) -> Path:
    """Return where a meeting's recording lies, or would."""
    return data / FOLDER / f"{meeting}.mp3"


def silent_spans(transcript: Transcript) -> tuple[Span, ...]:
    """Return what nobody may hear: all that is not on the record, pauses, and captions with a name removed."""
    spans = _not_on_record(transcript.policy())
    spans += [
        (gap.start, gap.end if gap.end > gap.start else None)
        for gap in transcript.gaps()
        if gap.reason is GapReason.PAUSED
    ]
    for track in transcript.tracks():
        spans += [(u.cue.start, u.cue.end) for u in transcript.cues(track.id) if has_removed(u.cue.text)]
    return _joined(spans)


def covers(silent: Iterable[Span], wanted: Iterable[Span]) -> bool:
    """Tell whether everything that has to be silent is so."""
    known = _joined(silent)
    return all(
        any(s <= start and (e is None or (end is not None and end <= e)) for s, e in known) for start, end in wanted
    )


def attached(log: EventLog, meeting: str) -> Attached | None:
    """Return the meeting's recording, if there is one and all is silent in it that has to be."""
    rows = log.rows("SELECT silent, digest, at FROM recording WHERE meeting = ?", (meeting,))
    if not rows:
        return None
    found = Attached(msgspec.json.decode(rows[0][0], type=tuple[Span, ...]), rows[0][1], rows[0][2])
    return found if covers(found.silent, silent_spans(Transcript().apply_all(log.read(meeting)))) else None


def attach(log: EventLog, meeting: str, made: Attached) -> None:
    """Remember a recording whose file is in its place; NotSilent when it was made for another record."""
    wanted = silent_spans(Transcript().apply_all(log.read(meeting)))
    if not covers(made.silent, wanted):
        msg = "the record is another now: make the recording anew, with the parts silent that it has not"
        raise NotSilent(msg)
    row = (meeting, msgspec.json.encode(made.silent).decode(), made.digest, made.at)
    log.write("INSERT OR REPLACE INTO recording (meeting, silent, digest, at) VALUES (?, ?, ?, ?)", row)


def drop_outdated(log: EventLog, data: Path, meeting: str) -> bool:
    """Take a recording away in which more can be heard than may be; True when there was one."""
    if attached(log, meeting) is not None:
        return False
    return drop(log, data, meeting)


def drop(log: EventLog, data: Path, meeting: str) -> bool:
    """Take a meeting's recording away; True when there was one."""
    path = path_of(data, meeting)
    there = path.exists()
    path.unlink(missing_ok=True)
    known = bool(log.rows("SELECT 1 FROM recording WHERE meeting = ?", (meeting,)))
    if known:
        log.write("DELETE FROM recording WHERE meeting = ?", (meeting,))
    return there or known


def keep_file(fresh: Path, target: Path) -> None:
    """Put a file that was written beside it in its place."""
    fresh.replace(target)
    with contextlib.suppress(OSError):
        target.chmod(0o600)


class NotSilent(Exception):
    """More can be heard than the record has."""


def _not_on_record(changes: tuple[PolicyChange, ...]) -> list[Span]:
    spans: list[Span] = []
    since: int | None = 0
    for change in PolicyTimeline(changes).changes:
        if change.policy is not RecordPolicy.ON_RECORD:
            since = change.at if since is None else since
        elif since is not None:
            if change.at > since:
                spans.append((since, change.at))
            since = None
    return spans if since is None else [*spans, (since, None)]


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the same stretches by time, those that touch as one."""
    done: list[Span] = []
    for start, end in sorted(spans, key=lambda span: span[0]):
        last = done[-1] if done else None
        if last is not None and (last[1] is None or start <= last[1]):
            longer = None if last[1] is None or end is None else max(last[1], end)
            done[-1] = (last[0], longer)
        else:
            done.append((start, end))
    return tuple(done)
