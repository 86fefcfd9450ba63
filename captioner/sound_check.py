"""Is it the right sound? Level, a test tone, and a few recognised words, before anybody reads."""

import contextlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from captioner.audio import tone
from captioner.audio.chunk import SAMPLE_RATE, Samples
from captioner.audio.level import SILENCE, decibels
from captioner.audio.sources import Hearing, open_named
from captioner.recognition.base import Context, Recognizer


@dataclass(frozen=True, slots=True)
class Listened:
    """What a source gave."""

    audio: Samples
    # 16 kHz mono
    level: int
    # dB of the loudest sample

    @property
    def tone(self) -> bool:
        """Whether the test tone was in it."""
        return tone.heard(self.audio)


def listen(source: str, seconds: float, told: Callable[[int], None], *, play: bool = False) -> Listened:
    """Listen to a source for so long; `told` hears the level a few times a second. AudioError where it is not there.

    With `play` the test tone sounds after a second.
    """
    pieces: list[Samples] = []
    opened = open_named(source, Hearing())
    with opened as heard:
        stopping = threading.Timer(seconds, heard.stop)
        stopping.start()
        playing = threading.Timer(1.0, play_tone) if play else None
        if playing is not None:
            playing.start()
        last, loudest = time.monotonic(), SILENCE
        for chunk in heard:
            pieces.append(chunk.samples)
            loudest = max(loudest, decibels(chunk.samples))
            if time.monotonic() - last > 0.3:  # noqa: PLR2004 - a meter that can be read
                told(loudest)
                last, loudest = time.monotonic(), SILENCE
        stopping.cancel()
    audio = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    return Listened(audio, decibels(audio))


def play_tone() -> bool:
    """Play the tone on the default output; False where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tone.wav"
        tone.write(path)
        player = shutil.which("paplay") if sys.platform == "linux" else None
        if player is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return subprocess.run([player, str(path)], check=False, timeout=10, capture_output=True).returncode == 0  # noqa: S603 - fixed arguments
            return False
    try:
        import sounddevice  # noqa: PLC0415 - PortAudio may be missing

        sounddevice.play(tone.tone(), 48_000, blocking=True)
    except Exception:  # noqa: BLE001 - PortAudio's errors are many, and a tone is only a help
        return False
    return True


def words(recognizer: Recognizer, audio: Samples, language: str) -> str:
    """Return what was said in the last seconds of audio."""
    heard = recognizer.recognise(audio[-20 * SAMPLE_RATE :], Context(language=language))
    return "".join(word.text for word in heard.words).strip()
