"""What a glossary brings: names of the reference, and how many of them stand in the captions without it and with it.

The terms are chosen from the reference alone (words with a capital within a sentence), never from what was misheard.
"""

import difflib
import re
from collections.abc import Callable
from dataclasses import replace

import msgspec

from benchmarks import score
from benchmarks.cost import Costed
from benchmarks.engines import chunks
from benchmarks.recordings import Recording
from captioner.captions.cue import CueStatus
from captioner.publish.sink import Emitted
from captioner.recognition.silero import SileroVoiceDetector
from captioner.run import Beat, retrying, run_virtual
from captioner.streaming.glossary import Term, key, parse
from captioner.streaming.session import Session, SessionConfig

_LETTERS = 5  # shorter ones are too often something else
_NAME = re.compile(rf"(?<=[a-z,;] )[A-Z][a-zà-ÿ]{{{_LETTERS - 1},}}")


class Terms(msgspec.Struct, frozen=True):
    """A glossary over recordings."""

    recordings: list[str]
    terms: int
    said: int
    """How often they were said."""
    right_without: int
    right_with: int
    put_in: int
    """Terms in the captions, with the glossary, where something else was said."""
    put_in_without: int
    wer_without: float
    wer_with: float


def names(text: str) -> list[str]:
    """Return the names in a text: words with a capital that begin no sentence, each once, in order."""
    return list(dict.fromkeys(_NAME.findall(" ".join(text.split()))))


def hits(reference: str, said: str, terms: frozenset[str]) -> tuple[int, int, int]:
    """Return how often `terms` (keys) were said, how many of these stand in `said`, and how many stand there else."""
    theirs, ours = ([key(word) for word in text.split()] for text in (reference, said))
    right = 0
    for block in difflib.SequenceMatcher(None, theirs, ours, autojunk=False).get_matching_blocks():
        right += sum(word in terms for word in theirs[block.a : block.a + block.size])
    spoken = sum(word in terms for word in theirs)
    return spoken, right, sum(word in terms for word in ours) - right


def _caption(recognizer: Costed, recording: Recording, glossary: tuple[Term, ...]) -> str:
    session = Session(replace(SessionConfig(), language=recording.language), SileroVoiceDetector().probability, "bench")
    session.glossary = glossary
    said: list[str] = []

    def take(emitted: Emitted) -> None:
        if emitted.update.status is CueStatus.FINAL:
            said.append(emitted.update.cue.text)

    run_virtual(chunks(recording.samples()), session, retrying(recognizer), take, _nothing, recognizer.now)
    return " ".join(said)


def measure(recognizer: Costed, recordings: list[Recording], tell: Callable[[str], None]) -> Terms:
    """Caption each recording without and with its names as glossary."""
    totals = {False: [0, 0, 0], True: [0, 0, 0]}
    wrong = {False: score.Accuracy(0, 0, 0, 0), True: score.Accuracy(0, 0, 0, 0)}
    terms: set[str] = set()
    for recording in recordings:
        glossary = parse("\n".join(names(recording.text)))
        keys = frozenset(term.key for term in glossary)
        terms |= keys
        for used in (False, True):
            text = _caption(recognizer, recording, glossary if used else ())
            found = hits(recording.text, text, keys)
            totals[used] = [a + b for a, b in zip(totals[used], found, strict=True)]
            wrong[used] += score.accuracy(recording.text, text, score.normaliser(recording.language))
            tell(f"{recording.id}, {'with' if used else 'without'}: {found[1]} of {found[0]}, {found[2]} put in")
    return Terms(
        [r.id for r in recordings], len(terms), totals[True][0], totals[False][1], totals[True][1], totals[True][2],
        totals[False][2], round(wrong[False].rate, 4), round(wrong[True].rate, 4),
    )  # fmt: skip


def _nothing(_: Beat) -> None:
    """Take a beat."""
