"""Outputs of a real sound server: unplugged and plugged again, and two channels together."""

import os
import time
from pathlib import Path

import pytest

from benchmarks.sound import SoundServer, missing
from benchmarks.unplug import measure, speech

pytestmark = pytest.mark.slow


@pytest.fixture
def sound(request):
    if lacking := missing():
        pytest.skip(f"not installed: {', '.join(lacking)} (apt: pulseaudio pulseaudio-utils)")
    with SoundServer(*request.param) as server:
        yield server


@pytest.mark.skipif(bool(missing()), reason="needs pulseaudio and pulseaudio-utils")
def test_an_unplugged_output_is_told_and_goes_on(model):
    report = measure(1)
    assert report.captioned_afterwards
    assert report.lost[0] < 30
    assert report.back[0] < 30
    assert abs(report.away - report.away_in_transcript) < 5  # the first caption itself takes a moment


@pytest.mark.parametrize("sound", [("call", "desk")], indirect=True)
def test_microphone_and_call_are_two_speakers(tmp_path, program, model, sound, monkeypatch):
    for name, value in sound.environment.items():
        if name.startswith(("PULSE_SERVER", "XDG_")):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv(
        "CAPTIONER_MODELS", os.environ.get("CAPTIONER_MODELS", str(Path.home() / ".cache/captioner/models"))
    )
    monkeypatch.setenv("PULSE_SOURCE", "desk.monitor")  # what PortAudio's device "pulse" hears
    speech(tmp_path / "speech.wav", 10)
    run = program("live", "--source", "both:pulse", "--data", tmp_path, "--port", 0, "--json", "--meeting", "m2")
    run.until(lambda m: m["event"] == "started", 60)
    for sink in ("desk", "call"):  # one after the other
        player = sound.play(sink, tmp_path / "speech.wav")
        run.captions(1)
        player.wait(60)
    time.sleep(1)
    run.interrupt()
    assert run.end(120) == 0
    text = (tmp_path / "archive" / "m2" / "floor.vtt").read_text(encoding="utf-8")
    assert "<v Me>" in text
    assert "<v The call>" in text
