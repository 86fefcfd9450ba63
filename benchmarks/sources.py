"""A recorded run of every source: `python -m benchmarks.sources`. Linux with PulseAudio and ffmpeg.

The demo's first seconds are played into each source, as they would reach it in a meeting; what arrives is recognised.
"""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.sound import SoundServer, missing
from benchmarks.unplug import speech
from benchmarks.written import RESULTS, keep
from captioner.audio.errors import AudioError
from captioner.audio.file import FileSource
from captioner.recognition.base import Recognizer
from captioner.recognition.whisper import WhisperConfig, WhisperRecognizer
from captioner.sound_check import Listened, listen, words
from models.store import ModelStore

_SECONDS = 8.0
_TRIES = 6
_EXPECTED = "committee"
_TEXT = """# Every source, once

`python -m benchmarks.sources`: the demo's first seconds reach Captioner by each source; a null output stands for
loudspeakers and microphone, ffmpeg for the stream's sender.

| source | as | seconds heard | loudest | recognised |
| --- | --- | --- | --- | --- |
{rows}
"""


class Run(msgspec.Struct, frozen=True):
    """One source's run."""

    name: str
    source: str
    seconds: float
    level_db: int
    text: str

    @property
    def good(self) -> bool:
        """Whether the speech arrived."""
        return _EXPECTED in self.text.lower()


def _port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def _sender(*arguments: str) -> Iterator[None]:
    command = ["ffmpeg", "-v", "quiet", "-nostdin", "-re", "-stream_loop", "-1", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own arguments
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _patiently(source: str) -> Listened:
    """Listen; a sender needs a moment to start."""
    for _ in range(_TRIES):
        try:
            return listen(source, _SECONDS + 2, lambda _: None)
        except AudioError:
            time.sleep(1)
    return listen(source, _SECONDS + 2, lambda _: None)


def _streams(folder: Path) -> Iterator[tuple[str, str, Callable[[], Listened]]]:
    recording = str(folder / "speech.wav")
    shapes = {
        "RTP": (["-c:a", "libopus", "-f", "rtp", "-sdp_file", str(folder / "a.sdp")], "rtp://127.0.0.1:{port}", ""),
        "UDP": (["-c:a", "aac", "-f", "mpegts"], "udp://127.0.0.1:{port}", ""),
        "RTMP": (["-c:a", "aac", "-f", "flv", "-listen", "1"], "rtmp://127.0.0.1:{port}/live/key", ""),
        "SRT": (["-c:a", "aac", "-f", "mpegts"], "srt://127.0.0.1:{port}?mode=listener", "?mode=listener"),
    }
    for name, (arguments, to, own) in shapes.items():
        address = to.format(port=_port())
        source = str(folder / "a.sdp") if name == "RTP" else address.removesuffix(own)

        def run(arguments: list[str] = arguments, address: str = address, source: str = source) -> Listened:
            with _sender("-i", recording, *arguments, address):
                return _patiently(source)

        yield name, "session.sdp" if name == "RTP" else f"{name.lower()}://…", run


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _hls(folder: Path) -> Iterator[tuple[str, str, Callable[[], Listened]]]:
    """Segments of two seconds that a web server gives out, as broadcasters do."""

    def run() -> Listened:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            shape = ["-c:a", "aac", "-f", "hls", "-hls_time", "2", "-hls_flags", "delete_segments+omit_endlist"]
            with _sender("-i", str(folder / "speech.wav"), *shape, str(folder / "live.m3u8")):
                return _patiently(f"http://127.0.0.1:{server.server_address[1]}/live.m3u8")
        finally:
            server.shutdown()
            server.server_close()

    yield "HLS", "http://…/live.m3u8", run


def _devices(sound: SoundServer, folder: Path) -> Iterator[tuple[str, str, Callable[[], Listened]]]:
    for name, source in (("microphone", "pulse"), ("system sound", "system"), ("one output", "monitor:desk")):

        def run(source: str = source) -> Listened:
            playing = threading.Timer(1.5, lambda: sound.play("desk", folder / "speech.wav"))
            playing.start()
            heard = listen(source, _SECONDS + 3, lambda _: None)
            time.sleep(1)
            return heard

        yield name, source, run


def _file(folder: Path) -> Listened:
    with FileSource(folder / "speech.wav") as source:
        return Listened(np.concatenate([chunk.samples for chunk in source]), 0)


def _measure(name: str, source: str, run: Callable[[], Listened], recognizer: Recognizer) -> Run:
    heard = run()
    level = round(20 * float(np.log10(max(1e-6, float(np.abs(heard.audio).max(initial=0.0))))))
    found = Run(name, source, round(len(heard.audio) / 16_000, 1), level, words(recognizer, heard.audio, "en")[:90])
    print(f"{name}: {'good' if found.good else 'PROBLEM'}", flush=True)
    return found


def main() -> int:
    """Run all and write the report."""
    if lacking := missing():
        print(f"not installed: {', '.join(lacking)}")
        return 2
    recognizer = WhisperRecognizer(ModelStore().path("base"), WhisperConfig(compute_type="int8_float32", threads=1))
    with tempfile.TemporaryDirectory() as name, SoundServer("desk") as sound:
        os.environ.update({**sound.environment, "PULSE_SOURCE": "desk.monitor"})
        folder = Path(name)
        speech(folder / "speech.wav", int(_SECONDS))
        runs = [_measure("file", "RECORDING", lambda: _file(folder), recognizer)]
        for each in (*_devices(sound, folder), *_streams(folder), *_hls(folder)):
            runs.append(_measure(*each, recognizer))  # noqa: PERF401 - each takes seconds and says so
    rows = "\n".join(f"| {r.name} | `{r.source}` | {r.seconds} | {r.level_db} dB | {r.text} |" for r in runs)
    keep(RESULTS, "sources", runs, _TEXT.format(rows=rows))
    return 0 if all(run.good for run in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
