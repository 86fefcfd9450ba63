"""What the archive's formats are made from: a meeting's tracks with their finals, and what was off the record."""

import functools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from captioner.captions.cue import CueUpdate, Meeting, MeetingState, Origin, RecordPolicy, Track
from captioner.captions.event import GapReason
from captioner.captions.policy import PolicyChange, PolicyTimeline
from captioner.captions.segments import join
from captioner.captions.transcript import Transcript
from captioner.captions.webvtt import format_time

AUTOMATIC = (
    "These captions were made automatically. They may contain errors and should not be treated as an "
    "authoritative record."
)
CORRECTED = (
    "These captions were made automatically, and each was corrected or confirmed by a person. They should not be "
    "treated as an authoritative record."
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


_REASONS = {
    GapReason.AUDIO_LOST: "No captions, for the sound was lost",
    GapReason.NOT_CAPTIONED: "Not captioned",
    GapReason.PAUSED: "Captions paused",
}


@dataclass(frozen=True, slots=True)
class Missing:
    """A stretch of which the record has no words, and why."""

    span: Span
    reason: str

    def __str__(self) -> str:
        """Say it for readers."""
        return f"{self.reason} {self.span}"


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the agenda."""

    at: int | None  # ms; None where nobody knows when it began
    title: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A signed dissenting statement on a stretch of cues."""

    track: str
    first: str  # cue
    last: str  # cue
    author: str
    text: str  # paragraphs between line ends
    date: str


@dataclass(frozen=True, slots=True)
class SignalNote:
    """What readers told the host, where the set-up keeps it; never who they were."""

    at: int  # ms
    said: str
    text: str  # of a question
    count: int  # how many readers

    def __str__(self) -> str:
        """Say it for readers."""
        many = f" ({self.count} readers)" if self.count > 1 else ""
        return f"{format_time(self.at)[:-4]} {self.said}{f': {self.text}' if self.text else ''}{many}"


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a meeting beside what was said."""

    series: str = ""
    licence: str = ""  # URI
    agenda: tuple[Point, ...] = ()
    remarks: tuple[Remark, ...] = ()
    reviewed: bool = False  # a person has read it through
    version: int = 0  # number of the published version; 0: the log as it is
    corrected: str = ""  # when and what was corrected after publication
    address: str = ""  # persistent URI of the record
    signals: tuple[SignalNote, ...] = ()  # an annex: what readers told the host
    audio: str = ""  # URI of a recording on the same timeline


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """A track's finals, in reading order."""

    track: Track
    cues: tuple[CueUpdate, ...]

    @property
    def quality(self) -> str:
        """Say how far it can be trusted."""
        made_by_people = sum(update.human for update in self.cues)
        if self.track.origin is Origin.HUMAN:
            return HUMAN
        if made_by_people and made_by_people == len(self.cues):
            return CORRECTED
        if made_by_people:
            return f"{AUTOMATIC} A person corrected {made_by_people} of {len(self.cues)}."
        return AUTOMATIC


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Cues that are read together: one speaker, one language."""

    speaker: str
    language: str
    cues: tuple[CueUpdate, ...]

    @property
    def start(self) -> int:
        """When it begins, in ms."""
        return self.cues[0].cue.start

    @property
    def text(self) -> str:
        """Everything said, on one line."""
        return functools.reduce(join, (update.cue.text for update in self.cues), "")


@dataclass(frozen=True, slots=True)
class Record:
    """A meeting as it may be published."""

    meeting: Meeting
    epoch: str
    seq: int
    state: MeetingState
    off_record: tuple[Span, ...]
    tracks: tuple[TrackRecord, ...]
    about: About = field(default_factory=About)
    gaps: tuple[Missing, ...] = ()  # without captions, though on the record

    @classmethod
    def of(cls, meeting: Meeting, transcript: Transcript, about: About | None = None) -> "Record":
        """Read a transcript."""
        tracks = tuple(TrackRecord(track, tuple(transcript.cues(track.id))) for track in transcript.tracks())
        spans = off_record_spans(transcript.policy())
        about = about or About()
        gaps = tuple(
            Missing(Span(gap.start, gap.end if gap.end > gap.start else None), _REASONS[gap.reason])
            for gap in transcript.gaps()
        )
        return cls(meeting, transcript.epoch, transcript.seq, transcript.state, spans, tracks, about, gaps)

    def knowing(self, about: About) -> "Record":
        """Return the same record with this beside it."""
        return replace(self, about=about)

    def uri(self, track: str = "", cue: str = "") -> str:
        """Return the persistent address of the record or of one cue; "" where none was given."""
        address = self.about.address
        return f"{address}/{track}:{cue}" if address and cue else address

    @property
    def date(self) -> str:
        """The day and time of the beginning, in UTC."""
        return datetime.fromtimestamp(self.meeting.started / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Return where words are missing and why, by time."""
        off = [Missing(span, "Off the record") for span in self.off_record]
        return tuple(sorted((*off, *self.gaps), key=lambda one: one.span.start))

    @property
    def missing_lines(self) -> tuple[str, ...]:
        """Say where words are missing and why."""
        return tuple(map(str, self.missing))

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
