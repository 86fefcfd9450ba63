"""Tells the speakers at one microphone apart by their voices: "Speaker 1", "Speaker 2". Off unless the host wants it.

Only what is on the record is listened to. In a part under the Chatham House Rule or off the record no voice is compared
and no sound is kept, so that nothing links its turns. How a voice sounds, only this process knows.
"""

import threading
from collections import deque
from collections.abc import Callable

import msgspec
import numpy as np

from captioner.captions.cue import CueStatus, CueUpdate
from captioner.captions.labels import label
from captioner.streaming.speakers import Speakers, Voice
from captioner.streaming.window import Samples, to_ms, to_samples

_KEPT_MS = 60_000  # a machine that is further behind tells nobody apart
_LEAST_MS = 600  # less tells nothing of a voice
_MOST_MS = 5_000  # of a long caption its middle: what a caption costs has a bound


class Diarist:
    """Labels the finals of one source; everything else passes as it is."""

    def __init__(
        self, embed: Callable[[Samples], Voice], on_record: Callable[[int, int], bool], since: str = ""
    ) -> None:
        """Take what knows voices, and whether [start, end] ms may be kept with a speaker.

        `since` stands in the labels of a captioner that came into a meeting later: its "Speaker 1" is nobody's before.
        """
        self._embed, self._on_record = embed, on_record
        self._since = since
        self._speakers = Speakers()
        self._lock = threading.Lock()
        self._sound: deque[tuple[int, Samples]] = deque()

    def hear(self, samples: Samples, at_ms: int) -> None:
        """Keep a minute of sound that is on the record, from the thread that has it."""
        with self._lock:
            while self._sound and self._sound[0][0] < at_ms - _KEPT_MS:
                self._sound.popleft()
            if self._on_record(at_ms, at_ms + to_ms(len(samples))):
                self._sound.append((at_ms, samples))

    def labelled(self, update: CueUpdate) -> CueUpdate:
        """Return a final with its speaker, where the voice tells one."""
        cue = update.cue
        if update.status is not CueStatus.FINAL or cue.speaker or not self._on_record(cue.start, cue.end):
            return update
        length = min(cue.end - cue.start, _MOST_MS)
        start = (cue.start + cue.end - length) // 2
        samples = self._between(start, start + length)
        if to_ms(len(samples)) < _LEAST_MS:
            return update
        number = self._speakers.number(self._embed(samples), to_ms(len(samples)))
        if not number:
            return update
        named = msgspec.structs.replace(cue, speaker=label(number, self._since))
        return msgspec.structs.replace(update, cue=named)

    def _between(self, start: int, end: int) -> Samples:
        """Return what is still kept of [start, end] ms."""
        with self._lock:
            parts = [
                samples[max(to_samples(start - at), 0) : max(to_samples(end - at), 0)] for at, samples in self._sound
            ]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)
