"""Streams that FFmpeg reads: from a web server, and by RTP, RTMP, SRT, UDP and HLS where ffmpeg is installed."""

import shutil
import socket
import subprocess
import time
import wave
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from captioner.audio.errors import DeviceLost, DeviceRefused
from captioner.audio.stream import StreamSource, stream_source
from captioner.rehearse.standin import HttpStandin, Reply


def tone(path, seconds, rate=44_100):
    t = np.arange(int(seconds * rate)) / rate
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(rate)
        stereo = np.repeat((0.5 * np.sin(2 * np.pi * 440 * t) * 32767).astype("<i2"), 2)
        out.writeframes(stereo.tobytes())
    return path


class Site:
    lines, violations = [], []

    def __init__(self, data):
        self.data = data

    def answer(self, request):
        return Reply(200, self.data, {"Content-Type": "audio/wav"}) if request.path == "/a.wav" else Reply(404)


def test_a_stream_is_heard_until_it_ends(tmp_path):
    with HttpStandin(Site(tone(tmp_path / "a.wav", 1.0).read_bytes())) as server:
        heard = []
        with pytest.raises(DeviceLost, match="127"), StreamSource(f"{server.url}/a.wav") as source:
            heard.extend(source)
    audio = np.concatenate([c.samples for c in heard])
    assert abs(len(audio) - 16_000) < 200
    assert 0.45 < np.abs(audio[4000:12000]).max() < 0.55
    assert all(a.end == b.start for a, b in pairwise(heard))


def test_what_cannot_be_opened(tmp_path):
    with HttpStandin(Site(b"nothing")) as server:
        for path in ("/missing", "/a.wav"):
            with pytest.raises(DeviceRefused), StreamSource(server.url + path):
                pass


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def listen(source, seconds=1.0):
    found = 0
    for chunk in source:
        found += len(chunk.samples)
        if found > seconds * 16_000:
            source.stop()
            return found
    return found


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def site(tmp_path):
    """The address of a web server whose folder is `tmp_path`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["rtp", "rtmp", "srt", "udp", "hls"])
def test_conference_protocols(tmp_path, kind, site):
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    port = free_port()
    tone(tmp_path / "a.wav", 20)
    base = ["ffmpeg", "-v", "error", "-re", "-i", str(tmp_path / "a.wav")]
    to = {
        "rtp": ["-c:a", "libopus", "-f", "rtp", f"rtp://127.0.0.1:{port}", "-sdp_file", str(tmp_path / "a.sdp")],
        "rtmp": ["-c:a", "aac", "-f", "flv", "-listen", "1", f"rtmp://127.0.0.1:{port}/live/key"],
        "srt": ["-c:a", "aac", "-f", "mpegts", f"srt://127.0.0.1:{port}?mode=listener"],
        "udp": ["-c:a", "aac", "-f", "mpegts", f"udp://127.0.0.1:{port}"],
        "hls": ["-c:a", "aac", "-f", "hls", "-hls_time", "1", "-hls_flags", "delete_segments", f"{tmp_path}/a.m3u8"],
    }[kind]
    name = {
        "rtp": str(tmp_path / "a.sdp"),
        "rtmp": f"rtmp://127.0.0.1:{port}/live/key",
        "srt": f"srt://127.0.0.1:{port}",
        "udp": f"udp://127.0.0.1:{port}",
        "hls": f"{site}/a.m3u8",
    }[kind]
    sender = subprocess.Popen(base + to, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 40
        while True:
            try:
                if kind != "rtp" or Path(name).exists():
                    with stream_source(name) as source:
                        assert listen(source) > 16_000
                    break
            except (DeviceRefused, DeviceLost):
                if sender.poll() is not None and time.monotonic() < deadline:
                    sender = subprocess.Popen(base + to, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            assert time.monotonic() < deadline
            time.sleep(0.3)
    finally:
        sender.kill()
        sender.wait()
