"""Outputs of a real sound server: unplugged and plugged again, and two channels together."""

import time
import urllib.request

import pytest
from typer.testing import CliRunner

from benchmarks.sound import SoundServer, missing
from benchmarks.unplug import measure, speech
from captioner.captions import wire
from captioner.captions.cue import RecordPolicy
from captioner.captions.policy import PolicyChange
from captioner.captions.webvtt import read
from captioner.cli import app
from captioner.publish.desk import Desk
from server.tokens import host_token
from tests.integration.conftest import at_the_desk

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


PLAN = """title = "Two sides"
record = "on_record"
[[roster]]
name = "Ana Sánchez"
consent = false
"""


@pytest.mark.parametrize("sound", [("call", "desk")], indirect=True)
def test_microphone_and_call_are_two_speakers_as_consent_and_policy_allow(tmp_path, program, model, sound, monkeypatch):
    at_the_desk(sound, monkeypatch)
    data = tmp_path / "data"
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    words = ["meeting", "new", str(tmp_path / "plan.toml"), "--meeting", "m2", "--data", str(data)]
    assert CliRunner().invoke(app, [*words, "--url", "http://127.0.0.1:1"]).exit_code == 0
    speech(tmp_path / "speech.wav", 10)
    run = program("live", "--source", "both:pulse", "--labels", "Ana Sánchez,The call", "--data", data, "--port", 0,
                  "--json", "--meeting", "m2", "--language", "en")  # fmt: skip
    url = run.until(lambda m: m["event"] == "serving", 60)["url"].split("/live/")[0]
    run.until(lambda m: m["event"] == "started", 60)

    def play(sink):
        player = sound.play(sink, tmp_path / "speech.wav")
        run.captions(1)
        player.wait(60)
        time.sleep(2)  # the rest of what was said

    play("desk")
    play("call")
    with urllib.request.urlopen(f"{url}/live/m2/plain", timeout=20) as page:
        named = page.read().decode()
    assert "The call" in named
    assert "Ana" not in named  # she did not agree
    desk = Desk(url.replace("http", "ws", 1) + "/ws", host_token(data), "m2")
    desk.start()
    welcome = desk.inbox.get(timeout=20)
    at = welcome.now_ms + 1000
    assert desk.send(wire.SetPolicy(change=PolicyChange(at, RecordPolicy.CHATHAM)))
    time.sleep(2)
    play("call")
    desk.close()
    run.interrupt()
    assert run.end(120) == 0
    cues = read((data / "archive" / "m2" / "floor.vtt").read_text(encoding="utf-8")).cues
    before = [cue for cue in cues if cue.start < at]
    after = [cue for cue in cues if cue.start >= at]
    assert {cue.speaker for cue in before} == {"", "The call"}
    assert {cue.speaker for cue in after} == {""}
    assert "committee" in " ".join(cue.text for cue in after).lower()
    every = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert "Ana Sánchez".encode() not in every  # nor in the log, whose roster left with the record
