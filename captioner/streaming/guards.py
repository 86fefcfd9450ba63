"""Guards against a decoder that says what nobody said: loops, and words crammed into no time.

Both were measured against real speech that looks alike: people do say a word five times, and speak fast. So only what
is beyond that is taken away, and what was said after it stays.
"""

from collections.abc import Sequence

from captioner.captions.cue import Word
from captioner.streaming.policy import normal

MAX_PERIOD = 8  # words; longer refrains are people's
SAID = 6  # people say a word so often ("words, words, words, words"); a loop knows no end
REFRAIN = 3  # words in a group that people do not say three times over
REFRAINS = 2


def without_loops(words: Sequence[Word], before: Sequence[Word] = ()) -> list[Word]:
    """Return `words` without a loop's surplus repetitions; `before` was committed and counts as said.

    A loop is a group of 1..MAX_PERIOD words said more than SAID times in a row (REFRAINS times for more than REFRAIN).
    """
    kept = list(words)
    for period in range(1, MAX_PERIOD + 1):
        allowed = SAID if period <= REFRAIN else REFRAINS
        kept = _collapsed(kept, before, period, allowed)
    return kept


def _collapsed(words: Sequence[Word], before: Sequence[Word], period: int, allowed: int) -> list[Word]:
    kept: list[Word] = []
    keys: list[str] = []
    run = 0
    for index, word in enumerate((*before, *words)):
        key = normal(word.text)
        run = run + 1 if len(keys) >= period and keys[-period] == key else 0
        keys.append(key)
        if index >= len(before) and run <= period * (allowed - 1):
            kept.append(word)
    return kept


CRAMMED = 4  # words in a row at the end ...
SHORTEST_MS = 70  # ... that are all shorter than this: nobody speaks 14 words a second


def without_crammed(words: Sequence[Word]) -> list[Word]:
    """Return `words` without a tail of words that are too many for their time.

    A decoder that has nothing left to hear invents a sentence, and the alignment puts it all on the last frames.
    """
    end = len(words)
    while end and words[end - 1].end - words[end - 1].start < SHORTEST_MS:
        end -= 1
    return list(words[:end] if len(words) - end >= CRAMMED else words)
