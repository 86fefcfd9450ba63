"""Conferences dial in: the whole program, with strict stand-ins of BigBlueButton and Jitsi, at the pace of speech."""

import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner
from websockets.exceptions import InvalidStatus

from captioner.audio.file import FileSource
from captioner.cli import app
from captioner.rehearse import dialin

pytestmark = pytest.mark.slow
DEMO = Path(__file__).parents[2] / "demo" / "meeting.opus"


SECRET = "a-secret-of-the-conference"
PLAN = """title = "A conference"
record = "on_record"
[[roster]]
name = "Ana Sánchez"
consent = true
"""


@pytest.mark.parametrize("kind", ["vosk", "jitsi"])
def test_a_conference_hears_its_captions_and_so_do_readers(tmp_path, program, model, kind):
    data, secret = tmp_path / "data", tmp_path / "secret"
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    secret.write_text(SECRET)
    secret.chmod(0o600)
    words = ["meeting", "new", str(tmp_path / "plan.toml"), "--meeting", "m3", "--data", str(data)]
    assert CliRunner().invoke(app, [*words, "--url", "http://127.0.0.1:1"]).exit_code == 0
    run = program(
        "live", "--source", f"{kind}:0", "--secret-file", secret, "--data", data, "--port", 0, "--json", "--meeting", "m3"
    )  # fmt: skip
    note = run.until(lambda m: m["event"] == "note" and "ws://" in m["text"], 60)
    url = re.search(r"ws://[\d.]+:\d+", note["text"])[0]
    with pytest.raises(InvalidStatus, match="401"):
        getattr(dialin, kind)(url, np.zeros(1600, np.float32))
    with FileSource(DEMO) as source:
        audio = np.concatenate([chunk.samples for chunk in source])[: 12 * 16_000]
    more = {"name": "Ana Sánchez"} if kind == "jitsi" else {}
    heard = getattr(dialin, kind)(url, audio, secret=SECRET, **more)
    assert heard.violations == ()
    assert "committee" in heard.text.lower()
    assert heard.interim
    run.interrupt()
    assert run.end(120) == 0
    text = (data / "archive" / "m3" / "floor.vtt").read_text(encoding="utf-8")
    assert "committee" in text.lower()
    assert ("<v Ana Sánchez>" in text) is (kind == "jitsi")
    assert SECRET not in "".join(log.read_text(encoding="utf-8") for log in data.glob("*.log"))


def test_under_the_rule_a_name_of_the_conference_reaches_no_file(tmp_path, program, model):
    data, events = tmp_path / "data", tmp_path / "events.jsonl"
    (tmp_path / "plan.toml").write_text(PLAN.replace("on_record", "chatham"), encoding="utf-8")
    words = ["meeting", "new", str(tmp_path / "plan.toml"), "--meeting", "m4", "--data", str(data)]
    assert CliRunner().invoke(app, [*words, "--url", "http://127.0.0.1:1"]).exit_code == 0
    before = {path for path in data.rglob("*") if path.is_file()}
    run = program(
        "live", "--source", "jitsi:0", "--data", data, "--port", 0, "--json", "--meeting", "m4", "--events", events
    )  # fmt: skip
    note = run.until(lambda m: m["event"] == "note" and "ws://" in m["text"], 60)
    url = re.search(r"ws://[\d.]+:\d+", note["text"])[0]
    with FileSource(DEMO) as source:
        audio = np.concatenate([chunk.samples for chunk in source])[: 12 * 16_000]
    heard = dialin.jitsi(url, audio, name="Ana Sánchez")
    assert heard.violations == ()
    assert "committee" in heard.text.lower()
    run.interrupt()
    assert run.end(120) == 0
    files = {path for path in (*data.rglob("*"), events) if path.is_file()} - before
    assert "committee" in (data / "archive" / "m4" / "floor.vtt").read_text(encoding="utf-8").lower()
    assert [path.name for path in files if "Sánchez".encode() in path.read_bytes()] == []
