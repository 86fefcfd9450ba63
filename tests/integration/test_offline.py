"""After the set-up no network is needed: every attempt to reach beyond this machine is noted, and there is none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.unplug import speech

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
HOOK = """
import sys
def watch(event, args):
    if event == "socket.connect":
        where = args[1]
        host = where[0] if isinstance(where, tuple) else ""
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host and host not in ("127.0.0.1", "::1", "localhost", "0.0.0.0"):
        with open(NOTES, "a") as file:
            file.write(f"{event} {host}\\n")
        raise OSError("there is no network")
sys.addaudithook(watch)
"""


def offline(tmp_path, *arguments):
    (tmp_path / "hook").mkdir(exist_ok=True)
    notes = tmp_path / "notes.txt"
    (tmp_path / "hook" / "sitecustomize.py").write_text(f"NOTES = {str(notes)!r}\n{HOOK}")
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "hook")}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=400, check=False
    )
    return done, notes.read_text() if notes.exists() else ""


def test_the_hook_notices(tmp_path):
    done, notes = offline(tmp_path, "-c", "import socket; socket.create_connection(('192.0.2.1', 80), 1)")
    assert done.returncode != 0
    assert "192.0.2.1" in notes


def test_captions_without_a_network(tmp_path, model):
    speech(tmp_path / "speech.wav", 12)
    done, notes = offline(
        tmp_path, "-m", "captioner.cli", "file", str(tmp_path / "speech.wav"), "--fast", "--port", "0", "--data", str(tmp_path / "data"),
        "--meeting", "m1", "--plain", "--refine", "off",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert notes == ""
    assert "committee" in (tmp_path / "data" / "archive" / "m1" / "floor.vtt").read_text(encoding="utf-8").lower()
