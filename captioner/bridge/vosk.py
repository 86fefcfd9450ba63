"""The dialect of vosk-server, which BigBlueButton's transcription controller speaks. Pure.

The client sends `{"config": {"sample_rate": 16000}}`, then frames of 16-bit mono PCM, and `{"eof": 1}` at the end.
Every frame of sound is answered once: with `{"partial": ...}`, or, when a sentence is finished, with its `result` and
`text`.
"""

from collections import deque
from typing import Any

import msgspec
import numpy as np

from captioner.audio.resample import Resampler
from captioner.captions.cue import CueStatus, CueUpdate
from captioner.streaming.window import Samples

_RATES = range(8_000, 96_001)
_WAITING = 100  # finished sentences that the client has not fetched; it sends sound many times a second


class BadMessage(Exception):
    """The client does not speak the dialect."""


class VoskDialogue:
    """One connection."""

    def __init__(self) -> None:
        """Sound is 16 kHz until the client says otherwise."""
        self._resampler = Resampler(16_000)
        self._partial = ""
        self._finals: deque[dict[str, Any]] = deque(maxlen=_WAITING)
        self.over = False

    def sound(self, frame: bytes) -> Samples:
        """Return a frame's sound at 16 kHz."""
        samples = np.frombuffer(frame[: len(frame) // 2 * 2], "<i2").astype(np.float32) / np.float32(32768)
        return self._resampler.process(samples.reshape(-1, 1))

    def text(self, frame: str) -> None:
        """Take a frame of text; BadMessage where it is none of the dialect."""
        try:
            message = msgspec.json.decode(frame, type=dict[str, Any])
        except msgspec.DecodeError:
            raise BadMessage from None
        if "eof" in message:
            self.over = True
            return
        config = message.get("config")
        if not isinstance(config, dict):
            raise BadMessage
        rate = config.get("sample_rate", 16_000)
        if not isinstance(rate, int | float) or int(rate) not in _RATES:
            raise BadMessage
        self._resampler = Resampler(int(rate))

    def update(self, update: CueUpdate) -> None:
        """The captioner says something."""
        if update.status is CueStatus.PARTIAL:
            self._partial = update.cue.text
        elif update.status is CueStatus.FINAL:
            self._partial = ""
            self._finals.append(result(update))

    def answer(self) -> str:
        """Return the answer to a frame of sound."""
        return _json(self._finals.popleft() if self._finals else {"partial": self._partial})

    def last(self) -> str:
        """Return the answer to `eof`: everything that is left."""
        rest = list(self._finals)
        self._finals.clear()
        words = [word for each in rest for word in each["result"]]
        return _json({"result": words, "text": " ".join(each["text"] for each in rest)})


def result(update: CueUpdate) -> dict[str, Any]:
    """Return a final as vosk-server gives it; times in seconds."""
    words = [
        {
            "conf": round(word.probability, 3),
            "start": word.start / 1000,
            "end": word.end / 1000,
            "word": word.text.strip(),
        }
        for word in update.cue.words
    ]
    return {"result": words, "text": update.cue.text}


def _json(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()
