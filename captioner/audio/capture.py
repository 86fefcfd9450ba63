"""From a device's blocks to chunks on the timeline: what was lost becomes an explicit gap. No I/O, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from captioner.audio.chunk import AudioChunk, Samples
from captioner.audio.resample import Resampler, to_timeline

_LONGEST_GAP = 60.0  # s; a longer jump of the device's clock is the clock's error


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """What one call of the audio system brought."""

    samples: Samples
    # of the shape: frames, channels
    overflow: bool = False
    # whether the audio system says that it lost audio before these samples
    captured: float = 0.0
    # s on the device's own clock, of the first frame; 0 where it does not say
    dropped: int = 0
    # frames that came before these and that we had no room for


class Capture:
    """One device's blocks as chunks; the chunks follow each other without hole, whatever was lost."""

    def __init__(self, rate: int) -> None:
        """Take the device's rate in Hz."""
        self._rate = rate
        self._resampler = Resampler(rate)
        self._frames = 0  # device frames since the start, lost ones included
        self._position = 0  # the next chunk's start
        self._last: Block | None = None

    def receive(self, block: Block) -> Iterator[AudioChunk]:
        """The chunks that this block completes; a gap is preceded by all that was heard before it."""
        lost = self._lost_before(block)
        self._last = block
        if lost:
            yield from self.finish()
            self._frames += lost
            length = max(0, to_timeline(self._frames, self._rate) - self._position)  # roundings may eat a sample
            yield from self._chunk(np.zeros(length, np.float32), gap=True)
            self._resampler = Resampler(self._rate)
        self._frames += len(block.samples)
        yield from self._chunk(self._resampler.process(block.samples))

    def finish(self) -> Iterator[AudioChunk]:
        """What the resampler still holds. Call once, at the end."""
        yield from self._chunk(self._resampler.finish())

    def _chunk(self, samples: Samples, *, gap: bool = False) -> Iterator[AudioChunk]:
        if len(samples):
            chunk = AudioChunk(self._position, samples, gap)
            self._position = chunk.end
            yield chunk

    def _lost_before(self, block: Block) -> int:
        """Frames lost between the last block and this one."""
        last = self._last
        if last is None or not block.overflow:
            return block.dropped
        if last.captured <= 0 or block.captured <= last.captured:
            return max(block.dropped, len(block.samples))  # no clock: at least a buffer's worth is gone
        passed = min(block.captured - last.captured, _LONGEST_GAP)
        return max(block.dropped, round(passed * self._rate) - len(last.samples))
