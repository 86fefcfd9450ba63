import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def model():
    from models.errors import ModelError
    from models.store import ModelStore

    try:
        return ModelStore().path("base")
    except ModelError as error:
        pytest.skip(f"the base model is not here: {error.remedy}")


def at_the_desk(sound, monkeypatch):
    """Let programs that are started hear `sound`'s output "desk" as their microphone; they find the models where they are."""
    for name, value in sound.environment.items():
        if name.startswith(("PULSE_SERVER", "XDG_")):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv(
        "CAPTIONER_MODELS", os.environ.get("CAPTIONER_MODELS", str(Path.home() / ".cache/captioner/models"))
    )
    monkeypatch.setenv("PULSE_SOURCE", "desk.monitor")  # what PortAudio's device "pulse" hears


class Program:
    """The command `captioner`, as a user starts it; its JSON lines are read as they come."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "captioner.cli", *map(str, arguments)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, encoding="utf-8",
        )  # fmt: skip
        self.lines = []
        self.errors = ""
        self._queue = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self._stderr = threading.Thread(target=self._read_errors, daemon=True)
        self._stderr.start()

    def _read(self):
        for line in self.process.stdout:
            self._queue.put(line)
        self._queue.put(None)

    def _read_errors(self):
        self.errors = self.process.stderr.read()

    def until(self, accept, timeout=120):
        """Return the first JSON line that `accept` likes."""
        deadline = time.monotonic() + timeout
        while True:
            line = self._queue.get(timeout=max(0.1, deadline - time.monotonic()))
            assert line is not None, f"it ended: {self.errors}"
            try:
                message = json.loads(line)
            except json.JSONDecodeError:
                message = {"event": "text", "text": line}
            self.lines.append(message)
            if accept(message):
                return message

    def captions(self, count, timeout=120):
        """Wait for so many more finals."""
        return [self.until(lambda m: m["event"] == "caption", timeout) for _ in range(count)]

    def child(self, module):
        """Process id of the child that runs `module`."""
        for _ in range(100):
            pids = subprocess.run(
                ["pgrep", "-P", str(self.process.pid), "-f", module], capture_output=True, text=True, check=False
            ).stdout.split()
            if pids:
                return int(pids[0])
            time.sleep(0.1)
        raise AssertionError(f"no child runs {module}")

    def kill(self, module, number=signal.SIGKILL):
        pid = self.child(module)
        os.kill(pid, number)
        return pid

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def end(self, timeout=120):
        """Wait for the end; return exit code and remaining lines."""
        code = self.process.wait(timeout)
        while (line := self._queue.get(timeout=10)) is not None:
            try:
                self.lines.append(json.loads(line))
            except json.JSONDecodeError:
                self.lines.append({"event": "text", "text": line})
        self._stderr.join(10)
        return code


@pytest.fixture
def program():
    programs = []

    def start(*arguments):
        programs.append(Program(*arguments))
        return programs[-1]

    yield start
    for each in programs:
        if each.process.poll() is None:
            each.interrupt()
            try:
                each.process.wait(30)
            except subprocess.TimeoutExpired:
                each.process.kill()
