"""The sink protocol."""

from dataclasses import dataclass
from typing import Protocol

from captioner.captions.cue import CueUpdate


@dataclass(frozen=True, slots=True)
class Emitted:
    """An update and when it came, in ms since the start of the audio (paced or virtual, compute time included)."""

    update: CueUpdate
    emitted_ms: int
    audio_ms: int
    """End of the audio that had been heard."""


class CaptionSink(Protocol):
    """Takes updates; never blocks."""

    def push(self, emitted: Emitted) -> None:
        """Take one update."""
        ...
