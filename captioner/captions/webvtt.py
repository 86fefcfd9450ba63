"""WebVTT: values to text and back. Source: W3C WebVTT, https://www.w3.org/TR/webvtt1/ (sections 4 and 6).

Everything that is not a cue stands in NOTE blocks, since header lines such as `Language:` do not conform. The first
NOTE block holds the metadata as `Key: value` lines and always names the track's language.
"""

import html
import re
from collections.abc import Iterator

import msgspec

from captioner.captions.cue import MAX_TIME, Cue, check_language, clean_text
from captioner.captions.errors import InvalidCue, VttSyntaxError

_RESERVED = frozenset({"NOTE", "STYLE", "REGION"})
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(?:[ \t].*)?")
_TAG = re.compile(r"<([^>]*)(?:>|$)")
_KEY = re.compile(r"([A-Za-z][A-Za-z -]*): (.*)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_LANGUAGE_KEY = "Language"


class VttDocument(msgspec.Struct, frozen=True):
    """One track as a file: cues in order of start, and what the reader must know beside them."""

    language: str  # BCP 47 tag of the track
    cues: tuple[Cue, ...] = ()  # words are not kept by the format
    metadata: tuple[tuple[str, str], ...] = ()  # (key, value), beside the language; keys of letters, spaces and '-'
    notes: tuple[str, ...] = ()  # further NOTE blocks, one line each


def write(document: VttDocument) -> str:
    """Return the text of a conforming file; InvalidCue when a cue has no text, no length, or another's id.

    Cues are put in the order of their starts. What could break the syntax is escaped (text, names) or replaced (ids).
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
        blocks.append(f"{identifier}\n{times}\n{_payload(cue, text, document.language)}")
    return "\n\n".join(blocks) + "\n"


def read(text: str) -> VttDocument:
    """Return what a file says; VttSyntaxError with line and column when it cannot be read.

    Of foreign files, settings, styles, regions and inner formatting are left out, and only the first speaker of a cue
    is kept. A file that does not name its language has "und".
    """
    lines = _LINE_END.split(text.removeprefix("\ufeff").replace("\x00", "\ufffd"))
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        problem = "the first line must be WEBVTT"
        raise VttSyntaxError(problem, 1, 1)
    if len(lines) > 1 and lines[1]:
        problem = "a blank line must follow WEBVTT"
        raise VttSyntaxError(problem, 2, 1)
    language = "und"
    metadata: list[tuple[str, str]] = []
    notes: list[str] = []
    cues: list[Cue] = []
    for number, block in _blocks(lines):
        kind = block[0].rstrip(" \t")
        if "-->" in block[0] or (len(block) > 1 and "-->" in block[1]):
            cues.append(_cue(number, block, language))
        elif kind == "NOTE" and not notes and not metadata and not cues and (pairs := _pairs(block[1:])):
            language = dict(pairs)[_LANGUAGE_KEY]
            metadata = [pair for pair in pairs if pair[0] != _LANGUAGE_KEY]
        elif block[0].startswith("NOTE") and block[0][4:5] in {"", " ", "\t"}:
            notes.append(clean_text(" ".join([block[0][4:], *block[1:]])))
        elif kind not in _RESERVED:
            problem = "a cue must have its times, as 00:00:00.000 --> 00:00:01.000"
            raise VttSyntaxError(problem, number + len(block) - 1, 1)
    return VttDocument(language, tuple(cues), tuple(metadata), tuple(notes))


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


def _payload(cue: Cue, text: str, language: str) -> str:
    payload = _escape(text)
    if cue.language != language:
        check_language(cue.language)
        payload = f"<lang {cue.language}>{payload}</lang>"
    speaker = clean_text(cue.speaker)
    return f"<v {_escape(speaker)}>{payload}" if speaker else payload


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of the first line, its lines) of each block after the header."""
    block: list[str] = []
    for number, line in enumerate([*lines[1:], ""], start=2):
        if line:
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    """Read `Key: value` lines; nothing when a line is none or the language is not among them."""
    found = [match.groups() for match in map(_KEY.fullmatch, lines) if match]
    pairs = [(key, value) for key, value in found]
    return pairs if len(pairs) == len(lines) and any(key == _LANGUAGE_KEY for key, _ in pairs) else []


def _cue(number: int, block: list[str], language: str) -> Cue:
    identifier, number, block = ("", number, block) if "-->" in block[0] else (block[0], number + 1, block[1:])
    timing = _TIMING.fullmatch(block[0])
    if not timing:
        problem = "times must be written as 00:00:00.000 --> 00:00:01.000"
        raise VttSyntaxError(problem, number, 1)
    start, end = _milliseconds(timing.groups()[:4]), _milliseconds(timing.groups()[4:])
    if end <= start:
        problem = "a cue must end after it starts"
        raise VttSyntaxError(problem, number, timing.start(5) + 1 if timing.group(5) else timing.start(6) + 1)
    payload = " ".join(block[1:])
    speaker, own_language = "", language
    for tag in reversed(_TAG.findall(payload)):  # so that the first of a kind is kept
        name, _, annotation = tag.partition(" ")
        if name.split(".")[0] == "v":
            speaker = clean_text(html.unescape(annotation))
        elif name.split(".")[0] == "lang":
            own_language = clean_text(html.unescape(annotation))
    return Cue(identifier, start, end, clean_text(html.unescape(_TAG.sub("", payload))), own_language, speaker)


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest
