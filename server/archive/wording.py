"""The times of words after a person changed the text: what stayed keeps its time, what is new shares the gap. Pure."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from captioner.captions.cue import MAX_WORDS, Word

_PIECE = re.compile(r"\s*[\u3040-\u30ff\u3400-\u9fff]|\s*[^\s\u3040-\u30ff\u3400-\u9fff]+")


def pieces(text: str) -> list[str]:
    """Cut a text into words with their leading space; Chinese and Japanese by the character."""
    return _PIECE.findall(text)


def retimed(text: str, words: Sequence[Word], start: int, end: int) -> tuple[Word, ...]:
    """Return words that are exactly `text`, inside [start, end] ms; none where there were none to take times from."""
    fresh = pieces(text)
    if not words or not fresh or len(fresh) > MAX_WORDS:
        return ()
    old = [word for known in words for word in _split(known)]
    matcher = SequenceMatcher(
        None, [_core(word.text) for word in old], [_core(piece) for piece in fresh], autojunk=False
    )
    timed: list[Word] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            timed += [Word(w.start, w.end, p, w.probability) for w, p in zip(old[i1:i2], fresh[j1:j2], strict=True)]
        elif j2 > j1:
            begin = old[i1].start if i1 < i2 else (timed[-1].end if timed else start)
            finish = old[i2 - 1].end if i1 < i2 else (old[i1].start if i1 < len(old) else end)
            timed += _spread(fresh[j1:j2], begin, max(begin, finish))
    return tuple(Word(*_within(w.start, w.end, start, end), w.text, w.probability) for w in timed)


def _within(low: int, high: int, start: int, end: int) -> tuple[int, int]:
    low = min(max(low, start), end)
    return low, min(max(high, low), end)


def _core(text: str) -> str:
    return text.strip().casefold().strip(".,;:!?\u2026\u3002\uff0c\uff1f\uff01\u060c\u061f")


def _split(word: Word) -> list[Word]:
    parts = pieces(word.text)
    if len(parts) < 2:  # noqa: PLR2004 - one piece is the word itself
        return [word]
    step = (word.end - word.start) / len(parts)
    times = [word.start + round(step * i) for i in range(len(parts) + 1)]
    return [Word(times[i], times[i + 1], part, word.probability) for i, part in enumerate(parts)]


def _spread(texts: Sequence[str], begin: int, finish: int) -> list[Word]:
    """Give new words the time between, by their length; a person wrote them, so they are sure."""
    total, done, words = sum(map(len, texts)), 0, []
    for text in texts:
        low = begin + (finish - begin) * done // total
        done += len(text)
        words.append(Word(low, begin + (finish - begin) * done // total, text))
    return words
