"""A conference dials in: the whole program, with a client as BigBlueButton's, at the pace of speech."""

import json
import re
import time
from pathlib import Path

import numpy as np
import pytest
from websockets.sync.client import connect

from captioner.audio.file import FileSource

pytestmark = pytest.mark.slow
DEMO = Path(__file__).parents[2] / "demo" / "meeting.opus"


def test_a_vosk_client_hears_its_captions_and_so_do_readers(tmp_path, program, model):
    run = program("live", "--source", "vosk:0", "--data", tmp_path, "--port", 0, "--json", "--meeting", "m3")
    note = run.until(lambda m: m["event"] == "note" and "ws://" in m["text"], 60)
    url = re.search(r"ws://[\d.]+:\d+", note["text"])[0]
    with FileSource(DEMO) as source:
        audio = np.concatenate([chunk.samples for chunk in source])[: 12 * 16_000]
    texts, partials = [], []
    with connect(url, proxy=None) as socket:
        socket.send('{"config": {"sample_rate": 16000}}')
        began = time.monotonic()
        for at in range(0, len(audio), 1600):
            time.sleep(max(0.0, began + at / 16_000 - time.monotonic()))
            socket.send((audio[at : at + 1600] * 32_000).astype("<i2").tobytes())
            answer = json.loads(socket.recv(timeout=60))
            (texts if "text" in answer else partials).append(answer.get("text", answer.get("partial")))
        socket.send('{"eof": 1}')
        texts.append(json.loads(socket.recv(timeout=60))["text"])
    assert "committee" in " ".join(texts).lower()
    assert any(partials)
    run.interrupt()
    assert run.end(120) == 0
    assert "committee" in (tmp_path / "archive" / "m3" / "floor.vtt").read_text(encoding="utf-8").lower()
