import queue
import signal

import pytest

from captioner import messages
from captioner.child import Child, Exited

SCRIPT = """
import os, signal, sys
from captioner import messages
line = messages.read_settings()
messages.say(messages.Ready(url=line.decode().strip()))
print("a library prints this", flush=True)
print("complaint", file=sys.stderr, flush=True)
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        signal.pause()
messages.wait_for_end()
sys.exit(7)
"""


@pytest.fixture
def start(tmp_path, monkeypatch):
    (tmp_path / "talker.py").write_text(SCRIPT)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{'.'}")
    reports = queue.Queue()
    children = []

    def starting(*arguments):
        children.append(Child("it", ["talker", *arguments], b"settings", reports, tmp_path / "it.log"))
        return children[-1], reports

    yield starting
    for child in children:
        child.stop(0.1)


def test_it_gets_its_settings_and_its_messages_come_but_nothing_else(start, tmp_path):
    child, reports = start()
    assert reports.get(timeout=20) == ("it", messages.Ready(url="settings"))
    assert child.running
    child.finish()
    assert reports.get(timeout=20) == ("it", Exited(7))
    assert not child.running
    assert (tmp_path / "it.log").read_text() == "complaint\n"


def test_a_kill_is_reported_with_its_signal(start):
    import os

    child, reports = start()
    reports.get(timeout=20)
    os.kill(child.pid, signal.SIGKILL)
    assert reports.get(timeout=20) == ("it", Exited(-signal.SIGKILL))


def test_a_stubborn_child_is_killed(start):
    child, reports = start("stubborn")
    reports.get(timeout=20)
    child.stop(0.2)
    assert not child.running
    assert reports.get(timeout=20) == ("it", Exited(-signal.SIGKILL))


def test_logs_are_appended(start, tmp_path):
    for _ in range(2):
        child, reports = start()
        reports.get(timeout=20)
        child.stop(20)
    assert (tmp_path / "it.log").read_text() == "complaint\n" * 2
