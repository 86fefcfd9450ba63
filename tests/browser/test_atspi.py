"""The browser's own accessibility events: one insertion for a final, and none for what is not finished."""

import json
import subprocess
import threading
import time
from pathlib import Path

import pytest

from benchmarks import desk, replay
from benchmarks.house import TITLE

pytestmark = pytest.mark.slow

PYTHON = "/usr/bin/python3"


@pytest.fixture(autouse=True)
def _programs():
    if missing := desk.lacking():
        pytest.skip(f"not installed (apt): {', '.join(missing)}")
    known = [PYTHON, "-c", "import gi; gi.require_version('Atspi', '2.0')"]
    if not Path(PYTHON).exists() or subprocess.run(known, capture_output=True, check=False).returncode:
        pytest.skip("not installed (apt): python3-gi, gir1.2-atspi-2.0")


def test_each_final_is_one_insertion_and_nothing_else_is_told(server, publisher):
    said = replay.sentences(0.15)
    with desk.Desk(orca=False) as place:
        listener = subprocess.Popen(
            [PYTHON, Path(__file__).with_name("atspi_listener.py")],
            env=place.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        events = []
        reading = threading.Thread(
            target=lambda: events.extend(json.loads(line) for line in listener.stdout), daemon=True
        )
        reading.start()
        try:
            place.open(f"{server.url}/live/m1#announce=sentence", TITLE)
            until(lambda: any(event["text"].startswith("Live.") for event in events))
            replay.play(replay.script(said), publisher.push)
            until(lambda: any(event["text"] == said[-1] for event in events))
            time.sleep(1)  # what should not come would come now
        finally:
            listener.stdin.close()
            listener.wait(10)
            reading.join(10)
            listener.stdout.close()
    spoken = [
        event["text"]
        for event in events
        if event["type"].startswith("object:text-changed:insert") and event["role"] == "paragraph"
    ]
    assert [text for text in spoken if text in said] == said
    words = said[0].split()
    partials = {" ".join(words[:count]) for count in range(1, len(words))}
    assert not partials & {event["text"] for event in events}


def until(what):
    deadline = time.monotonic() + 180
    while not what():
        assert time.monotonic() < deadline, "never told"
        time.sleep(0.1)
