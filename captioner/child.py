"""A child process that speaks `messages` on its output and lives as long as its input is open."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from captioner import messages


class Exited(msgspec.Struct, frozen=True):
    """The child is gone; its returncode as subprocess gives it (negative: the signal)."""

    code: int


if TYPE_CHECKING:
    import queue

Report = tuple[str, messages.Message | Exited]


class Child:
    """Starts `python -m MODULE ARGS` and puts what it says, and its end, on a queue under `name`."""

    def __init__(
        self, name: str, arguments: Sequence[str], first_line: bytes, reports: "queue.Queue[Report]", log: Path
    ) -> None:
        """Start it; `first_line` goes to its input, which stays open as a lifeline; its log is appended to `log`."""
        self.name = name
        self._reports = reports
        with log.open("ab") as errors:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
            )
        if first_line and self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(first_line + b"\n")
                self._process.stdin.flush()
        if self._process.stdout is not None:
            threading.Thread(target=self._read, args=(self._process.stdout,), name=name, daemon=True).start()

    def _read(self, output: IO[bytes]) -> None:
        for line in output:
            message = messages.read(line)
            if message is not None:
                self._reports.put((self.name, message))
        self._reports.put((self.name, Exited(self._process.wait())))

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self._process.poll() is None

    def finish(self) -> None:
        """Ask it to end in order: close its input."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()

    def stop(self, timeout: float) -> None:
        """Ask it to end, wait, and kill it if it does not."""
        self.finish()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
