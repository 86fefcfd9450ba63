"""Who says what in a WebVTT cue, and when: a cue in which several people speak is several turns. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from captioner.captions.cue import clean_text
from captioner.captions.segments import join
from captioner.captions.vtt_text import Node

_DASHES = " -\u2010\u2011\u2012\u2013\u2014\u2015"  # before turns in dialogues


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person says in a cue."""

    speaker: str
    language: str  # as the file writes it; "" where it does not
    text: str
    start: int  # ms
    end: int  # ms


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of text between tags."""

    speaker: str
    language: str
    text: str
    at: int | None  # ms; when it begins, where a time stands before it


def turns(tree: Node, start: int, end: int) -> list[Turn]:
    """Return the turns of a cue from `start` to `end` ms; one without text when there is nothing to read.

    Where the cue has no times within, its time is divided by the length of what each says.
    """
    found: list[_Piece] = []
    for piece in _pieces(tree, "", "", [None]):
        spoken = any(letter.isalnum() for letter in piece.text)
        if found and (piece.speaker == found[-1].speaker or not spoken):
            found[-1] = replace(
                found[-1], text=found[-1].text + piece.text, language=found[-1].language or piece.language
            )
        elif found and not any(letter.isalnum() for letter in found[-1].text):
            found[-1] = replace(piece, text=found[-1].text + piece.text)
        else:
            found.append(piece)
    said = [replace(piece, text=_line(piece.text)) for piece in found]
    if len(said) < 2 or end - start < len(said):  # noqa: PLR2004 - nothing to divide
        whole = said[0] if said else _Piece("", "", "", None)
        text = "" if not said else _joined(said)
        return [Turn(whole.speaker, whole.language, text, start, end)]
    said = [replace(piece, text=piece.text.strip(_DASHES) or piece.text) for piece in said]
    times = [*_starts(said, start, end), end]
    return [Turn(one.speaker, one.language, one.text, *times[n : n + 2]) for n, one in enumerate(said)]


def _pieces(node: Node, speaker: str, language: str, time: list[int | None]) -> Iterator[_Piece]:
    if node.name == "v":
        speaker = clean_text(node.annotation)
    elif node.name == "lang":
        language = language or clean_text(node.annotation)
    for child in node.children:
        if isinstance(child, Node):
            yield from _pieces(child, speaker, language, time)
        elif isinstance(child, str):
            yield _Piece(speaker, language, child, time[0])
            time[0] = None if child.strip() else time[0]
        else:
            time[0] = child


def _line(text: str) -> str:
    line = ""
    for each in map(clean_text, text.split("\n")):
        line = join(line, each)
    return line.strip()


def _joined(pieces: list[_Piece]) -> str:
    line = ""
    for piece in pieces:
        line = join(line, piece.text)
    return line


def _starts(said: list[_Piece], start: int, end: int) -> list[int]:
    """Return when each piece begins: as the file says, else by the length of what comes before; always rising."""
    length = sum(len(piece.text) for piece in said)
    starts: list[int] = []
    before = 0
    for number, piece in enumerate(said):
        guess = piece.at if piece.at is not None else start + (end - start) * before // length
        least = starts[-1] + 1 if starts else start
        starts.append(start if not starts else max(least, min(guess, end - len(said) + number)))
        before += len(piece.text)
    return starts
