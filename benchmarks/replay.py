"""A scripted meeting for readers: sentences with growing partials, at the pace of speech, into a real server."""

import itertools
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Word

WORDS_A_MINUTE = 170
_PARTIAL_S = 0.3
_SHORT = 2  # words: a shorter part is no sentence
_TEXT = Path(__file__).parent.parent / "demo" / "meeting.txt"


@dataclass(frozen=True, slots=True)
class Said:
    """What is pushed, and when."""

    at_s: float
    update: CueUpdate


def sentences(minutes: float) -> list[str]:
    """Return as many sentences as are spoken in `minutes`, no two the same."""
    text = re.sub(r">>\s*[A-Z ]+:", " ", _TEXT.read_text(encoding="utf-8"))
    parts = [part.strip() for part in re.split(r"(?<=[.?!])\s+", text) if len(part.split()) > _SHORT]
    found: list[str] = []
    words = 0
    for number, part in enumerate(itertools.cycle(parts)):
        if words >= minutes * WORDS_A_MINUTE:
            return found
        repeat, at = divmod(number, len(parts))
        found.append(part if repeat == 0 else f"Item {repeat}.{at}: {part}")
        words += len(found[-1].split())
    return found


def script(spoken: list[str]) -> Iterator[Said]:
    """Yield the updates of every sentence: partials as the words come, then the final."""
    at = 0.0
    for number, text in enumerate(spoken, 1):
        words = text.split()
        start = at
        shown = start
        for count in range(1, len(words) + 1):
            at += 60 / WORDS_A_MINUTE
            if at - shown >= _PARTIAL_S and count < len(words):
                shown = at
                yield Said(at, _update(number, start, " ".join(words[:count]), count, CueStatus.PARTIAL))
        yield Said(at, _update(number, start, text, 1000, CueStatus.FINAL))


def play(said: Iterator[Said], push: Callable[[CueUpdate], None], *, pace: float = 1.0) -> None:
    """Push each update at its time; returns after the last one."""
    begin = time.monotonic()
    for one in said:
        time.sleep(max(0.0, begin + one.at_s / pace - time.monotonic()))
        push(one.update)


def _update(number: int, start_s: float, text: str, revision: int, status: CueStatus) -> CueUpdate:
    start = round(start_s * 1000) + 1
    words = tuple(Word(start + at, start + at + 1, f" {word}") for at, word in enumerate(text.split()))
    cue = Cue(f"c-{number}", start, start + max(900, len(words) * 350), text, "en", "", words)
    return CueUpdate(cue, revision, status, len(words) if status is CueStatus.FINAL else max(0, len(words) - 2))
