"""Hours of audio from the recordings at hand, with what is said when; and an hour in which nobody speaks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.recordings import RATE, Recording, Samples, TimedWord, find, folder

_CHUNK = RATE // 10
_LEVEL = 0.1  # root mean square of the made sounds: as loud as speech


@dataclass(frozen=True, slots=True)
class Placed:
    """A recording on the timeline of a long meeting."""

    recording: Recording
    start_ms: int


def meeting(
    recordings: list[Recording], seconds: float, placed: Callable[[Placed], None], seed: int = 7
) -> Iterator[Samples]:
    """Yield chunks of 100 ms: the recordings in turn, with pauses of 2 to 20 s. `placed` is told of each."""
    rng = np.random.default_rng(seed)
    room = (rng.standard_normal(30 * RATE) * 0.0004).astype(np.float32)
    at = 0
    end = round(seconds * RATE)
    while at < end:
        for recording in recordings:
            pause = room[: int(rng.uniform(2, 20) * RATE)]
            placed(Placed(recording, (at + len(pause)) * 1000 // RATE))
            for piece in (pause, recording.samples()):
                for low in range(0, len(piece), _CHUNK):
                    chunk = piece[low : low + _CHUNK]
                    at += len(chunk)
                    yield chunk
            if at >= end:
                return


def reference(placed: Placed, words: list[TimedWord]) -> list[TimedWord]:
    """Return the recording's words on the meeting's timeline."""
    return [TimedWord(w.text, w.start + placed.start_ms, w.end + placed.start_ms) for w in words]


def _loud(samples: Samples) -> Samples:
    level = float(np.sqrt(np.mean(samples**2))) or 1.0
    loud: Samples = np.clip(samples * (_LEVEL / level), -1, 1).astype(np.float32)
    return loud


def white(seconds: int, rng: np.random.Generator) -> Samples:
    """White noise: a fan, a bad line."""
    return _loud(rng.standard_normal(seconds * RATE).astype(np.float32))


def rumble(seconds: int, rng: np.random.Generator) -> Samples:
    """Brown noise: traffic, ventilation."""
    return _loud(np.diff(np.cumsum(rng.standard_normal(seconds * RATE + 1)) % 50.0).astype(np.float32))


def typing(seconds: int, rng: np.random.Generator) -> Samples:
    """Keys: short decaying bursts, five to ten a second."""
    out = np.zeros(seconds * RATE, np.float32)
    at = 0.0
    burst = np.exp(-np.arange(400) / 60)
    while at < seconds - 0.1:
        low = int(at * RATE)
        out[low : low + 400] += (rng.standard_normal(400) * burst * rng.uniform(0.3, 1)).astype(np.float32)
        at += rng.uniform(0.1, 0.2)
    return _loud(out)


def applause(seconds: int, rng: np.random.Generator) -> Samples:
    """Applause: hundreds of claps a second."""
    out = np.zeros(seconds * RATE, np.float32)
    burst = np.exp(-np.arange(800) / 120)
    for low in rng.integers(0, len(out) - 800, seconds * 300):
        out[low : low + 800] += (rng.standard_normal(800) * burst).astype(np.float32)
    return _loud(out)


def music(seconds: int, rng: np.random.Generator) -> Samples:
    """Music: chords of harmonic tones with a beat."""
    time = np.arange(2 * RATE) / RATE
    bars = []
    for _ in range(-(-seconds // 2)):
        root = 110 * 2 ** (rng.integers(0, 12) / 12)
        tones = [root * ratio * k for ratio in (1, 1.25, 1.5) for k in (1, 2, 3, 4)]
        bar = sum(np.sin(2 * np.pi * tone * time + rng.uniform(0, 6)) / (1 + tone / root) for tone in tones)
        bars.append(bar * (0.3 + np.exp(-4 * (time % 0.5))))
    return _loud(np.concatenate(bars)[: seconds * RATE].astype(np.float32))


MADE = {"white noise": white, "rumble": rumble, "typing": typing, "applause": applause, "music": music}


def nobody_speaks(seconds: int, seed: int = 7) -> Iterator[tuple[str, Samples]]:
    """Yield (kind, samples) without speech, in all so long: recordings, where there are any, and made sounds."""
    rng = np.random.default_rng(seed)
    real = list(find(["nonspeech"])) if (folder() / "nonspeech").is_dir() else []
    kinds: list[tuple[str, Callable[[], Samples]]] = [(r.id, r.samples) for r in real]
    kinds += [(name, lambda make=make: make(60, rng)) for name, make in MADE.items()]  # type: ignore[misc]
    kinds.append(("silence", lambda: np.zeros(60 * RATE, np.float32)))
    left = seconds * RATE
    while left > 0:
        for name, make in kinds:
            samples = make()[:left]
            left -= len(samples)
            if len(samples):
                yield name, samples
