"""The microphone for real: PortAudio on a PulseAudio null sink, into which the demo's speech is played."""

import os
import shutil
import subprocess
import time
import wave
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow
NEEDED = ("pulseaudio", "pactl", "paplay")


@pytest.fixture
def sink(tmp_path, monkeypatch):
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (apt: pulseaudio pulseaudio-utils libasound2-plugins)")
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv(
        "CAPTIONER_MODELS", os.environ.get("CAPTIONER_MODELS", str(Path.home() / ".cache/captioner/models"))
    )
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{runtime}/pulse/native")
    monkeypatch.setenv("PULSE_SOURCE", "meeting.monitor")
    daemon = subprocess.Popen(
        ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--load=module-native-protocol-unix",
         "--load=module-null-sink sink_name=meeting"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(100):
        if subprocess.run(["pactl", "info"], capture_output=True, check=False).returncode == 0:
            break
        time.sleep(0.1)
    else:
        daemon.kill()
        pytest.skip("PulseAudio does not start here")
    yield daemon
    daemon.kill()
    daemon.wait()


def demo_wave(path, seconds):
    from captioner.audio.file import FileSource

    with FileSource(Path(__file__).parents[2] / "demo" / "meeting.opus") as source:
        audio = np.concatenate([chunk.samples for chunk in source])[: seconds * 16_000]
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes((audio * 32_000).astype("<i2").tobytes())


def test_a_microphone_is_captioned_and_its_loss_loses_nothing(tmp_path, program, model, sink):
    demo_wave(tmp_path / "speech.wav", 15)
    run = program("live", "--device", "pulse", "--data", tmp_path, "--port", 0, "--json", "--meeting", "m1")
    run.until(lambda m: m["event"] == "started", 60)
    time.sleep(1)
    player = subprocess.Popen(["paplay", "--device=meeting", str(tmp_path / "speech.wav")])
    heard = run.captions(3)
    assert "committee" in " ".join(m["text"] for m in heard).lower()
    player.wait(60)
    sink.kill()  # the device is gone
    run.until(lambda m: m["event"] == "note" and "NO SOUND" in m["text"], 60)
    run.interrupt()
    assert run.end(120) == 0
    assert "committee" in (tmp_path / "archive" / "m1" / "floor.vtt").read_text(encoding="utf-8").lower()
    assert "Traceback" not in run.errors
