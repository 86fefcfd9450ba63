"""Any WebVTT file, conforming or not. Source: W3C WebVTT, section 6.1, and what section 4 asks for beyond it.

What the standard's parser reads is read; what does not conform is listed by line and column.
"""

import re
from dataclasses import dataclass, field

from captioner.captions.errors import VttSyntaxError
from captioner.captions.vtt_settings import Region, Settings, region, settings, timing
from captioner.captions.vtt_text import Node, parse_text

_LINE_END = re.compile(r"\r\n|\r|\n")
_SIGNATURE = re.compile("WEBVTT(?:[ \t].*)?")
_KEYWORD = re.compile("(STYLE|REGION)[ \t\f]*")
_NOTE = re.compile("NOTE(?:[ \t].*)?")
_ARROW = "-->"
MAX_PROBLEMS = 1_000  # listed; a file with more is something else


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not conform, where (both from 1), and whether a cue is left out for it."""

    line: int
    column: int
    problem: str
    lost: bool = False

    def __str__(self) -> str:
        """Say it as compilers do."""
        return f"line {self.line}, column {self.column}: {self.problem}"


@dataclass(slots=True)
class ParsedCue:
    """A cue as it stands in the file."""

    line: int  # of its times
    id: str
    start: int  # ms
    end: int  # ms
    settings: Settings
    text: str = ""  # with tags
    tree: Node = field(default_factory=Node)


@dataclass(slots=True)
class ParsedFile:
    """Everything that was read."""

    cues: list[ParsedCue] = field(default_factory=list)  # in the order of the file
    regions: list[Region] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    notes: list[tuple[bool, list[str]]] = field(default_factory=list)  # (stands before all cues, its lines)
    problems: list[Problem] = field(default_factory=list)


def parse(text: str) -> ParsedFile:
    """Read a file; never fails. A file without signature gives no cue and one problem."""
    return _Parser(text).file()


class _Parser:
    def __init__(self, text: str) -> None:
        self.lines = _LINE_END.split(text.removeprefix("\ufeff").replace("\x00", "\ufffd"))
        self.at = 0
        self.ids: set[str] = set()
        self.found = ParsedFile()

    def file(self) -> ParsedFile:
        if not _SIGNATURE.fullmatch(self.lines[0]):
            self._problem(1, 1, "the first line must be WEBVTT", lost=True)
            return self.found
        self.at = 1
        if self.at < len(self.lines) and self.lines[self.at]:
            self._problem(2, 1, "a blank line must follow WEBVTT", lost=_ARROW not in self.lines[1])
            while self.at < len(self.lines) and self.lines[self.at] and _ARROW not in self.lines[self.at]:
                self.at += 1
        while self.at < len(self.lines):
            if self.lines[self.at]:
                self._block()
            else:
                self.at += 1
        return self.found

    def _block(self) -> None:
        """Read one block: a cue, a note, a style, a region, or nothing of use."""
        first = self.at
        cue: ParsedCue | None = None
        kept: list[str] = []
        arrow = False
        while self.at < len(self.lines) and (line := self.lines[self.at]):
            count = self.at - first + 1
            if _ARROW in line:
                if count > 2 or (count > 1 and arrow):  # noqa: PLR2004 - id and times: two lines
                    self._problem(self.at + 1, 1, "a blank line must stand before a cue")
                    break
                arrow = True
                cue = self._cue(kept[0] if kept else "")
                kept = [] if cue else kept
            else:
                kept.append(line)
            self.at += 1
        if cue:
            self._finish(cue, kept)
        elif not arrow:
            self._other(first, kept)

    def _cue(self, identifier: str) -> ParsedCue | None:
        number = self.at + 1
        line = self.lines[self.at]
        try:
            start, end, rest, column = timing(line, number)
        except VttSyntaxError as error:
            self._problem(error.line, error.column, error.problem, lost=True)
            return None
        if end <= start:
            self._problem(number, column, "a cue must end after it starts", lost=True)
        if self.found.cues and start < self.found.cues[-1].start:
            self._problem(number, 1, "a cue must not start before the one above it")
        if identifier and identifier in self.ids:
            self._problem(number - 1, 1, "a cue's id must be its own")
        self.ids.add(identifier)
        return ParsedCue(number, identifier, start, end, settings(rest, self.found.regions))

    def _finish(self, cue: ParsedCue, lines: list[str]) -> None:
        cue.text = "\n".join(lines)
        cue.tree, problems = parse_text(cue.text)
        for problem in problems:
            before = cue.text[: problem.at]
            column = len(before) - before.rfind("\n")
            self._problem(cue.line + 1 + before.count("\n"), column, problem.problem)
        self.found.cues.append(cue)

    def _other(self, first: int, lines: list[str]) -> None:
        keyword = _KEYWORD.fullmatch(lines[0])
        if keyword and self.found.cues:
            self._problem(first + 1, 1, f"{keyword[1]} must stand before the first cue")
        elif keyword and keyword[1] == "REGION":
            self.found.regions.append(region("\n".join(lines[1:])))
        elif keyword:
            self.found.styles.append("\n".join(lines[1:]))
        elif _NOTE.fullmatch(lines[0]):
            self.found.notes.append((not self.found.cues, lines))
        else:
            where = first + min(2, len(lines))
            self._problem(where, 1, "a cue must have its times, as 00:00:00.000 --> 00:00:01.000", lost=True)

    def _problem(self, line: int, column: int, problem: str, *, lost: bool = False) -> None:
        if len(self.found.problems) < MAX_PROBLEMS:
            self.found.problems.append(Problem(line, column, problem, lost))
