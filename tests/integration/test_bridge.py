"""Conferences dial in: the whole program, with strict stand-ins of BigBlueButton and Jitsi, at the pace of speech."""

import re
from pathlib import Path

import numpy as np
import pytest

from captioner.audio.file import FileSource
from captioner.rehearse import dialin

pytestmark = pytest.mark.slow
DEMO = Path(__file__).parents[2] / "demo" / "meeting.opus"


@pytest.mark.parametrize("kind", ["vosk", "jitsi"])
def test_a_conference_hears_its_captions_and_so_do_readers(tmp_path, program, model, kind):
    run = program("live", "--source", f"{kind}:0", "--data", tmp_path, "--port", 0, "--json", "--meeting", "m3")
    note = run.until(lambda m: m["event"] == "note" and "ws://" in m["text"], 60)
    url = re.search(r"ws://[\d.]+:\d+", note["text"])[0]
    with FileSource(DEMO) as source:
        audio = np.concatenate([chunk.samples for chunk in source])[: 12 * 16_000]
    heard = getattr(dialin, kind)(url, audio)
    assert heard.violations == ()
    assert "committee" in heard.text.lower()
    assert heard.interim
    run.interrupt()
    assert run.end(120) == 0
    text = (tmp_path / "archive" / "m3" / "floor.vtt").read_text(encoding="utf-8")
    assert "committee" in text.lower()
    assert ("<v Speaker 1>" in text) is (kind == "jitsi")
