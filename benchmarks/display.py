"""What a reader had before the eyes, moment by moment, whatever engine showed it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from captioner.captions.cue import CueStatus, split_stable
from captioner.publish.sink import Emitted


@dataclass(frozen=True, slots=True)
class Shown:
    """All words on display since the start of the recording, at one moment."""

    at_ms: int
    """Since the start of the audio, compute time included."""
    words: tuple[str, ...]
    stable: int
    """Leading words that the engine says it will not change."""


def of_updates(emitted: Iterable[Emitted]) -> list[Shown]:
    """Read our own updates: finished cues, then the open one."""
    finished: list[str] = []
    shown = [Shown(0, (), 0)]
    for one in emitted:
        stable, unstable = split_stable(one.update)
        words = (*finished, *_words(stable, unstable))
        if shown[-1].at_ms == one.emitted_ms:
            shown.pop()  # what comes together is seen together
        shown.append(Shown(one.emitted_ms, words, len(finished) + len(stable.split())))
        if one.update.status is CueStatus.FINAL:
            finished += stable.split()
    return shown


def _words(stable: str, unstable: str) -> list[str]:
    """Return what a reader takes for words: a comma behind the last certain word, which may still go, is none."""
    words, rest = stable.split(), unstable.split()
    if words and rest and not unstable[0].isspace() and not any(map(str.isalnum, rest[0])):
        rest.pop(0)
    return words + rest


def final_words(shown: Sequence[Shown]) -> tuple[str, ...]:
    """Return what stood at the end."""
    return shown[-1].words[: shown[-1].stable] if shown else ()
