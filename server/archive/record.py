"""What the archive's formats are made from: a meeting's tracks with their finals, and what was off the record."""

from dataclasses import dataclass
from datetime import UTC, datetime

from captioner.captions.cue import CueUpdate, Meeting, MeetingState, Origin, RecordPolicy, Track
from captioner.captions.policy import PolicyChange, PolicyTimeline
from captioner.captions.transcript import Transcript
from captioner.captions.webvtt import format_time

AUTOMATIC = (
    "These captions were made automatically. They may contain errors and should not be treated as an "
    "authoritative record."
)
HUMAN = "These captions were made by a person. They should not be treated as an authoritative record."

_PAUSE_MS = 2_000  # a silence that begins a paragraph
_PARAGRAPH = 600  # characters after which the next sentence begins a paragraph


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the meeting's timeline in ms; without `end` it goes on."""

    start: int
    end: int | None

    def __str__(self) -> str:
        """Say it for readers, in seconds."""
        start = format_time(self.start)[:-4]
        return f"{start}\u2013{format_time(self.end)[:-4]}" if self.end is not None else f"from {start} on"


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """A track's finals, in reading order."""

    track: Track
    cues: tuple[CueUpdate, ...]

    @property
    def quality(self) -> str:
        """Say how far it can be trusted."""
        return AUTOMATIC if self.track.origin is Origin.AUTOMATIC else HUMAN


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Cues that are read together: one speaker, one language."""

    speaker: str
    language: str
    cues: tuple[CueUpdate, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A meeting as it may be published."""

    meeting: Meeting
    epoch: str
    seq: int
    state: MeetingState
    off_record: tuple[Span, ...]
    tracks: tuple[TrackRecord, ...]

    @classmethod
    def of(cls, meeting: Meeting, transcript: Transcript) -> "Record":
        """Read a transcript."""
        tracks = tuple(TrackRecord(track, tuple(transcript.cues(track.id))) for track in transcript.tracks())
        spans = off_record_spans(transcript.policy())
        return cls(meeting, transcript.epoch, transcript.seq, transcript.state, spans, tracks)

    @property
    def date(self) -> str:
        """The day and time of the beginning, in UTC."""
        return datetime.fromtimestamp(self.meeting.started / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")

    @property
    def off_record_lines(self) -> tuple[str, ...]:
        """Say when the meeting was off the record."""
        return tuple(f"Off the record {span}" for span in self.off_record)


def off_record_spans(changes: tuple[PolicyChange, ...]) -> tuple[Span, ...]:
    """Return when nothing was kept, by the changes in the order in which they were made."""
    spans: list[Span] = []
    since: int | None = 0
    for change in PolicyTimeline(changes).changes:
        if change.policy is RecordPolicy.OFF_RECORD:
            since = change.at if since is None else since
        elif since is not None:
            if change.at > since:
                spans.append(Span(since, change.at))
            since = None
    if since is not None:
        spans.append(Span(since, None))
    return tuple(spans)


def paragraphs(cues: tuple[CueUpdate, ...]) -> list[Paragraph]:
    """Put cues together for reading; a new speaker, language, a pause or much text begins a paragraph."""
    groups: list[list[CueUpdate]] = []
    length = 0
    for update in cues:
        cue = update.cue
        last = groups[-1][-1].cue if groups else None
        same = last is not None and (last.speaker, last.language) == (cue.speaker, cue.language)
        near = last is not None and cue.start - last.end < _PAUSE_MS
        if same and near and length < _PARAGRAPH:
            groups[-1].append(update)
            length += len(cue.text)
        else:
            groups.append([update])
            length = len(cue.text)
    return [Paragraph(group[0].cue.speaker, group[0].cue.language, tuple(group)) for group in groups]
