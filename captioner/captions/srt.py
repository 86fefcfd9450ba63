"""SubRip: text to values and back. There is no standard; this reads what is about, writes what players read."""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence

from captioner.captions.cue import MAX_TIME, Cue, clean_text
from captioner.captions.segments import join
from captioner.captions.vtt_parser import MAX_PROBLEMS, Problem

_LINE_END = re.compile(r"\r\n|\r|\n")
_TIME = r"(\d{1,3}):([0-5]?\d):([0-5]?\d)[,.](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_MARKUP = re.compile(r"</?(?:[biu]|font)(?:\s[^>]*)?>|\{\\[^}]*\}", re.IGNORECASE)
_ARROW = "-->"


def read(text: str, language: str = "und") -> tuple[list[Cue], list[Problem]]:
    """Return the cues that can safely be read, with their numbers as ids, and what is wrong by line and column."""
    lines = _LINE_END.split(text.removeprefix("\ufeff").replace("\x00", "\ufffd"))
    cues: list[Cue] = []
    problems: list[Problem] = []
    for number, block in _blocks(lines):
        found = _cue(number, block, language)
        if isinstance(found, Cue):
            cues.append(found)
        elif len(problems) < MAX_PROBLEMS:
            problems.append(found)
    return cues, problems


def write(cues: Sequence[Cue], lines: Mapping[str, Sequence[str]] | None = None) -> str:
    """Return the text of a file, numbered from 1; `lines` says how the text of a cue's id is broken."""
    blocks = []
    for number, cue in enumerate(cues, 1):
        broken = [_plain(line) for line in (lines or {}).get(cue.id, ())] or [_plain(cue.text)]
        blocks.append(f"{number}\n{_time(cue.start)} {_ARROW} {_time(cue.end)}\n" + "\n".join(broken))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _time(ms: int) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{rest:03}"


def _plain(text: str) -> str:
    """Return text that no player takes for markup or times: the format knows no escape."""
    cleaned = clean_text(text).replace(_ARROW, "\u2192")
    return cleaned.replace("<", "\u2039").replace(">", "\u203a").replace("{\\", "{ \\")


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of the first line, lines) of each block; a line of times begins one also without a blank line."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        begins = _ARROW in line and any(_ARROW in known for known in block)
        if begins:
            index = block.pop() if block[-1].strip().isdigit() and _ARROW not in block[-1] else None
            yield number - len(block) - (index is not None), block
            block = [] if index is None else [index]
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _cue(number: int, block: list[str], language: str) -> Cue | Problem:
    place = next((place for place, line in enumerate(block[:2]) if _ARROW in line), None)
    if place is None:
        return Problem(number, 1, "a cue must have its times, as 00:00:00,000 --> 00:00:01,000", lost=True)
    times = _TIMES.fullmatch(block[place])
    if not times:
        return Problem(number + place, 1, "times must be written as 00:00:00,000 --> 00:00:01,000", lost=True)
    start, end = _ms(times.groups()[:4]), _ms(times.groups()[4:])
    if not start < end <= MAX_TIME:
        return Problem(number + place, times.start(5) + 1, "a cue must end after it starts", lost=True)
    said = functools.reduce(join, (clean_text(_MARKUP.sub("", line)) for line in block[place + 1 :]), "")
    name = clean_text(block[0]) if place else ""
    return Cue(name, start, end, said.strip(), language)


def _ms(parts: tuple[str, ...]) -> int:
    hours, minutes, seconds = map(int, parts[:3])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(parts[3].ljust(3, "0"))
