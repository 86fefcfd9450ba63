"""Cues as they are read on a screen: at most two lines, long enough to be read, words never cut.

The rules are those that broadcasters and streaming services publish for subtitles: 5/6 s to 7 s a cue; English 42
characters a line and 20 a second; French, Spanish, Russian and Arabic 42 and 17; Chinese 16 and 9.
"""

import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from captioner.captions.cue import Cue

SHORTEST = 833  # ms: 5/6 s
LONGEST = 7_000  # ms
MAX_LINES = 2
PART = "~"  # between a cue's id and the number of its part; no cue's id has it
_END = tuple(".!?;:,\u2026\u3002\uff01\uff1f\uff1b\uff1a\uff0c\u3001\u061f\u061b\u060c")  # where a reader pauses
_WIDE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CLOSING = "\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f\uff09\u300b\u300d\u300f\u3011\u201d\u2019"
_UNIT = re.compile(rf"[{_WIDE}][{_CLOSING}]*|[^ {_WIDE}]+|(?<=[{_WIDE}]) ")
_ENOUGH = 0.6  # of the room must be used before a pause ends a part early


class Kind(enum.StrEnum):
    """Which rule is broken."""

    LONG_LINE = "long_line"  # characters in the line
    TOO_SHORT = "too_short"  # ms
    TOO_FAST = "too_fast"  # characters a second


