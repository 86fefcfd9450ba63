"""Words, cues, updates, tracks, meetings and the record policy: the values everything else passes on.

All times are integer milliseconds on the track's timeline, which starts with the meeting.
"""

import enum
import re

import msgspec

from captioner.captions.errors import InvalidCue

MAX_TEXT = 2_000  # characters in a cue; a spoken cue of 8 s has about 150, so this only stops abuse
MAX_WORDS = 256  # words in a cue; see MAX_TEXT
MAX_NAME = 200  # characters in a speaker's name or a title
MAX_REVISION = 1_000_000_000  # nobody corrects a cue so often
MAX_TIME = 30 * 24 * 3_600_000  # 30 days in ms: no meeting is longer, and sums stay exact in JavaScript

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
_SPACE = re.compile(r"\s+")
_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})


class CueStatus(enum.StrEnum):
    """How final a cue's revision is."""

    PARTIAL = "partial"
    FINAL = "final"
    RETRACTED = "retracted"


class RecordPolicy(enum.StrEnum):
    """What may be kept of what is said. Unknown or missing means OFF_RECORD."""

    ON_RECORD = "on_record"
    CHATHAM = "chatham"
    OFF_RECORD = "off_record"


class Origin(enum.StrEnum):
    """Who makes a track's captions; shown to every reader."""

    AUTOMATIC = "automatic"
    HUMAN = "human"


class MeetingState(enum.StrEnum):
    """Whether captions may still come."""

    LIVE = "live"
    ENDED = "ended"


class Word(msgspec.Struct, frozen=True):
    """One recognised word. `text` carries its leading space where the script uses spaces."""

    start: int  # ms
    end: int  # ms
    text: str
    probability: float = 1.0  # 0..1


class Cue(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stretch of speech that is shown together. The id is stable for ever: it is the citation anchor."""

    id: str
    start: int  # ms
    end: int  # ms
    text: str
    language: str  # BCP 47 tag
    speaker: str = ""  # a name, or "" where unknown or not to be told
    words: tuple[Word, ...] = ()


class CueUpdate(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a captioner or a corrector claims: always the whole cue, never a difference."""

    cue: Cue
    revision: int  # rises per cue
    status: CueStatus
    stable: int = 0  # leading words that the machine will never change; a final is stable whole
    human: bool = False  # a person made this revision; no machine changes the cue afterwards


class Track(msgspec.Struct, frozen=True):
    """One stream of cues of a meeting: the floor, a translation, a human captioner."""

    id: str
    language: str
    label: str = ""
    origin: Origin = Origin.AUTOMATIC


class Meeting(msgspec.Struct, frozen=True):
    """A meeting. The only value with wall-clock time: `started` is Unix time in ms of the timeline's zero."""

    id: str
    title: str
    started: int


def clean_text(text: str) -> str:
    """Return `text` on one line, without control, bidi-override or surplus space characters."""
    return _SPACE.sub(" ", _CONTROL.sub("", text)).strip()


def right_to_left(language: str) -> bool:
    """Tell whether a language is written from right to left."""
    return language.split("-", maxsplit=1)[0].lower() in _RIGHT_TO_LEFT


def check_identifier(value: str, what: str) -> None:
    """Raise InvalidCue unless `value` can stand in a file name, a URL and a WebVTT cue id."""
    if not _IDENTIFIER.fullmatch(value):
        msg = f"{what} must be 1-64 letters, digits, '.', '_' or '-', beginning with a letter or digit"
        raise InvalidCue(msg)


def check_language(value: str) -> None:
    """Raise InvalidCue unless `value` has the form of a BCP 47 tag (RFC 5646, section 2.1)."""
    if not _LANGUAGE.fullmatch(value):
        msg = "language must be a BCP 47 tag such as 'en' or 'zh-Hans'"
        raise InvalidCue(msg)


def check_track(track: Track) -> None:
    """Raise InvalidCue unless the track can be logged."""
    check_identifier(track.id, "track id")
    check_language(track.language)
    if len(track.label) > MAX_NAME or clean_text(track.label) != track.label:
        msg = f"track label must be one clean line of at most {MAX_NAME} characters"
        raise InvalidCue(msg)


def _check_cue(cue: Cue) -> None:
    check_identifier(cue.id, "cue id")
    check_language(cue.language)
    if not 0 <= cue.start <= cue.end <= MAX_TIME:
        msg = "cue must have 0 <= start <= end <= 30 days"
        raise InvalidCue(msg)
    if len(cue.text) > MAX_TEXT or len(cue.words) > MAX_WORDS or len(cue.speaker) > MAX_NAME:
        msg = f"cue is longer than {MAX_TEXT} characters, {MAX_WORDS} words or a speaker's name of {MAX_NAME}"
        raise InvalidCue(msg)
    if clean_text(cue.text) != cue.text or clean_text(cue.speaker) != cue.speaker:
        msg = "cue text and speaker must be one line without control characters"
        raise InvalidCue(msg)
    for word in cue.words:
        if not 0 <= word.start <= word.end <= MAX_TIME or len(word.text) > MAX_TEXT or not 0 <= word.probability <= 1:
            msg = "a word must have 0 <= start <= end, a sane length and a probability of 0..1"
            raise InvalidCue(msg)


def check_update(update: CueUpdate) -> None:
    """Raise InvalidCue unless the update can be shown, and, if final, logged and exported."""
    cue = update.cue
    _check_cue(cue)
    if not 0 <= update.revision <= MAX_REVISION or not 0 <= update.stable <= MAX_WORDS:
        msg = "revision and stable must be whole numbers of a sane size"
        raise InvalidCue(msg)
    if update.status is CueStatus.FINAL and (cue.end == cue.start or not cue.text):
        msg = "a final cue must have text and end after it starts"
        raise InvalidCue(msg)


def split_stable(update: CueUpdate) -> tuple[str, str]:
    """Return (text that will not change, the rest); together they are the cue's text but for one space."""
    if update.status is not CueStatus.PARTIAL:
        return update.cue.text, ""
    words = update.cue.words
    return (
        "".join(word.text for word in words[: update.stable]).strip(),
        "".join(word.text for word in words[update.stable :]).strip(),
    )
