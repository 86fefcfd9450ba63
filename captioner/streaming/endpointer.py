"""Where speech starts and ends, from the voice detector's probabilities."""

import enum
from dataclasses import dataclass

FRAME = 512  # samples at 16 kHz a detector frame: 32 ms, what Silero VAD takes


@dataclass(frozen=True, slots=True)
class EndpointerConfig:
    """When an utterance begins and ends. Times in ms."""

    onset: float = 0.5
    """Probability from which a frame counts as speech."""
    offset: float = 0.35
    """Probability below which a frame counts as silence (hysteresis)."""
    min_speech_ms: int = 96
    """Shorter bursts (clicks, keys) are not speech."""
    end_silence_ms: int = 700
    """Silence that ends an utterance ..."""
    sentence_silence_ms: int = 700
    """... or this much, where what was said so far is a whole sentence."""


class Edge(enum.Enum):
    """A change at the frame just heard."""

    START = "start"
    END = "end"


class Endpointer:
    """Two states, silent and speaking; `hear` says when they change."""

    def __init__(self, config: EndpointerConfig, frame_ms: int = 32) -> None:
        """Start silent."""
        self._config = config
        self._frame_ms = frame_ms
        self._speech_ms = 0
        self._silence_ms = 0
        self.speaking = False
        self.complete = False
        """Set by whoever knows the words: they are a whole sentence so far."""

    def hear(self, probability: float) -> Edge | None:
        """Take one frame's speech probability (0..1)."""
        if not self.speaking:
            self._speech_ms = self._speech_ms + self._frame_ms if probability >= self._config.onset else 0
            if self._speech_ms < self._config.min_speech_ms:
                return None
            self.speaking, self.complete, self._silence_ms = True, False, 0
            return Edge.START
        if probability >= self._config.offset:
            self._silence_ms = 0
            return None
        self._silence_ms += self._frame_ms
        enough = self._config.sentence_silence_ms if self.complete else self._config.end_silence_ms
        if self._silence_ms < enough:
            return None
        self.speaking, self._speech_ms = False, 0
        return Edge.END

    @property
    def silence_ms(self) -> int:
        """How long it has been silent within the utterance."""
        return self._silence_ms
