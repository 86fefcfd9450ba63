"""Recordings with references: the project's own demo, and a folder of further speech.

The folder is $SPEECH_DIR, or ../shared/speech beside the project. `<id>.flac` is the audio, `<id>.txt` its text (empty:
nobody speaks), `<id>.words.json` [[word, start s, end s], ...] where a forced alignment exists.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from captioner.audio.file import FileSource

ROOT = Path(__file__).parents[1]
RATE = 16_000
Samples = NDArray[np.float32]
_SPEAKER = re.compile(r"^>> [^:]*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word of the reference with its times in ms."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Recording:
    """Speech with what was said."""

    id: str
    path: Path
    language: str
    text: str
    words: tuple[TimedWord, ...] = ()
    """By forced alignment; empty where there is none."""

    def samples(self) -> Samples:
        """Return the audio, shape (n,) float32 at 16 kHz."""
        with FileSource(self.path) as source:
            return np.concatenate([chunk.samples for chunk in source])


def folder() -> Path:
    """Return where further speech is."""
    return Path(os.environ.get("SPEECH_DIR") or ROOT.parent / "shared" / "speech")


def demo() -> Recording:
    """Return the project's own recording, from the checkout or from the installed package."""
    here = ROOT / "demo"
    source = here if here.is_dir() else Path(__file__).parent / "data"
    script = (source / "meeting.txt").read_text(encoding="utf-8")
    return Recording("demo", source / "meeting.opus", "en", _SPEAKER.sub(" ", script))


def find(names: list[str]) -> Iterator[Recording]:
    """Yield recordings by id or folder: `demo`, `en_long`, `nonspeech/dishes`; LookupError with what there is."""
    for name in names:
        if name == "demo":
            yield demo()
            continue
        base = folder() / name
        paths = sorted(base.glob("*.flac")) if base.is_dir() else [base.with_suffix(".flac")]
        if not paths or not all(path.is_file() for path in paths):
            there = ", ".join(sorted(p.name for p in folder().glob("*") if p.is_dir())) if folder().is_dir() else "none"
            msg = f"there is no recording {name}; folders of recordings: demo, {there}. Name another place: SPEECH_DIR"
            raise LookupError(msg)
        for path in paths:
            yield _load(path)


def _load(path: Path) -> Recording:
    kind = path.parent.name
    language = kind if len(kind) == 2 else "en"  # noqa: PLR2004 - folders named by language
    text = path.with_suffix(".txt")
    timed = path.with_suffix(".words.json")
    words: tuple[TimedWord, ...] = ()
    if timed.is_file():
        rows = msgspec.json.decode(timed.read_bytes(), type=list[tuple[str, float, float]])
        words = tuple(TimedWord(word, round(start * 1000), round(end * 1000)) for word, start, end in rows)
    said = text.read_text(encoding="utf-8") if text.is_file() else ""
    return Recording(f"{kind}/{path.stem}", path, language, said, words)
