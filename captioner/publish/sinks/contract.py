"""The one contract of every output: what a platform is told, what it answers, and what that means."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import msgspec


class Kind(enum.StrEnum):
    """Where captions can go."""

    ZOOM = "zoom"
    TEAMS = "teams"
    WEBEX = "webex"
    YOUTUBE = "youtube"
    STREAMTEXT = "streamtext"
    VMIX = "vmix"
    OBS = "obs"
    OBS_TEXT = "obs-text"


class Verdict(enum.Enum):
    """What an answer means for the line that was sent."""

    ACCEPTED = enum.auto()
    AGAIN = enum.auto()
    """A passing fault: the same line with the same seq, soon."""
    LATER = enum.auto()
    """The meeting has not begun, or the platform wants a rest: the same line, slowly."""
    REFUSED = enum.auto()
    """The address or its secret no longer holds: a person must act; asked again, very slowly."""


@dataclass(frozen=True, slots=True)
class Line:
    """One post's worth of captions."""

    text: str
    # one or more display lines, joined by newlines; "" for a sign of life, to a place that wants one (Shape.beat_ms)
    language: str
    # BCP 47
    seq: int
    # rises by one for each new line, unchanged on a retry; begins at 1; of a sign of life, that of the last line
    at_ms: int
    # Unix time in ms at which it was said, by the place's clock where it tells its own


@dataclass(frozen=True, slots=True)
class Shape:
    """How much a platform takes, and how fast."""

    width: int
    # columns of a display line; a wide character takes two
    lines: int = 1
    # display lines in one post
    gap_ms: int = 300
    # least time between two posts
    beat_ms: int = 0
    # the place hears a sign of life before the first line, and so often while nothing is said; 0 for none


@dataclass(frozen=True, slots=True)
class Post:
    """One HTTP request. Address and body are never printed: one holds the secret, the other somebody's words."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes = field(default=b"", repr=False)
    retry_after_s: float | None = None
    # where the platform says how long to wait


class NoAnswer(Exception):
    """Nothing came back: the line may have been taken or not. Says what failed, never where to."""


class HttpFormat(Protocol):
    """A platform that is told each line by one HTTP request. Pure."""

    @property
    def shape(self) -> Shape:
        """What it takes."""
        ...

    def post(self, line: Line) -> Post:
        """Return the request for a line; the same line always gives the same request."""
        ...

    def verdict(self, answer: Answer) -> Verdict:
        """Say what an answer means."""
        ...

    def ask_seq(self) -> Post | None:
        """Return the request whose answer is the last seq taken, as a number; None where there is none."""
        ...

    def clock_ms(self, answer: Answer) -> int | None:
        """Return the platform's time that an accepted answer tells, as Unix time in ms; None where it tells none."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended."""

    verdict: Verdict
    retry_after_ms: int = 0
    # what the platform asks for; 0 where it does not say
    note: str = ""
    # for the host: a status or a kind of error, never an address or a text
    ahead_ms: int | None = None
    # by how much the place's clock is ahead of ours; None where it does not say


class Carrier(Protocol):
    """Takes lines to one place; used by one thread."""

    @property
    def shape(self) -> Shape:
        """What the place takes."""
        ...

    def deliver(self, line: Line) -> Outcome:
        """Try once, blocking for some seconds at most; never raises for what the other side does."""
        ...

    def last_seq(self) -> int | None:
        """Return the last seq that the place has taken; None where it does not say. Blocks as `deliver`."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class OutputState(enum.StrEnum):
    """How an output is, in a word."""

    WAITING = "waiting"
    """Nothing has been sent yet."""
    OK = "ok"
    RETRYING = "retrying"
    NOT_STARTED = "not_started"
    """The platform answers that its meeting does not run, or asks for a rest."""
    REFUSED = "refused"
    """A person must act: the address or the secret does not hold."""
    STOPPED = "stopped"


class OutputHealth(msgspec.Struct, frozen=True):
    """What the host's console shows of one output; holds no address and no text."""

    name: str
    kind: str
    state: OutputState
    sent: int = 0
    """Lines that the platform has taken since the start."""
    errors: int = 0
    """Attempts that failed since the start."""
    skipped: int = 0
    """Cues that were too old to be of use when their turn came."""
    waiting: int = 0
    """Cues whose turn has not come."""
    last_ok_ms: int = 0
    """Unix time of the last line taken; 0 for never."""
    note: str = ""
    """Why it is not ok."""


def by_status(answer: Answer, later: frozenset[int] = frozenset(), refused: frozenset[int] = frozenset()) -> Verdict:
    """Judge by the status alone: 2xx is taken; what is in neither set and below 400 or 5xx, 408, 429 passes."""
    if 200 <= answer.status < 300:  # noqa: PLR2004 - the class of statuses
        return Verdict.ACCEPTED
    if answer.status in later:
        return Verdict.LATER
    if answer.status in refused:
        return Verdict.REFUSED
    if answer.status == 429:  # noqa: PLR2004 - too many requests
        return Verdict.LATER
    if answer.status == 408 or answer.status >= 500:  # noqa: PLR2004
        return Verdict.AGAIN
    return Verdict.REFUSED


def with_query(url: str, extra: str) -> str:
    """Append parameters to an address as it was copied: nothing that is signed is written anew."""
    if not extra:
        return url
    base = url.partition("#")[0]
    joint = "" if base.endswith(("?", "&")) else "&" if "?" in base else "?"
    return f"{base}{joint}{extra}"
