"""WebVTT: values to text and back. Source: W3C WebVTT, https://www.w3.org/TR/webvtt1/ (sections 4 and 6).

Everything that is not a cue stands in NOTE blocks, since header lines such as `Language:` do not conform. The first
NOTE block holds the metadata as `Key: value` lines and always names the track's language.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

import msgspec

from captioner.captions.cue import MAX_TIME, Cue, check_language, clean_text, right_to_left
from captioner.captions.errors import InvalidCue, VttSyntaxError
from captioner.captions.vtt_parser import MAX_PROBLEMS, ParsedCue, Problem, parse
from captioner.captions.vtt_turns import turns

_RESERVED = frozenset({"NOTE", "STYLE", "REGION"})
_KEY = re.compile(r"([A-Za-z][A-Za-z -]*): (.*)")
_LANGUAGE_KEY = "Language"


class VttDocument(msgspec.Struct, frozen=True):
    """One track as a file: cues in order of start, and what the reader must know beside them."""

    language: str  # BCP 47 tag of the track
    cues: tuple[Cue, ...] = ()  # words are not kept by the format
    metadata: tuple[tuple[str, str], ...] = ()  # (key, value), beside the language; keys of letters, spaces and '-'
    notes: tuple[str, ...] = ()  # further NOTE blocks, one line each


def write(document: VttDocument, lines: Mapping[str, Sequence[str]] | None = None) -> str:
    """Return the text of a conforming file; InvalidCue when a cue has no text, no length, or another's id.

    Cues are put in the order of their starts. What could break the syntax is escaped (text, names) or replaced (ids).
    `lines` says how the text of a cue's id is broken into lines.
    """
    check_language(document.language)
    pairs = ((_LANGUAGE_KEY, document.language), *document.metadata)
    blocks = ["WEBVTT", "\n".join(["NOTE", *(f"{_note(key)}: {_note(value)}" for key, value in pairs)])]
    blocks += [f"NOTE {note}" for note in map(_note, document.notes) if note]
    seen: set[str] = set()
    for cue in sorted(document.cues, key=lambda cue: cue.start):
        identifier = _identifier(cue.id)
        text = clean_text(cue.text)
        if not 0 <= cue.start < cue.end <= MAX_TIME or not text or identifier in seen:
            msg = "a cue of a WebVTT file must have text, end after it starts, and an id of its own"
            raise InvalidCue(msg)
        seen.add(identifier)
        times = f"{format_time(cue.start)} --> {format_time(cue.end)}"
        broken = [line for line in map(clean_text, (lines or {}).get(cue.id, ())) if line] or [text]
        blocks.append(f"{identifier}\n{times}\n{_payload(cue, broken, document.language)}")
    return "\n\n".join(blocks) + "\n"


def read(text: str) -> VttDocument:
    """Return what a file says; VttSyntaxError with line and column when a part of it cannot be read.

    Of foreign files, settings, styles, regions and inner formatting are left out. A cue in which several people speak
    is read as several, with `-2`, `-3` after its id. A file that does not name its language has "und".
    """
    document, problems = read_leniently(text)
    lost = next((problem for problem in problems if problem.lost), None)
    if lost:
        raise VttSyntaxError(lost.problem, lost.line, lost.column)
    return document


def read_leniently(text: str) -> tuple[VttDocument, list[Problem]]:
    """Return what can safely be read of any file, and what does not conform or was read in another form; see `read`.

    Left out are cues without a valid time or length; the problem says `lost`.
    """
    parsed = parse(text)
    language = "und"
    metadata: list[tuple[str, str]] = []
    notes: list[str] = []
    for first, lines in parsed.notes:
        if first and not notes and not metadata and lines[0].rstrip() == "NOTE" and (found := _pairs(lines[1:])):
            language = _language(dict(found)[_LANGUAGE_KEY], "und")
            metadata = [pair for pair in found if pair[0] != _LANGUAGE_KEY]
        else:
            notes.append(clean_text(" ".join([lines[0][4:], *lines[1:]])))
    cues: list[Cue] = []
    divided: list[Problem] = []
    for cue in parsed.cues:
        if cue.start < cue.end <= MAX_TIME:
            said = _cues(cue, language)
            cues += said
            if len(said) > 1:
                problem = f"{len(said)} turns of speakers in one caption: each became a caption, and shares its time"
                divided.append(Problem(cue.line, 1, problem))
    document = VttDocument(language, tuple(cues), tuple(metadata), tuple(notes))
    return document, [*parsed.problems, *divided[: MAX_PROBLEMS - len(parsed.problems)]]


def format_time(ms: int) -> str:
    """Return `ms` as hh:mm:ss.mmm, always with hours."""
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _note(text: str) -> str:
    return clean_text(text).replace("-->", "\u2192")


def _identifier(value: str) -> str:
    cleaned = _note(value)
    return f"cue-{cleaned}" if cleaned in _RESERVED or cleaned.startswith("WEBVTT") or not cleaned else cleaned


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _payload(cue: Cue, lines: Sequence[str], language: str) -> str:
    payload = "\n".join(_direction_mark(line, cue.language) + _escape(line) for line in lines)
    if cue.language != language:
        check_language(cue.language)
        payload = f"<lang {cue.language}>{payload}</lang>"
    speaker = clean_text(cue.speaker)
    return f"<v {_escape(speaker)}>{payload}" if speaker else payload


def _direction_mark(line: str, language: str) -> str:
    """Return the mark that a line needs whose first letter is of the other direction than its language."""
    first = next((kind for kind in map(unicodedata.bidirectional, line) if kind in {"L", "R", "AL"}), "")
    if right_to_left(language):
        return "\u200f" if first == "L" else ""
    return "\u200e" if first in {"R", "AL"} else ""


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    """Read `Key: value` lines; nothing when a line is none or the language is not among them."""
    found = [match.groups() for match in map(_KEY.fullmatch, lines) if match]
    pairs = [(key, value) for key, value in found]
    return pairs if len(pairs) == len(lines) and any(key == _LANGUAGE_KEY for key, _ in pairs) else []


def _cues(cue: ParsedCue, language: str) -> list[Cue]:
    """Return a cue as one, or as many as it has turns of speakers."""
    said = turns(cue.tree, cue.start, cue.end)
    ids = [f"{cue.id}-{number}" if number > 1 and cue.id else cue.id for number in range(1, len(said) + 1)]
    return [
        Cue(name, turn.start, turn.end, turn.text, _language(turn.language, language), turn.speaker)
        for name, turn in zip(ids, said, strict=True)
    ]


def _language(value: str, otherwise: str) -> str:
    try:
        check_language(value)
    except InvalidCue:
        return otherwise
    return value