@dataclass(frozen=True, slots=True)
class Rules:
    """How much can be read."""

    line: int
    """Characters in a line."""
    speed: int
    """Characters a second."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that what was said does not let hold."""

    cue: str
    kind: Kind
    value: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a cue, or a whole one, as it is shown."""

    cue: Cue  # its text is on one line
    lines: tuple[str, ...]
    parent: str  # id of the cue that it is part of


@dataclass(frozen=True, slots=True)
class _Unit:
    text: str  # a word, or a character of a script without spaces
    gap: str  # what stands before it in the same line: " " or ""
    start: int
    end: int

    def __len__(self) -> int:
        return len(self.gap) + len(self.text)


def rules(language: str) -> Rules:
    """Return the rules of a language; those of English for an unknown one, at the slower speed."""
    match language.split("-", maxsplit=1)[0].lower():
        case "en":
            return Rules(42, 20)
        case "zh" | "ja" | "yue":
            return Rules(16, 9)
        case _:
            return Rules(42, 17)


def segment(cues: Sequence[Cue]) -> tuple[list[Segment], list[Violation]]:
    """Return the cues as they are read, in order of start, and what rules they break.

    The first part keeps the cue's id, the next are `id~2`, `id~3`. Parts follow each other without a gap.
    """
    segments: list[Segment] = []
    violations: list[Violation] = []
    for number, cue in enumerate(cues):
        parts = list(_parts(cue))
        limit = max(cues[number + 1].start, cue.end) if number + 1 < len(cues) else cue.end + LONGEST
        for place, (part, lines) in enumerate(parts):
            shown = part if place + 1 < len(parts) else _longer(part, limit)
            segments.append(Segment(shown, lines, cue.id))
            violations += _check(shown, lines)
    return segments, violations


def join(first: str, second: str) -> str:
    """Put two lines together again: with a space, but not between characters of a script without spaces."""
    wide = f"[{_WIDE}{_CLOSING}]"
    together = re.fullmatch(wide, first[-1:]) and re.fullmatch(wide, second[:1])
    return f"{first}{second}" if together or not first else f"{first} {second}"


def _parts(cue: Cue) -> Iterator[tuple[Cue, tuple[str, ...]]]:
    """Yield the parts of a cue with their lines."""
    allowed = rules(cue.language)
    units = list(_units(cue))
    number = 0
    while units:
        number += 1
        count = _fitting(units, allowed)
        taken, units = units[:count], units[count:]
        start = taken[0].start
        end = max(start + 1, min(units[0].start if units else cue.end, start + LONGEST))
        name = cue.id if number == 1 else f"{cue.id}{PART}{number}"
        part = msgspec.structs.replace(cue, id=name, start=start, end=end, text=_text(taken), words=())
        yield part, _lines(taken, allowed)


def _units(cue: Cue) -> Iterator[_Unit]:
    """Yield what must not be cut, with times: those of the words where they are known, else by length."""
    times = _times(cue)
    gap = ""
    for match in _UNIT.finditer(cue.text):
        if match[0] == " ":
            gap = " "
            continue
        before = cue.text[match.start() - 1 : match.start()] if match.start() else ""
        yield _Unit(match[0], " " if before == " " or gap else "", times(match.start()), times(match.end()))
        gap = ""


class _times:  # noqa: N801 - a function with a memory
    """Tell when a place in the text is said."""

    def __init__(self, cue: Cue) -> None:
        spoken = "".join(word.text for word in cue.words)
        shift = len(spoken) - len(spoken.lstrip())
        self.marks = [(0, cue.start)]
        if spoken.strip() == cue.text:
            place = -shift
            for word in cue.words:
                self.marks.append((place + len(word.text) - len(word.text.lstrip()), word.start))
                place += len(word.text)
        self.marks.append((len(cue.text), cue.end))
        self.at = 0

    def __call__(self, place: int) -> int:
        while self.at + 2 < len(self.marks) and self.marks[self.at + 1][0] <= place:
            self.at += 1
        (left, start), (right, end) = self.marks[self.at : self.at + 2]
        if right <= left:
            return max(start, end)
        return max(start, start + (end - start) * (place - left) // (right - left))


def _fitting(units: list[_Unit], allowed: Rules) -> int:
    """Return how many units make the next part."""
    count = _room(units, allowed)
    if count == len(units):
        return count
    total = sum(map(len, units[:count]))
    used = total
    for place in range(count, 0, -1):
        if used < total * _ENOUGH:
            break
        if units[place - 1].text.endswith(_END):
            return place
        used -= len(units[place - 1])
    left = len(units) - count
    return count if left > count // 3 else (count + left + 1) // 2  # a last part of a word or two reads badly


def _room(units: list[_Unit], allowed: Rules) -> int:
    line = lines = 0
    for place, unit in enumerate(units):
        if place and unit.end - units[0].start > LONGEST:
            return place
        if line and line + len(unit) <= allowed.line:
            line += len(unit)
        elif lines < MAX_LINES:
            lines, line = lines + 1, len(unit.text)
        else:
            return place
    return len(units)


def _lines(units: list[_Unit], allowed: Rules) -> tuple[str, ...]:
    """Break into two lines where both fit and a reader pauses, the halves being about equal."""
    whole = _text(units)
    if len(whole) <= allowed.line or len(units) == 1:
        return (whole,)
    best, cost = 0, 0
    length = len(units[0].text)
    for place in range(1, len(units)):
        first, second = length, len(whole) - length - len(units[place].gap)
        over = max(0, first - allowed.line) + max(0, second - allowed.line)
        uneven = abs(first - second) - (allowed.line // 4 if units[place - 1].text.endswith(_END) else 0)
        here = over * 1_000 + uneven
        if not best or here < cost:
            best, cost = place, here
        length += len(units[place])
    return _text(units[:best]), _text(units[best:])


def _text(units: list[_Unit]) -> str:
    return "".join([units[0].text, *(unit.gap + unit.text for unit in units[1:])])


def _longer(cue: Cue, limit: int) -> Cue:
    """Let a cue stand until it can be read, but not into the next one, and not beyond the longest time."""
    wanted = max(SHORTEST, len(cue.text) * 1000 // rules(cue.language).speed + 1)
    end = max(cue.end, min(cue.start + wanted, limit, cue.start + LONGEST))
    return cue if end == cue.end else msgspec.structs.replace(cue, end=end)


def _check(cue: Cue, lines: tuple[str, ...]) -> Iterator[Violation]:
    allowed = rules(cue.language)
    longest = max(map(len, lines))
    length = cue.end - cue.start
    if longest > allowed.line:
        yield Violation(cue.id, Kind.LONG_LINE, longest)
    if length < SHORTEST:
        yield Violation(cue.id, Kind.TOO_SHORT, length)
    speed = -(-len(cue.text) * 1000 // length)
    if speed > allowed.speed:
        yield Violation(cue.id, Kind.TOO_FAST, speed)
