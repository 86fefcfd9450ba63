"""The messages of WebSocket subprotocol `captions.v1`: JSON text frames, one object each, told apart by `type`.

A publisher opens with `hello` (role publisher, a token, its track), sends `update` until each final is acknowledged
with `ack`, and `end`. A viewer opens with `hello` (role viewer, the epoch and seq it has), gets `welcome`, then
`snapshot` or `event`s, then lives on `event`, `live` and `status`. Host, corrector and archivist say hello with their
token, get what a viewer gets, and may send what their role allows: `correct`, `speaker`, `rename`, `set_policy`,
`control`; host and correctors also get `signalled` and `presence`. Unknown fields are ignored, so that either side may
be newer.
"""

import enum

import msgspec

from captioner.captions.cue import CueUpdate, Meeting, Origin, RecordPolicy, Track
from captioner.captions.errors import MalformedMessage, MessageTooLarge
from captioner.captions.event import Event
from captioner.captions.policy import PolicyChange
from captioner.captions.transcript import Snapshot, TrackUpdate

SUBPROTOCOL = "captions.v1"
MAX_FROM_PUBLISHER = 64 * 1024  # bytes; a cue of 256 words with times is about 20 KiB
MAX_FROM_VIEWER = 4 * 1024  # bytes; a viewer only says hello, signals and pings
HEARTBEAT_MS = 2_000  # the server speaks at least so often, so that a reader can say when it last heard from it


class Role(enum.StrEnum):
    """What a peer wants to be; all but a viewer of an open meeting prove it with a token."""

    PUBLISHER = "publisher"
    VIEWER = "viewer"
    CORRECTOR = "corrector"
    HOST = "host"
    ARCHIVIST = "archivist"


class Health(enum.StrEnum):
    """What the captioner of a track says of itself, or the server of it."""

    LIVE = "live"
    DELAYED = "delayed"
    AUDIO_LOST = "audio_lost"
    ABSENT = "absent"


class ErrorCode(enum.StrEnum):
    """Why the server refuses."""

    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    UNAUTHORISED = "unauthorised"
    NO_MEETING = "no_meeting"
    TRACK_TAKEN = "track_taken"
    MEETING_ENDED = "meeting_ended"
    STORAGE = "storage"
    TOO_SLOW = "too_slow"
    PASSCODE = "passcode"
    TOO_MANY = "too_many"
    CONFLICT = "conflict"


class SignalState(enum.StrEnum):
    """What the hosts have done about a signal."""

    NEW = "new"
    SEEN = "seen"
    ANSWERED = "answered"


class SignalKind(enum.StrEnum):
    """What a reader may tell the host with one press."""

    SLOW_DOWN = "slow_down"
    UNCLEAR = "unclear"
    WHO = "who"
    REPEAT = "repeat"
    QUESTION = "question"


class Action(enum.StrEnum):
    """What the host may do with the whole meeting."""

    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


class _Message(msgspec.Struct, frozen=True, tag_field="type", kw_only=True, omit_defaults=True):
    pass


class Hello(_Message, frozen=True, tag="hello"):
    """The first message of every role."""

    role: Role
    meeting: str
    epoch: str = ""  # all but a publisher: the log it has read from
    after: int = 0  # all but a publisher: the last seq it has
    token: str = ""  # the host's token or a signed invitation
    passcode: str = ""  # viewer: of a meeting that wants one
    partials: bool = True  # viewer: without them it gets finished text only, for slow lines
    recent: bool = False  # viewer: of a long meeting the newest captions first; it fetches the older ones itself
    publisher: str = ""  # publisher: its identity; the same one may replace its own dead connection
    title: str = ""  # publisher: the meeting's, when it opens it
    track: Track | None = None  # publisher
    policy: RecordPolicy | None = None  # publisher: the policy to open the meeting with; none fails closed


class Update(_Message, frozen=True, tag="update"):
    """Publisher: a partial (never acknowledged) or a final, correction or retraction (acknowledged once durable)."""

    update: CueUpdate


class Report(_Message, frozen=True, tag="report"):
    """Publisher: how it is, on change and every few seconds."""

    health: Health
    behind_ms: int = 0  # how far captions trail the audio
    level_db: int | None = None  # of the sound in the last moment, in dBFS; None where nothing is heard
    cpu: int | None = None  # per cent of one processor core
    source: str = ""  # the sound's source, in words for the host


class OutputState(enum.StrEnum):
    """How a conference output is."""

    OK = "ok"
    WAITING = "waiting"
    RETRYING = "retrying"
    FAILED = "failed"
    OFF = "off"


class Output(msgspec.Struct, frozen=True):
    """One conference output. Never its address, which may hold a secret."""

    name: str  # in the host's words
    kind: str  # zoom, teams, obs ...
    state: OutputState
    sent: int = 0
    errors: int = 0
    last_ok_ms: int | None = None  # Unix time of the last success


class OutputHealth(_Message, frozen=True, tag="output_health"):
    """Who sends captions to conferences: how its outputs are, all of them, on change and every few seconds."""

    outputs: tuple[Output, ...]


class SetPolicy(_Message, frozen=True, tag="set_policy"):
    """Host: switch the record policy from `change.at` on."""

    change: PolicyChange


class End(_Message, frozen=True, tag="end"):
    """Publisher: the meeting is over; write the archive."""


class HandBack(_Message, frozen=True, tag="hand_back"):
    """A person who publishes: the machine may have the track again; this connection publishes no more."""


class Correct(_Message, frozen=True, tag="correct"):
    """Corrector: a final's new text and speaker, or its retraction; the server gives the revision and keeps the times.

    Acknowledged with `ack` of the new revision. When `base` is not the newest revision: error `conflict` with that one.
    """

    track: str
    update: CueUpdate  # FINAL or RETRACTED
    base: int  # the revision that was edited


class Signal(_Message, frozen=True, tag="signal"):
    """Any reader: tell the host and the correctors something; never kept in the log."""

    signal: SignalKind
    text: str = ""
    name: str = ""


class Mark(_Message, frozen=True, tag="mark"):
    """Host: a signal has been seen, or answered; all hosts and correctors are told."""

    id: int
    state: SignalState


class Control(_Message, frozen=True, tag="control"):
    """Host: pause, resume or end the meeting."""

    action: Action


class Speaker(_Message, frozen=True, tag="speaker"):
    """Corrector: who speaks now; it labels later finals of the track that carry no speaker. "" for unknown."""

    track: str
    name: str = ""


class Rename(_Message, frozen=True, tag="rename", rename={"old": "from", "new": "to"}):
    """Corrector: what was said by `old` on this track was said by `new`."""

    track: str
    old: str
    new: str


class Editing(_Message, frozen=True, tag="editing"):
    """Corrector: begins to edit a caption; "" for none any more. Others are told, nobody is kept from anything."""

    track: str
    cue: str = ""


class Ping(_Message, frozen=True, tag="ping"):
    """Either side: answer with `pong` (a viewer's ping) or take as a sign of life (the server's)."""


class Pong(_Message, frozen=True, tag="pong"):
    """Answer to a ping."""


class Welcome(_Message, frozen=True, tag="welcome"):
    """Server: the hello is accepted."""

    meeting: Meeting
    epoch: str
    seq: int
    policy: RecordPolicy
    now_ms: int = 0  # the meeting's timeline now
    resume_ms: int = 0  # publisher: end of the last logged cue of its track
    heartbeat_ms: int = HEARTBEAT_MS


class SnapshotMessage(_Message, frozen=True, tag="snapshot"):
    """Server: everything up to `snapshot.seq`; `gap` when it replaces what the viewer had instead of adding to it.

    To a viewer who wants only what is `recent`: without the first `older` cues, which `/live/MEETING/older/N` has.
    """

    snapshot: Snapshot
    gap: bool = False
    older: int = 0


class EventMessage(_Message, frozen=True, tag="event"):
    """Server: the log accepted this. Sent only after it is durable."""

    event: Event


class Live(_Message, frozen=True, tag="live"):
    """Server: something to show that has no place in the log: a partial, or a final off the record."""

    shown: TrackUpdate


class TrackHealth(msgspec.Struct, frozen=True):
    """The captioner of one track."""

    track: str
    health: Health
    behind_ms: int = 0
    origin: Origin = Origin.AUTOMATIC  # who makes the captions now


class Status(_Message, frozen=True, tag="status"):
    """Server: on change, and to each newcomer."""

    captioners: tuple[TrackHealth, ...]
    policy: RecordPolicy
    paused: bool = False  # the host has paused the captions


