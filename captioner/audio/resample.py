"""Any number of channels at any rate to one channel at 16 kHz, block by block."""

from dataclasses import dataclass

import numpy as np
import soxr

from captioner.audio.chunk import SAMPLE_RATE, Samples

_SILENCE = 1e-10  # mean square under which a block says nothing about its channels (-100 dB)
_CANCELS = 0.5  # coherence under which the mean is left: for two equally loud channels, a correlation of -0.5
_ADDS = 0.8  # coherence over which the mean comes back
_LOUDER = 4.0  # a channel replaces the chosen one when it has this many times its energy (6 dB)
_FADE = 480  # samples over which a change of weights is faded, against clicks: 10 ms at 48 kHz


@dataclass(frozen=True, slots=True)
class Pick:
    """How channels are brought to one: all of them averaged, or only one of them."""

    channel: int | None = None
    # None: the mean of all channels

    def weights(self, channels: int) -> Samples:
        """Shape (channels,), sum 1."""
        if self.channel is None:
            return np.full(channels, 1 / channels, np.float32)
        weights = np.zeros(channels, np.float32)
        weights[self.channel] = 1
        return weights


def choose(block: Samples, before: Pick) -> Pick:
    """How to mix this block (frames, channels), given how the one before was mixed.

    The mean is right unless the channels cancel each other (a microphone wired in opposite phase); then the loudest
    channel is. The coherence is n * energy(mean) / mean energy: n for equal channels, 1 for unrelated ones or where
    only one sounds, 0 for opposite phases. Two thresholds keep the choice from flickering.
    """
    channels = block.shape[1]
    if channels == 1 or not len(block):
        return Pick()
    energies = np.mean(np.square(block, dtype=np.float64), axis=0)
    total = float(energies.mean())
    if total < _SILENCE:
        return before
    mean = block.mean(axis=1, dtype=np.float64)
    coherence = channels * float(np.mean(np.square(mean))) / total
    if coherence >= (_CANCELS if before.channel is None else _ADDS):
        return Pick()
    loudest = int(energies.argmax())
    if before.channel is not None and energies[loudest] < _LOUDER * energies[before.channel]:
        return before
    return Pick(loudest)


class Mixer:
    """One stream's channels to mono; remembers only the last choice. The number of channels may change."""

    def __init__(self) -> None:
        """Start with the mean of all channels."""
        self._pick = Pick()
        self._weights: Samples | None = None

    def mix(self, block: Samples) -> Samples:
        """Mono samples (frames,) of a block (frames, channels) of at least one channel. Not a number becomes 0."""
        block = np.clip(np.nan_to_num(block), -1, 1).astype(np.float32, copy=False)
        channels = block.shape[1]
        before = self._weights
        if before is not None and len(before) != channels:
            self._pick, before = Pick(), None
        self._pick = choose(block, self._pick)
        weights = self._pick.weights(channels)
        self._weights = weights
        mono: Samples = block @ weights
        if before is not None and not np.array_equal(before, weights):
            fade = min(_FADE, len(block))
            ramp = np.linspace(0, 1, fade, endpoint=False, dtype=np.float32)
            mono[:fade] = mono[:fade] * ramp + (block[:fade] @ before) * (1 - ramp)
        return mono


class Resampler:
    """One stream at one rate to 16 kHz mono. Over its life it gives round(frames * 16000 / rate) samples, exactly."""

    def __init__(self, rate: int) -> None:
        """Take the input's rate in Hz; ValueError where it is not positive."""
        if rate <= 0:
            message = f"a sample rate is positive, not {rate}"
            raise ValueError(message)
        self.rate = rate
        self._mixer = Mixer()
        self._soxr = None if rate == SAMPLE_RATE else soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")
        self._frames_in = 0
        self._samples_out = 0

    def process(self, block: Samples) -> Samples:
        """What can be given out after this block (frames, channels): often less than it holds, sometimes nothing."""
        if not len(block):
            return np.zeros(0, np.float32)
        self._frames_in += len(block)
        mono = self._mixer.mix(block)
        return self._give(mono if self._soxr is None else self._soxr.resample_chunk(mono))

    def finish(self) -> Samples:
        """The rest. The resampler is used up."""
        rest = np.zeros(0, np.float32)
        if self._soxr is not None and self._frames_in:
            rest = self._soxr.resample_chunk(rest, last=True)
        due = to_timeline(self._frames_in, self.rate) - self._samples_out
        rest = rest[:due]  # soxr may round the other way by one sample
        return self._give(np.pad(rest, (0, due - len(rest))))

    def _give(self, samples: Samples) -> Samples:
        self._samples_out += len(samples)
        return np.clip(samples, -1, 1)  # the filter rings over by a little


def to_timeline(frames: int, rate: int) -> int:
    """The sample on the 16 kHz timeline at which this frame of a stream of `rate` Hz stands; halves round up."""
    return (2 * frames * SAMPLE_RATE + rate) // (2 * rate)
