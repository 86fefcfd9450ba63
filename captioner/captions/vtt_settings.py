"""Times, cue settings and regions of WebVTT. Source: W3C WebVTT, sections 6.2 and 6.3.

A setting that does not follow the grammar is left out, as the parser of the standard does.
"""

import math
import re
from dataclasses import dataclass
from typing import NoReturn

from captioner.captions.errors import VttSyntaxError

SPACES = " \t\n\f\r"  # ASCII white space; U+000B is none
_PERCENTAGE = re.compile(r"[0-9]+(?:\.[0-9]+)?%")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DIGITS = re.compile(r"[0-9]*")
_HUNDRED = 100.0
_SIXTY = 60


@dataclass(slots=True)
class Region:
    """A region of the picture that cues may name."""

    id: str = ""
    width: float = _HUNDRED  # per cent
    lines: int = 3
    region_anchor: tuple[float, float] = (0.0, _HUNDRED)  # per cent
    viewport_anchor: tuple[float, float] = (0.0, _HUNDRED)  # per cent
    scroll: str = ""  # "" or "up"


@dataclass(slots=True)
class Settings:
    """Where a cue wants to stand; the archive does not use it."""

    vertical: str = ""  # "", "rl" or "lr"
    line: float | None = None  # None: auto
    snap_to_lines: bool = True
    line_align: str = "start"
    position: float | None = None  # per cent; None: auto
    position_align: str = "auto"
    size: float = _HUNDRED  # per cent
    align: str = "center"
    region: Region | None = None


class Scanner:
    """Reads a line from left to right; errors carry the column."""

    def __init__(self, line: str, number: int) -> None:
        """Take a line and its number."""
        self.line, self.number, self.at = line, number, 0

    def fail(self, problem: str) -> NoReturn:
        """Raise VttSyntaxError at this place."""
        raise VttSyntaxError(problem, self.number, self.at + 1)

    def skip(self) -> None:
        """Pass over white space."""
        while self.at < len(self.line) and self.line[self.at] in SPACES:
            self.at += 1

    def expect(self, wanted: str, problem: str) -> None:
        """Pass over `wanted`; VttSyntaxError when something else stands here."""
        if not self.line.startswith(wanted, self.at):
            self.fail(problem)
        self.at += len(wanted)

    def digits(self) -> str:
        """Pass over digits and return them."""
        match = _DIGITS.match(self.line, self.at)
        found = match[0] if match else ""
        self.at += len(found)
        return found

    def pair(self) -> int:
        """Pass over exactly two digits."""
        start, found = self.at, self.digits()
        if len(found) != 2:  # noqa: PLR2004 - two digits, as the grammar says
            self.at = start
            self.fail("two digits must stand here")
        return int(found)

    def timestamp(self) -> int:
        """Pass over a time and return it in ms."""
        begin, first = self.at, self.digits()
        if not first:
            self.fail("a time must stand here, as 00:00:00.000")
        hours = len(first) != 2 or int(first) >= _SIXTY  # noqa: PLR2004 - two digits, as the grammar says
        self.expect(":", "':' must stand here, as in 00:00:00.000")
        values = [int(first), self.pair()]
        if hours or self.line.startswith(":", self.at):
            self.expect(":", "':' must stand here, as in 00:00:00.000")
            values.append(self.pair())
        else:
            values.insert(0, 0)
        self.expect(".", "'.' must stand here, as in 00:00:00.000")
        start, rest = self.at, self.digits()
        if len(rest) != 3:  # noqa: PLR2004 - three digits, as the grammar says
            self.at = start
            self.fail("three digits must stand here")
        if values[1] >= _SIXTY or values[2] >= _SIXTY:
            self.at = begin
            self.fail("minutes and seconds must be below 60")
        return ((values[0] * 60 + values[1]) * 60 + values[2]) * 1000 + int(rest)


def timing(line: str, number: int) -> tuple[int, int, str, int]:
    """Return (start, end, settings, column of the end time, from 1); VttSyntaxError with the place."""
    scanner = Scanner(line, number)
    scanner.skip()
    start = scanner.timestamp()
    scanner.skip()
    scanner.expect("-->", "'-->' must stand between the times")
    scanner.skip()
    column = scanner.at + 1
    end = scanner.timestamp()
    return start, end, line[scanner.at :], column


def pairs(text: str) -> list[tuple[str, str]]:
    """Return the `name:value` words of a text."""
    found = []
    for word in re.split(f"[{SPACES}]+", text):
        name, colon, value = word.partition(":")
        if name and colon and value:
            found.append((name, value))
    return found


def percentage(text: str) -> float | None:
    """Return a percentage of 0 to 100, None when it is none."""
    value = float(text[:-1]) if _PERCENTAGE.fullmatch(text) else None
    return value if value is not None and value <= _HUNDRED else None


def settings(text: str, regions: list[Region]) -> Settings:
    """Read the settings behind a cue's times."""
    found = Settings()
    for name, value in pairs(text):
        match name:
            case "region":
                found.region = next((region for region in reversed(regions) if region.id == value), None)
            case "vertical" if value in {"rl", "lr"}:
                found.vertical = value
            case "line":
                _line(found, value)
            case "position":
                _position(found, value)
            case "size":
                size = percentage(value)
                found.size = found.size if size is None else size
            case "align" if value in {"start", "center", "end", "left", "right"}:
                found.align = value
    if found.line is not None or found.size != _HUNDRED or found.vertical:
        found.region = None
    return found


def _line(found: Settings, value: str) -> None:
    place, comma, align = value.partition(",")
    if comma and align not in {"start", "center", "end"}:
        return
    percent = percentage(place)
    if percent is None and not (_NUMBER.fullmatch(place) and math.isfinite(float(place))):
        return
    found.line = (float(place) if percent is None else percent) + 0.0  # no negative zero
    found.snap_to_lines = percent is None
    found.line_align = align or found.line_align


def _position(found: Settings, value: str) -> None:
    place, comma, align = value.partition(",")
    percent = percentage(place)
    if percent is None or (comma and align not in {"line-left", "center", "line-right"}):
        return
    found.position = percent
    found.position_align = align or found.position_align


def region(text: str) -> Region:
    """Read a REGION block."""
    found = Region()
    for name, value in pairs(text):
        match name:
            case "id":
                found.id = value
            case "width":
                width = percentage(value)
                found.width = found.width if width is None else width
            case "lines" if re.fullmatch("[0-9]+", value):
                found.lines = int(value)
            case "regionanchor":
                found.region_anchor = _anchor(value) or found.region_anchor
            case "viewportanchor":
                found.viewport_anchor = _anchor(value) or found.viewport_anchor
            case "scroll" if value == "up":
                found.scroll = value
    return found


def _anchor(value: str) -> tuple[float, float] | None:
    across, _, down = value.partition(",")
    x, y = percentage(across), percentage(down)
    return None if x is None or y is None else (x, y)
