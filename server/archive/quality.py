"""How good a record is, in figures: what a person corrected, what is too fast to read, what was hardly heard. Pure."""

from collections.abc import Sequence

import msgspec

from captioner.captions.cue import CueUpdate

SHORTEST = 833  # ms, 5/6 s: a cue that is shown for less cannot be read
LONGEST = 7_000  # ms: longer, and readers begin to read it again
SURE = 0.5  # a word below was hardly heard
_SPEED = {"en": 20, "zh": 9, "ja": 9, "ko": 12}  # characters a second; the others 17
_OTHERS = 17


class CueQuality(msgspec.Struct, frozen=True):
    """One cue's figures."""

    corrected: bool
    too_fast: bool
    too_short: bool
    too_long: bool
    unsure: tuple[str, ...]  # words


class Quality(msgspec.Struct, frozen=True):
    """A track's figures; counts of cues where nothing else is said."""

    cues: int
    corrected: int
    too_fast: int
    too_short: int
    too_long: int
    words: int
    unsure_words: int

    @property
    def share_corrected(self) -> float:
        """0..1."""
        return self.corrected / self.cues if self.cues else 0.0


def cue_quality(update: CueUpdate) -> CueQuality:
    """Judge one cue."""
    cue = update.cue
    shown = cue.end - cue.start
    speed = _SPEED.get(cue.language.split("-", maxsplit=1)[0].lower(), _OTHERS)
    unsure = tuple(word.text.strip() for word in cue.words if word.probability < SURE)
    too_fast = len(cue.text) * 1000 > speed * shown
    return CueQuality(update.human, too_fast, shown < SHORTEST, shown > LONGEST, () if update.human else unsure)


def quality(updates: Sequence[CueUpdate]) -> Quality:
    """Judge a track's finals."""
    every = [cue_quality(update) for update in updates]
    return Quality(
        cues=len(every),
        corrected=sum(one.corrected for one in every),
        too_fast=sum(one.too_fast for one in every),
        too_short=sum(one.too_short for one in every),
        too_long=sum(one.too_long for one in every),
        words=sum(len(update.cue.words) for update in updates),
        unsure_words=sum(len(one.unsure) for one in every),
    )
