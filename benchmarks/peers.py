"""Peers behind the same display: each runs in an environment of its own, over audio paced in real time.

`scripts/bench_peers.sh` makes the environments; a peer whose environment is missing is left out of the report, and the
report says so. This file is also the program that runs inside them (it imports nothing of ours at the top).
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

RATE = 16_000
STEP_S = 0.1
GRACE_S = 60.0  # how long after the end of the audio a peer may still answer


def environment(name: str) -> Path:
    """Return where a peer's Python is."""
    return Path(__file__).parents[1] / ".make" / "peers" / name / "bin" / "python"


def available(name: str) -> bool:
    """Tell whether the peer is installed."""
    return environment(name).exists()


def run(name: str, pcm: bytes, model: Path, language: str) -> list[tuple[int, list[str], int]]:
    """Run a peer over 16-bit mono PCM at 16 kHz; return (ms, words on display, committed words) as they came."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audio.wav"
        with wave.open(str(path), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(pcm)
        command = [str(environment(name)), __file__, name, str(path), str(model), language]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)  # noqa: S603
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"[")]
    return [(row[0], row[1], row[2]) for row in rows]


def _say(began: float, committed: list[str], pending: list[str]) -> None:
    print(json.dumps([round((time.monotonic() - began) * 1000), committed + pending, len(committed)]), flush=True)


async def _whisperlivekit(pcm: bytes, model: str, language: str) -> None:
    """WhisperLiveKit with LocalAgreement: the algorithm of whisper_streaming, kept alive in this package."""
    from whisperlivekit import AudioProcessor, TranscriptionEngine  # type: ignore[import-not-found]  # noqa: PLC0415

    engine = TranscriptionEngine(
        model_path=model, lan=language, backend="faster-whisper", backend_policy="localagreement", pcm_input=True
    )
    processor = AudioProcessor(transcription_engine=engine)
    results = await processor.create_tasks()
    began = time.monotonic()

    async def listen() -> None:
        async for state in results:
            data = state.to_dict()
            committed = " ".join(line["text"] for line in data.get("lines", []) if line.get("text")).split()
            _say(began, committed, (data.get("buffer_transcription") or "").split())

    listener = asyncio.create_task(listen())
    size = int(RATE * STEP_S) * 2
    for number, start in enumerate(range(0, len(pcm), size)):
        await asyncio.sleep(max(0.0, began + number * STEP_S - time.monotonic()))
        await processor.process_audio(pcm[start : start + size])
    await processor.process_audio(b"")
    try:
        await asyncio.wait_for(listener, GRACE_S)
    except TimeoutError:
        listener.cancel()


def main() -> None:
    """Run one peer over one recording and print what it shows."""
    name, audio, model, language = sys.argv[1:5]
    with wave.open(audio, "rb") as source:
        pcm = source.readframes(source.getnframes())
    if name == "whisperlivekit":
        asyncio.run(_whisperlivekit(pcm, model, language))
    else:
        sys.exit(f"no such peer: {name}")


if __name__ == "__main__":
    main()
