"""Braille Ready Format: lines of 40 cells, pages of 25 lines, for embossers and Braille displays.

liblouis translates (`lou_translate`, Debian: liblouis-bin). Where it is not installed, `brf` says so.
"""

import enum
import functools
import shutil
import subprocess
from collections.abc import Iterator, Sequence

from server.archive.export.content import Heading, Turn, facts, parts
from server.archive.record import Missing, Record, TrackRecord
from server.errors import ServerError

CELLS = 40  # a line
LINES = 25  # a page
_ASCII = " A1B'K2L@CIF/MSP\"E3H9O6R^DJG>NTQ,*5<-U8V.%[$+X!&;:4\\0Z7(_?W]#Y)="  # North American Braille ASCII
_CHUNK = 500  # characters; lou_translate cuts lines of 2,048
_TIMEOUT = 120  # seconds; three hours of speech take two
_INDENT = 2  # cells before a paragraph
_DIGITS = "JABCDEFGHI"
_TABLES = {
    "en": ("en-ueb-g1.ctb", "en-ueb-g2.ctb"),
    "fr": ("fr-bfu-comp6.utb", "fr-bfu-g2.ctb"),
    "es": ("es-g1.ctb", "es-g2.ctb"),
    "ru": ("ru-litbrl.ctb", "ru-litbrl.ctb"),
    "ar": ("ar-ar-g1.utb", "ar-ar-g2.ctb"),
    "zh": ("zhcn-g1.ctb", "zhcn-g1.ctb"),
    "de": ("de-g1.ctb", "de-g2.ctb"),
    "pt": ("pt-pt-g1.utb", "pt-pt-g2.ctb"),
}


class Grade(enum.IntEnum):
    """How far words are contracted."""

    ONE = 1
    TWO = 2


class BrailleMissing(ServerError):
    """liblouis is not installed."""


def brf(record: Record, track: TrackRecord) -> bytes:
    """Return the track as a .brf file in contracted Braille."""
    return braille(record, track, Grade.TWO)


def brf_uncontracted(record: Record, track: TrackRecord) -> bytes:
    """Return the track as a .g1.brf file in uncontracted Braille."""
    return braille(record, track, Grade.ONE)


def braille(record: Record, track: TrackRecord, grade: Grade) -> bytes:
    """Return pages of Braille ASCII; BrailleMissing says what to install."""
    blocks = list(_blocks(record, track))
    texts: dict[str, list[str]] = {}
    for block in blocks:
        for language, text in block:
            texts.setdefault(language, []).extend(_chunks(text))
    done = {language: iter(translate(lines, language, grade)) for language, lines in texts.items()}
    paragraphs = [
        " ".join(next(done[language]) for language, text in block for _ in _chunks(text)).split() for block in blocks
    ]
    return "\f".join(_pages(_lines(paragraphs))).encode("ascii")


def translate(lines: Sequence[str], language: str, grade: Grade) -> list[str]:
    """Return each line in Braille ASCII; BrailleMissing says what to install."""
    program = shutil.which("lou_translate")
    if program is None:
        msg = "Braille needs liblouis on the server: install the package liblouis-bin"
        raise BrailleMissing(msg)
    table = _TABLES.get(language.split("-", maxsplit=1)[0].lower(), _TABLES["en"])[grade - 1]
    done = subprocess.run(  # noqa: S603 - our own arguments; the text goes through stdin
        [program, "--forward", f"unicode.dis,{table}"],
        input=("\n".join(lines) + "\n").replace("\\", r"\\").encode(),  # a backslash would be the start of an order
        capture_output=True,
        timeout=_TIMEOUT,
        check=True,
    )
    found = done.stdout.decode(errors="replace").split("\n")[: len(lines)]
    return ["".join(map(_cell, line)) for line in found]


def _blocks(record: Record, track: TrackRecord) -> Iterator[list[tuple[str, str]]]:
    """Yield paragraphs as pieces of (language, text)."""
    yield [(track.track.language, record.meeting.title)]
    yield [("en", record.date)]
    yield [("en", track.quality)]
    for part in parts(record, track):
        match part:
            case Heading(title=title):
                yield [(track.track.language, title)]
            case Missing():
                yield [("en", f"[{part}]")]
            case Turn(paragraph=said, opens=opens):
                speaker = [(said.language, f"{said.speaker}:")] if opens else []
                yield [*speaker, *((update.cue.language, update.cue.text) for update in said.cues)]
            case _:
                yield [("en", f"Dissenting statement by {part.author}, {part.date}: {' '.join(part.text.split())}")]
    for name, value in facts(record, track):
        yield [("en", f"{name}: {value}")]


def _chunks(text: str) -> list[str]:
    """Cut a long text between words; a word that is longer than a chunk is cut too."""
    chunks, rest = [], text
    while len(rest) > _CHUNK:
        place = rest.rfind(" ", 1, _CHUNK)
        place = _CHUNK if place < 0 else place
        chunks.append(rest[:place].strip())
        rest = rest[place:].strip()
    return [*chunks, rest] if rest else chunks or [text]


@functools.cache
def _cell(letter: str) -> str:
    code = ord(letter) - 0x2800
    if 0 <= code < 256:  # noqa: PLR2004 - the Braille block; dots 7 and 8 have no place in Braille ASCII
        return _ASCII[code & 0x3F]
    return " "


def _lines(paragraphs: Sequence[Sequence[str]]) -> Iterator[str]:
    for words in paragraphs:
        line = " " * (_INDENT - 1)
        for word in words:
            rest = word
            if len(line) + 1 + len(rest) > CELLS and line.strip():
                yield line
                line = ""
            while len(rest) > CELLS - len(line) - bool(line):
                cut = CELLS - len(line) - bool(line)
                yield f"{line} {rest[:cut]}" if line else rest[:cut]
                line, rest = "", rest[cut:]
            line = f"{line} {rest}" if line else rest
        if line.strip():
            yield line


def _pages(lines: Iterator[str]) -> Iterator[str]:
    """Yield pages: the last line has the page's number at its right."""
    page: list[str] = []
    number = 0
    for line in [*lines, None]:
        if line is not None:
            page.append(line)
        if page and (line is None or len(page) == LINES - 1):
            number += 1
            page += [""] * (LINES - 1 - len(page))
            shown = "#" + "".join(_DIGITS[int(digit)] for digit in str(number))
            yield "".join(f"{one}\r\n" for one in [*page, shown.rjust(CELLS)])
            page = []
