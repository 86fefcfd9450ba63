"""Commit policy: how many leading words of a hypothesis will never change again.

Two signals that fail differently are used together: a word that ends long enough before the end of the audio
(alignment, as AlignAtt, arXiv 2406.10052), or one on which two passes agree (LocalAgreement, arXiv 2307.14743) and
that is not at the very edge.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from captioner.captions.cue import Word


@dataclass(frozen=True, slots=True)
class CommitConfig:
    """Distances from the end of the audio heard, in ms."""

    settled_ms: int = 1_440
    """A word that ends this long before the end of the audio is committed by one pass."""
    agreed_ms: int = 540
    """A word on which two passes agree may end this close to the end of the audio."""
    doubt: float = 0.7
    """But one below this probability ..."""
    doubtful_ms: int = 940
    """... not closer than this."""
    sure: float = 0.9
    """A word of at least this probability (above 1: none) ..."""
    sure_ms: int = 200
    """... may end this close to the end of the audio, seen by one pass ..."""
    followed: bool = True
    """... if another word follows: behind the last one heard the decoder likes to put a full stop."""
    open_ms: int = 2_000
    """A number at the end of the hypothesis waits so long for the rest of it: 314 may become 314,000."""


def normal(word: str) -> str:
    """Return the word without case and punctuation, for comparing passes."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LNM") or folded.strip()


def _may_go_on(word: str) -> bool:
    return word.rstrip()[-1:].isdigit()


def stable_words(previous: Sequence[Word], current: Sequence[Word], heard_ms: int, config: CommitConfig) -> int:
    """Return how many leading words of `current` to commit.

    `previous` is what the pass before said after the same committed words; `heard_ms` is the end of the audio of this
    pass. Both sequences begin after everything already committed.
    """
    count = 0
    agree = True
    for index, word in enumerate(current):
        agree = agree and index < len(previous) and normal(previous[index].text) == normal(word.text)
        settled = word.end <= heard_ms - config.settled_ms
        last = index == len(current) - 1
        likely = word.probability >= config.sure and not (last and config.followed)
        sure = likely and word.end <= heard_ms - config.sure_ms
        close = config.agreed_ms if word.probability >= config.doubt else config.doubtful_ms
        if not settled and not sure and not (agree and word.end <= heard_ms - close):
            break
        if last and _may_go_on(word.text) and not word.end <= heard_ms - config.open_ms:
            break
        count += 1
    return count
