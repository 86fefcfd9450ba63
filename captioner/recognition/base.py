"""What a recogniser and a voice detector are, and their errors.

RecognitionError
├── ModelUnusable       the folder does not hold a model that loads
└── RecognitionFailed   a pass failed
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from captioner.captions.cue import Word

Samples = NDArray[np.float32]


class RecognitionError(Exception):
    """Base of this package's errors."""


class ModelUnusable(RecognitionError):
    """The model cannot be loaded; the message says what to do."""


class RecognitionFailed(RecognitionError):
    """One pass failed; the stream can go on."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the audio."""

    prefix: Sequence[str] = ()
    """Words at the start of the audio that are certain (with their leading spaces)."""
    history: str = ""
    """Text before the audio."""
    language: str = ""
    """A language code, or "" to detect it."""
    likely: str = ""
    """Where it is to be detected: the language of what was said before, kept unless another is clearly heard."""
    beam: int = 1
    """Hypotheses followed at once: more is more accurate, and slower."""
    translate: bool = False
    """Translate to English instead: the answer is one word, the whole text."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """Words after the prefix, in ms from the start of the audio."""

    words: tuple[Word, ...]
    language: str
    no_speech: float


class Recognizer(Protocol):
    """Blocking and stateless; one call at a time."""

    def recognise(self, audio: Samples, context: Context) -> Recognised:
        """Return the words in (n,) float32 samples at 16 kHz, at most 30 s."""
        ...


class VoiceDetector(Protocol):
    """Keeps state between calls: one for each stream."""

    def probability(self, frame: Samples) -> float:
        """Return the probability (0..1) that somebody speaks in the next (512,) samples."""
        ...
