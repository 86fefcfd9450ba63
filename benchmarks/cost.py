"""What a pass costs on a machine that does nothing else: a clock that is alike whatever else runs.

Even a processor-time clock is not: beside other work, with its caches and its memory shared, a pass took up to twice
the processor time. The numbers were measured once, for Whisper base, int8_float32, one thread of two AVX2 cores.
"""

import numpy as np

from captioner.recognition.base import Context, Recognised, Recognizer, Samples
from captioner.recognition.whisper import RATE, WhisperConfig, padded_length

_INPUT_S = (5, 7, 10, 12, 15, 20, 30)  # encoder input in seconds ...
_ENCODE_MS = (33, 49, 80, 111, 160, 224, 638)
_TOKEN_MS = (3.2, 3.4, 4.0, 4.5, 4.6, 4.9, 7.3)  # ... of the decoder, a step
_GIVEN_MS = 0.4  # a token that is given with others in one step ...
_SINGLE = 2  # ... and so many of the given ones follow one by one
_ALIGN_MS = (13, 13, 17, 18, 20, 24, 32)
_WIDER = 0.1  # share of a token's cost for each further hypothesis
_LETTERS = 4.0  # of a token, in English
_REST_MS = 20.0  # features, calls, what the decoder prepares, the tokens that begin and end
HEARING = 0.005  # seconds a second: voice detector, cues


def pass_ms(samples: int, given: int, new: int, beam: int, config: WhisperConfig) -> float:
    """Return what a pass costs whose text has so many letters, given and new."""
    length = padded_length(samples, config.margin_s, config.floor_s, 80) / RATE
    encode, token, align = (float(np.interp(length, _INPUT_S, ms)) for ms in (_ENCODE_MS, _TOKEN_MS, _ALIGN_MS))
    before = given / _LETTERS
    single = min(before, _SINGLE) if config.at_once else before
    steps = (single + new / _LETTERS) * token * (1 + _WIDER * (beam - 1))
    return encode + align + _REST_MS + (before - single) * _GIVEN_MS + steps


class Costed:
    """A Recognizer that counts what its passes would have cost; `now` is its clock in seconds."""

    def __init__(self, recognizer: Recognizer, config: WhisperConfig) -> None:
        """Begin at 0."""
        self._recognizer = recognizer
        self._config = config
        self._ms = 0.0

    def now(self) -> float:
        """Return the seconds so far."""
        return self._ms / 1000

    def recognise(self, audio: Samples, context: Context) -> Recognised:
        """Recognise, and let the clock go on."""
        heard = self._recognizer.recognise(audio, context)
        given, new = sum(map(len, context.prefix)), sum(len(word.text) for word in heard.words)
        self._ms += pass_ms(len(audio), given, new, context.beam, self._config)
        return heard
