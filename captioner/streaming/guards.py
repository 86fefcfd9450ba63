"""Guards against a decoder that says what nobody said: loops, and words crammed into no time."""

from collections.abc import Sequence

from captioner.captions.cue import Word
from captioner.streaming.policy import normal

MAX_PERIOD = 8  # words; longer refrains are people's
SAID = 3  # people say a word three times ("no, no, no"), rarely four; a loop knows no end


def first_loop(words: Sequence[Word], before: Sequence[Word] = ()) -> int | None:
    """Return the index in `words` where a loop's first surplus repetition begins, or None.

    A loop is a group of 1..MAX_PERIOD words said more than SAID times in a row (twice for groups of four or more),
    counting the words `before`, which were committed.
    """
    keys = [normal(w.text) for w in (*before, *words)]
    offset = len(before)
    found: int | None = None
    for period in range(1, MAX_PERIOD + 1):
        allowed = SAID if period < 4 else 2  # noqa: PLR2004 - see the docstring
        run = 0
        for index in range(period, len(keys)):
            run = run + 1 if keys[index] == keys[index - period] else 0
            if run >= period * allowed and index >= offset:
                begin = max(index - run + 1, offset) - offset
                found = begin if found is None else min(found, begin)
                break
    return found


CRAMMED = 4  # words in a row ...
SHORTEST_MS = 70  # ... that take less than this each on average: nobody speaks 14 words a second


def first_crammed(words: Sequence[Word]) -> int | None:
    """Return the index where words begin that are too many for their time, or None.

    A decoder that has nothing left to hear invents a sentence, and the alignment puts it all on the last frames.
    """
    for index in range(len(words) - CRAMMED + 1):
        if words[index + CRAMMED - 1].end - words[index].start < CRAMMED * SHORTEST_MS:
            return index
    return None
