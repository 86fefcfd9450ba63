"""What the routes answer with as JSON. The OpenAPI document is made from these types."""

import msgspec

from captioner.captions import wire
from captioner.captions.cue import CueUpdate, Meeting, MeetingState, Track
from server.archive.erasure import Tombstone
from server.archive.publication import State, Version
from server.archive.quality import Quality
from server.archive.redaction import Kind
from server.archive.review import Statement
from server.faults import FieldError
from server.roles import Grant


class Problem(msgspec.Struct, frozen=True):
    """Why something was refused, and what to do."""

    error: str


class Conflicts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a change was refused; `cues` were changed by somebody else, or are not there."""

    error: str
    cues: tuple[str, ...] = ()


class InvalidFields(msgspec.Struct, frozen=True):
    """What is wrong with which field."""

    error: str
    errors: tuple[FieldError, ...]


class Listed(msgspec.Struct, frozen=True):
    """A meeting in the list of meetings."""

    id: str
    title: str
    started: int  # Unix time in ms
    state: MeetingState
    live: str  # path of the live page
    transcript: str  # path of the record's page


class Exported(msgspec.Struct, frozen=True):
    """What was written."""

    transcript: str  # path of the record's page
    files: tuple[str, ...]  # their paths


class Versions(msgspec.Struct, frozen=True):
    """What a caption said, the oldest first."""

    versions: tuple[CueUpdate, ...]


class FileProblem(msgspec.Struct, frozen=True):
    """What does not conform in a file of captions, and whether a caption is left out for it."""

    line: int
    column: int
    problem: str
    lost: bool


class Imported(msgspec.Struct, frozen=True):
    """How many captions were taken over, and what could not be read."""

    imported: int
    problems: tuple[FileProblem, ...]


class NotImported(Imported, frozen=True):
    """Nothing was taken over, and why."""

    error: str


class Invited(msgspec.Struct, frozen=True):
    """An invitation, without its token. Times are Unix time in ms."""

    id: str
    role: Grant
    label: str
    created: int
    expires: int
    revoked: bool
    in_room: bool  # sees who speaks, live, also under the Chatham House Rule


class NewInvitation(Invited, frozen=True):
    """An invitation that was just made: the token is here and nowhere else, ever."""

    token: str
    path: str  # of the role's page, with the token in the fragment


class SilentPart(msgspec.Struct, frozen=True):
    """A part of a recording, in ms on the meeting's timeline; without an end it goes on to the recording's."""

    start: int
    end: int | None = None


class Silence(msgspec.Struct, frozen=True):
    """What must be silent in a recording."""

    silent: tuple[SilentPart, ...]


class Recorded(msgspec.Struct, frozen=True):
    """Where a recording plays."""

    recording: str


class PasscodeSet(msgspec.Struct, frozen=True):
    """Whether viewers now need a passcode."""

    passcode: bool


class OutputTold(wire.Output, frozen=True):
    """A conference output, and how long ago it last succeeded."""

    ago_ms: int | None = None


class Pulled(msgspec.Struct, frozen=True, rename="camel"):
    """A line of captions and the position behind it."""

    content: str
    last_position: int
    language_code: str


class Named(msgspec.Struct, frozen=True):
    """Somebody who agreed to be named."""

    name: str


class Terms(msgspec.Struct, frozen=True):
    """What helps who corrects and types."""

    glossary: str
    roster: tuple[Named, ...]
    title: str  # of the meeting; "" where nobody has given one yet


class ReviewedCue(msgspec.Struct, frozen=True):
    """A caption as a reviewer sees it. Times are ms on the meeting's timeline."""

    track: str
    id: str
    start: int
    end: int
    text: str  # "" where it was taken back
    speaker: str
    language: str
    revision: int
    status: str  # automatic or corrected
    unsure: tuple[str, ...]  # words that were hardly heard
    marks: tuple[str, ...]  # too_fast, too_short, too_long


class UnderReview(msgspec.Struct, frozen=True):
    """A record under review."""

    meeting: Meeting
    seq: int
    state: State
    reviewed_seq: int
    mine: bool  # who asks has reviewed it
    two_persons: bool
    quarantine: bool
    public_seq: int | None  # up to where everybody may read; null for nothing
    tracks: tuple[Track, ...]
    versions: tuple[Version, ...]
    statements: tuple[Statement, ...]
    stones: tuple[Tombstone, ...]
    quality: dict[str, Quality]  # by track
    cues: tuple[ReviewedCue, ...]


class Changed(msgspec.Struct, frozen=True):
    """A record after a change: the cues that were touched."""

    seq: int
    state: State
    quality: dict[str, Quality]  # by track
    cues: tuple[ReviewedCue, ...]


class Released(msgspec.Struct, frozen=True):
    """The version that was published; 0 when the record was marked as reviewed."""

    version: int


class Erased(msgspec.Struct, frozen=True):
    """The meeting that was erased."""

    erased: str


class Proposal(msgspec.Struct, frozen=True):
    """A span of a caption's text that may have to go. `start` and `end` count characters."""

    track: str
    cue: str
    start: int
    end: int
    text: str
    kind: Kind
    score: int  # 0..100; below 100 it was heard otherwise than it is written
    context: str
    revision: int


class Proposals(msgspec.Struct, frozen=True):
    """What the redaction helper proposes."""

    proposals: tuple[Proposal, ...]


class Nothing(msgspec.Struct, frozen=True):
    """It was done; there is nothing to say."""
