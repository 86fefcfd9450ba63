"""Peers behind the same display: each runs in an environment of its own, over audio paced in real time.

`scripts/bench_peers.sh` makes the environments; a peer whose environment is missing is left out of the report, and the
report says so. This file is also the program that runs inside them (it imports nothing of ours at the top).
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

RATE = 16_000
STEP_S = 0.1
GRACE_S = 60.0  # how long after the end of the audio a peer may still answer


class PeerFailed(Exception):
    """A peer ended with an error; the message has its last line."""


def environment(name: str) -> Path:
    """Return where a peer's Python is."""
    return Path(__file__).parents[1] / ".make" / "peers" / name / "bin" / "python"


def available(name: str) -> bool:
    """Tell whether the peer is installed."""
    return environment(name).exists()


def run(name: str, pcm: bytes, model: Path, language: str) -> list[tuple[int, list[str], int]]:
    """Run a peer over 16-bit mono PCM at 16 kHz; return (ms, words on display, committed words) as they came.

    PeerFailed when it ends with an error.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audio.wav"
        with wave.open(str(path), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(pcm)
        command = [str(environment(name)), __file__, name, str(path), str(model), language]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise PeerFailed(said[-1] if said else f"exit status {done.returncode}")
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


async def _whisperlive(pcm: bytes, model: str, language: str) -> None:
    """whisper-live: its server in a thread, and its documented messages over a WebSocket."""
    import threading  # noqa: PLC0415

    import numpy as np  # noqa: PLC0415
    from websockets.asyncio.client import connect  # noqa: PLC0415
    from whisper_live.server import TranscriptionServer  # type: ignore[import-not-found]  # noqa: PLC0415

    port = _free_port()
    arguments = {"backend": "faster_whisper", "faster_whisper_custom_model_path": model}
    server = threading.Thread(target=TranscriptionServer().run, args=("127.0.0.1", port), kwargs=arguments, daemon=True)
    server.start()
    samples = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
    options = {"uid": "bench", "language": language, "task": "transcribe", "model": "base", "use_vad": True}
    options["send_last_n_segments"] = 10_000
    deadline = time.monotonic() + GRACE_S
    while True:
        try:
            socket = await connect(f"ws://127.0.0.1:{port}", max_size=None)
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.5)
    async with socket:
        await socket.send(json.dumps(options))
        while "SERVER_READY" not in str(await socket.recv()):
            pass
        began = time.monotonic()

        async def listen() -> None:
            async for message in socket:
                segments = json.loads(message).get("segments")
                if segments is None:
                    continue
                done = " ".join(s["text"] for s in segments if s.get("completed")).split()
                _say(began, done, " ".join(s["text"] for s in segments if not s.get("completed")).split())

        listener = asyncio.create_task(listen())
        size = int(RATE * STEP_S)
        for number, start in enumerate(range(0, len(samples), size)):
            await asyncio.sleep(max(0.0, began + number * STEP_S - time.monotonic()))
            await socket.send(samples[start : start + size].tobytes())
        await socket.send(b"END_OF_AUDIO")
        await asyncio.wait({listener}, timeout=GRACE_S)
    sys.stdout.flush()
    os._exit(0)  # its server knows no end


def _free_port() -> int:
    import socket  # noqa: PLC0415

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _realtimestt(pcm: bytes, model: str, language: str) -> None:
    """RealtimeSTT: its recorder fed by hand, with the same model for the text in between and the final one."""
    import threading  # noqa: PLC0415

    from RealtimeSTT import AudioToTextRecorder  # type: ignore[import-not-found]  # noqa: PLC0415

    committed: list[str] = []
    began = time.monotonic()
    recorder = AudioToTextRecorder(
        model=model, language=language, device="cpu", compute_type="int8_float32", use_microphone=False, spinner=False,
        enable_realtime_transcription=True, use_main_model_for_realtime=True, no_log_file=True,
        on_realtime_transcription_update=lambda text: _say(began, committed, text.split()),
    )  # fmt: skip
    ended = threading.Event()

    def listen() -> None:
        while not ended.is_set():
            committed.extend((recorder.text() or "").split())
            _say(began, committed, [])

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    began = time.monotonic()
    size = int(RATE * STEP_S) * 2
    padded = pcm + b"\0\0" * (RATE * 3)  # its voice detector waits for silence
    for number, start in enumerate(range(0, len(padded), size)):
        time.sleep(max(0.0, began + number * STEP_S - time.monotonic()))
        recorder.feed_audio(padded[start : start + size])
    said = -1
    while said != len(committed) and time.monotonic() < began + len(padded) / RATE / 2 + GRACE_S:
        said = len(committed)
        time.sleep(8)
    ended.set()
    sys.stdout.flush()
    os._exit(0)  # its processes and threads do not end by themselves


def main() -> None:
    """Run one peer over one recording and print what it shows."""
    name, audio, model, language = sys.argv[1:5]
    with wave.open(audio, "rb") as source:
        pcm = source.readframes(source.getnframes())
    if name == "whisperlivekit":
        asyncio.run(_whisperlivekit(pcm, model, language))
    elif name == "whisperlive":
        asyncio.run(_whisperlive(pcm, model, language))
    elif name == "realtimestt":
        _realtimestt(pcm, model, language)
    else:
        sys.exit(f"no such peer: {name}")


if __name__ == "__main__":
    main()