class Signalled(_Message, frozen=True, tag="signalled"):
    """Server to host and correctors: what readers say. Equal signals within 10 s are one, with the same id."""

    id: int
    signal: SignalKind
    text: str = ""
    name: str = ""
    at_ms: int = 0  # on the meeting's timeline
    count: int = 1
    state: SignalState = SignalState.NEW  # new again when it comes again after it was answered


class Told(_Message, frozen=True, tag="told"):
    """Server to a reader who signalled: host and correctors have it; not when the reader signals too often."""

    signal: SignalKind
    told: bool = True
    again_ms: int = 0  # when it was not told: the reader may signal again after so long


class Presence(_Message, frozen=True, tag="presence"):
    """Server to host and correctors: how many viewers read."""

    viewers: int


class Vitals(_Message, frozen=True, tag="vitals"):
    """Server to host and correctors: what a captioner reports of its sound and its machine."""

    track: str
    level_db: int | None = None
    cpu: int | None = None
    source: str = ""


class BeingEdited(_Message, frozen=True, tag="being_edited"):
    """Server to host and correctors: another corrector, known by a number only, edits this caption; "" for none."""

    by: int
    track: str
    cue: str = ""


class Settings(_Message, frozen=True, tag="settings"):
    """Server to a publisher, after the welcome and on change: what the host has set."""

    glossary: str = ""  # terms and names, a line each
    named: tuple[str, ...] = ()  # of the roster, those who agreed to be named
    paused: bool = False  # do not recognise what is heard now
    finish: bool = False  # caption what was heard, then send `end`: the host ends the meeting


class Ack(_Message, frozen=True, tag="ack"):
    """Server: this revision is durable (or was already, or may not be kept); the publisher may forget it."""

    cue: str
    revision: int


class Error(_Message, frozen=True, tag="error"):
    """Server: refused; `message` says what to do. `fatal` ends the connection, and coming again will not help."""

    code: ErrorCode
    message: str
    fatal: bool = True
    cue: str = ""
    revision: int = 0


class Bye(_Message, frozen=True, tag="bye"):
    """Server: going away; come again after `retry_after_ms`."""

    retry_after_ms: int = 500


class Ended(_Message, frozen=True, tag="ended"):
    """Server: the archive is written; `transcript` is the path of its page on this server."""

    transcript: str


FromClient = (
    Hello
    | Update
    | Report
    | OutputHealth
    | SetPolicy
    | End
    | HandBack
    | Correct
    | Editing
    | Signal
    | Mark
    | Control
    | Speaker
    | Rename
    | Ping
    | Pong
)
FromServer = (
    Welcome
    | SnapshotMessage
    | EventMessage
    | Live
    | Status
    | Signalled
    | Told
    | Presence
    | Vitals
    | BeingEdited
    | Settings
    | Ack
    | Error
    | Bye
    | Ended
    | Ping
    | Pong
)

_encoder = msgspec.json.Encoder()
_from_client: msgspec.json.Decoder[FromClient] = msgspec.json.Decoder(FromClient)
_from_server: msgspec.json.Decoder[FromServer] = msgspec.json.Decoder(FromServer)


def encode(message: FromClient | FromServer) -> str:
    """Return the text of one frame."""
    return _encoder.encode(message).decode()


def decode_from_client(frame: str | bytes, limit: int = MAX_FROM_PUBLISHER) -> FromClient:
    """Read a client's frame of at most `limit` bytes; WireError when it cannot be accepted."""
    if len(frame) > limit or (isinstance(frame, str) and len(frame.encode(errors="replace")) > limit):
        msg = f"a message may have at most {limit} bytes"
        raise MessageTooLarge(msg)
    try:
        return _from_client.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        msg = f"not a message of {SUBPROTOCOL}: {_shape(error)}"
        raise MalformedMessage(msg) from None


def decode_from_server(frame: str | bytes) -> FromServer:
    """Read a server's frame; WireError when it cannot be accepted."""
    try:
        return _from_server.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        msg = f"not a message of {SUBPROTOCOL}: {_shape(error)}"
        raise MalformedMessage(msg) from None


def _shape(error: Exception) -> str:
    """Say what is wrong without repeating what was sent, which may be somebody's words."""
    if isinstance(error, msgspec.ValidationError):
        text = str(error)
        return (
            f"a field is wrong at {text.rsplit(' - at ', 1)[1]}" if " - at " in text else "a field is wrong or missing"
        )
    return "not JSON"
