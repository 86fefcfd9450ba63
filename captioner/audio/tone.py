"""A test tone: two notes that no voice sings so evenly, and whether they were heard. Pure."""

import wave
from pathlib import Path

import numpy as np

from captioner.audio.chunk import SAMPLE_RATE, Samples

NOTES = (660.0, 880.0)  # Hz
_NOTE_S = 0.6
_RATE = 48_000
_SHARE = 0.25  # of a piece's energy in one note: music and voices spread theirs
_PIECE = SAMPLE_RATE // 5


def tone() -> Samples:
    """Return the tone at 48 kHz, -12 dB, faded in and out."""
    t = np.arange(round(_NOTE_S * _RATE)) / _RATE
    fade = np.minimum(1, np.minimum(t, t[::-1]) / 0.02)
    notes = [0.25 * np.sin(2 * np.pi * note * t) * fade for note in NOTES]
    joined: Samples = np.concatenate(notes).astype(np.float32)
    return joined


def write(path: Path) -> None:
    """Write the tone as a WAV file."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_RATE)
        out.writeframes((tone() * 32767).astype("<i2").tobytes())


def heard(samples: Samples) -> bool:
    """Tell whether both notes stand in 16 kHz audio, each for a fifth of a second at least."""
    found = set()
    for at in range(0, len(samples) - _PIECE + 1, _PIECE // 2):
        piece = samples[at : at + _PIECE].astype(np.float64)
        energy = float(np.sum(piece**2))
        if energy < 1e-4:  # noqa: PLR2004 - silence
            continue
        for note in NOTES:
            turning = np.exp(-2j * np.pi * note / SAMPLE_RATE * np.arange(_PIECE))
            share = 2 * abs(np.sum(piece * turning)) ** 2 / (_PIECE * energy)
            if share > _SHARE:
                found.add(note)
    return len(found) == len(NOTES)
