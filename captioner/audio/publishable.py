"""A recording made fit to be published: silence where the record has nothing, no tags, and the meeting's timeline."""

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream

from captioner.audio.chunk import SAMPLE_RATE, Samples
from captioner.audio.file import FileSource

BIT_RATE = 48_000  # bits a second; speech, one channel: three hours have 65 MB
MARGIN_MS = 1_000  # more silence on both sides: nobody knows to the second when a recording began
_PER_MS = SAMPLE_RATE // 1000
_STEP = SAMPLE_RATE  # samples that are encoded at once


def publishable(source: Path, target: Path, begins_ms: int, silent: Sequence[tuple[int, int | None]]) -> int:
    """Write `source` to `target` as MP3 that begins with the meeting; return its length in ms.

    `begins_ms` is when the recording begins on the meeting's timeline; below 0, its beginning is left out. `silent` are
    stretches (start, end) on that timeline, None for all that follows. AudioFileMissing or NotAudio as FileSource.
    """
    with FileSource(source, max(0, -begins_ms)) as sound, av.open(str(target), "w", format="mp3") as made:
        stream = made.add_stream("libmp3lame", rate=SAMPLE_RATE)
        if not isinstance(stream, AudioStream):
            raise TypeError(stream)
        stream.layout = "mono"
        stream.bit_rate = BIT_RATE
        at = 0
        before = max(0, begins_ms) * _PER_MS
        for start in range(0, before, _STEP):
            at = _encode(made, stream, np.zeros(min(_STEP, before - start), np.float32), at, silent)
        for chunk in sound:
            at = _encode(made, stream, chunk.samples, at, silent)
        made.mux(stream.encode(None))
    return at // _PER_MS


def _encode(
    made: av.container.OutputContainer,
    stream: AudioStream,
    samples: Samples,
    at: int,
    silent: Sequence[tuple[int, int | None]],
) -> int:
    samples = samples.copy()
    for start, end in silent:
        first = (start - MARGIN_MS) * _PER_MS - at
        last = len(samples) if end is None else (end + MARGIN_MS) * _PER_MS - at
        if last > 0 and first < len(samples):
            samples[max(0, first) : max(0, last)] = 0
    whole = np.clip(samples * 32767, -32768, 32767).astype(np.int16)
    frame = AudioFrame.from_ndarray(whole.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate, frame.pts = SAMPLE_RATE, at
    made.mux(stream.encode(frame))
    return at + len(samples)
