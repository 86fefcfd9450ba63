"""Speakers told apart by their voices, with the real models: in the transcript, and nowhere under the Rule."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.unplug import speech
from models.errors import ModelError
from models.store import ModelStore

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


@pytest.fixture
def voices(model):
    try:
        return ModelStore().path("voices")
    except ModelError:
        pytest.skip("the extra model is not here: captioner models fetch voices")


def caption(tmp_path, record):
    speech(tmp_path / "speech.wav", 30)
    subprocess.run(
        [sys.executable, "-m", "captioner.cli", "file", tmp_path / "speech.wav", "--fast", "--port", "0", "--data", tmp_path / "data",
         "--meeting", "m1", "--plain", "--voices", "--record", record, "--events", tmp_path / "events.jsonl"],
        cwd=ROOT, check=True, timeout=400, capture_output=True,
    )  # fmt: skip


def test_two_people_at_one_microphone_have_two_labels(tmp_path, voices):
    caption(tmp_path, "on_record")
    text = (tmp_path / "data" / "archive" / "m1" / "floor.vtt").read_text(encoding="utf-8")
    assert "<v Speaker 1>Good morning" in text
    assert "<v Speaker 2>" in text
    assert "<v Speaker 3>" not in text


@pytest.mark.parametrize("record", ["chatham", "off_record"])
def test_under_the_rule_and_off_the_record_no_byte_has_a_label(tmp_path, voices, record):
    caption(tmp_path, record)
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert files
    for path in [*files, tmp_path / "events.jsonl"]:
        assert not path.exists() or b"Speaker" not in path.read_bytes(), path.name
