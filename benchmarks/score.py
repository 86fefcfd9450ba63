"""Scores: accuracy, latency and stability of what was shown. Pure but for the normalisers.

Latency is from the end of a word in the audio to its first appearance. Word ends come from a forced alignment of the
reference where there is one, else from offline faster-whisper's word times, never from the engine that is measured.
Stability: unstable partial word ratio, arXiv 2006.01416: words that a later display changed or withdrew, a final word.
"""

import difflib
import itertools
import re
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from benchmarks.display import Shown, final_words
from benchmarks.recordings import TimedWord

Normaliser = Callable[[str], str]
_BRACKETS = str.maketrans("()[]<>", "      ")  # what stands in them was said; the normaliser would take it away


class Accuracy(msgspec.Struct, frozen=True):
    """Counts of words (of characters where a script has no spaces)."""

    words: int
    substitutions: int
    deletions: int
    insertions: int

    @property
    def rate(self) -> float:
        """Word error rate, 0 is perfect."""
        return (self.substitutions + self.deletions + self.insertions) / max(1, self.words)

    def __add__(self, other: "Accuracy") -> "Accuracy":
        """Sum up recordings."""
        return Accuracy(
            self.words + other.words,
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
        )


def normaliser(language: str) -> Normaliser:
    """Return Whisper's normaliser of a language; characters apart where words have no spaces between them."""
    from whisper_normalizer.basic import BasicTextNormalizer  # noqa: PLC0415 - only where accuracy is scored
    from whisper_normalizer.english import EnglishTextNormalizer  # noqa: PLC0415

    if language == "en":
        english: Normaliser = EnglishTextNormalizer()
        return english
    basic: Normaliser = BasicTextNormalizer(remove_diacritics=language == "es", split_letters=language == "zh")
    return basic


def accuracy(reference: str, hypothesis: str, normal: Normaliser) -> Accuracy:
    """Compare normalised texts."""
    import jiwer  # noqa: PLC0415 - only where accuracy is scored

    truth, said = (normal(text.translate(_BRACKETS)) for text in (reference, hypothesis))
    if not truth.strip():
        return Accuracy(0, 0, 0, len(said.split()))
    found = jiwer.process_words(truth, said)
    words = found.hits + found.substitutions + found.deletions
    return Accuracy(words, found.substitutions, found.deletions, found.insertions)


class Timing(msgspec.Struct, frozen=True):
    """How late the words of one recording were, in ms; a value for each word that could be matched."""

    commit: list[int]
    """To the first moment from which the word was stable."""
    display: list[int]
    """To its first appearance, stable or not."""
    ends: list[int]
    """When the word ended in the audio, for the trend."""


def timing(shown: Sequence[Shown], reference: Sequence[TimedWord]) -> Timing:
    """Match the final words with the reference and look up when each first stood there."""
    final = final_words(shown)
    keys = [key(word) for word in final]
    commit, display = _first_moments(shown, keys)
    theirs = [key(word.text) for word in reference]
    matcher = difflib.SequenceMatcher(None, theirs, keys, autojunk=False)
    late, seen, ends = [], [], []
    for block in matcher.get_matching_blocks():
        for offset in range(block.size):
            end = reference[block.a + offset].end
            late.append(commit[block.b + offset] - end)
            seen.append(display[block.b + offset] - end)
            ends.append(end)
    return Timing(late, seen, ends)


class Drift(msgspec.Struct, frozen=True):
    """How far word times are from a reference, in ms without sign; a value for each word that could be matched."""

    starts: list[int]
    ends: list[int]


def drift(words: Sequence[TimedWord], reference: Sequence[TimedWord]) -> Drift:
    """Match words with the reference and compare their times."""
    theirs, ours = ([key(word.text.strip()) for word in side] for side in (reference, words))
    blocks = difflib.SequenceMatcher(None, theirs, ours, autojunk=False).get_matching_blocks()
    pairs = [(reference[b.a + n], words[b.b + n]) for b in blocks for n in range(b.size)]
    return Drift([abs(a.start - b.start) for a, b in pairs], [abs(a.end - b.end) for a, b in pairs])


def _first_moments(shown: Sequence[Shown], keys: Sequence[str]) -> tuple[list[int], list[int]]:
    """For each final word: when it first was stable, and when it first stood at its place."""
    last = shown[-1].at_ms if shown else 0
    commit, display = [last] * len(keys), [last] * len(keys)
    seen = [False] * len(keys)
    committed = 0
    for moment in shown:
        there = [key(word) for word in moment.words[committed:]]
        for index, word in enumerate(there, committed):
            if index < len(keys) and not seen[index] and word == keys[index]:
                seen[index], display[index] = True, moment.at_ms
        while committed < min(moment.stable, len(keys)):
            commit[committed] = moment.at_ms
            committed += 1
    return commit, display


def revised(shown: Sequence[Shown]) -> int:
    """Return how many stable words were changed or withdrawn later: must be 0. "all" that becomes "all-time" is not."""
    stable: tuple[str, ...] = ()
    count = 0
    for moment in shown:
        now = moment.words[: moment.stable]
        count += sum(not b.startswith(a) for a, b in zip(stable, now, strict=False)) + max(0, len(stable) - len(now))
        stable = now
    return count


def unstable_ratio(shown: Sequence[Shown]) -> float:
    """Return the unstable partial word ratio: words changed or withdrawn, a final word."""
    before: list[str] = []
    changed = 0
    for moment in shown:
        now = [key(word) for word in moment.words]
        kept = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(before, now, strict=False))
        changed += len(before) - sum(1 for _ in kept)
        before = now
    return changed / max(1, len(final_words(shown)))


def shrinks(shown: Sequence[Shown]) -> int:
    """Return how often there were fewer words on display than before."""
    return sum(len(b.words) < len(a.words) for a, b in itertools.pairwise(shown))


def slope_per_hour(timings: Timing) -> float:
    """Return how many ms the commit latency grows in an hour of audio (least squares)."""
    if len(timings.ends) < 2 or timings.ends[-1] == timings.ends[0]:  # noqa: PLR2004
        return 0.0
    return float(np.polyfit(np.array(timings.ends) / 3_600_000, timings.commit, 1)[0])


def percentile(values: Sequence[int], share: float) -> int | None:
    """Return a percentile (0..100), None without values."""
    return round(float(np.percentile(values, share))) if values else None


def key(word: str) -> str:
    """Return what is compared of a word: letters and digits without case."""
    return re.sub(r"[^\w]", "", word.casefold()) or word
