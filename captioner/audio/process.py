"""Sound from another program, which writes 16-bit samples to its standard output: `parec`, `ffmpeg`."""

import os
import queue
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Self

import numpy as np

from captioner.audio.capture import Block, Capture
from captioner.audio.chunk import AudioChunk
from captioner.audio.errors import DeviceLost, DeviceRefused

_QUEUE = 200  # blocks; 10 s, as for a microphone


@dataclass(frozen=True, slots=True)
class Program:
    """What to start, and what it writes."""

    command: Sequence[str]
    name: str
    # for people
    rate: int
    # Hz
    channels: int
    first_s: float
    # patience for the first block
    later_s: float
    # patience for the others

    @property
    def block(self) -> int:
        """Bytes of 50 ms."""
        return self.rate // 20 * self.channels * 2


class ProcessSource:
    """What a program writes until it is stopped. Raises DeviceRefused on entering, DeviceLost when the program ends."""

    def __init__(self, program: Program) -> None:
        """Start nothing yet."""
        self._program = program
        self._queue: queue.Queue[bytes | None] = queue.Queue(_QUEUE)
        self._stopped = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def duration(self) -> None:
        """Endless."""
        return

    def __enter__(self) -> Self:
        """Start it."""
        try:
            process = subprocess.Popen(  # noqa: S603 - the command is put together by the caller, without a shell
                self._program.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
        except OSError as error:
            raise DeviceRefused(self._program.name, error.strerror or "it does not start") from error
        self._process = process
        if process.stdout is not None:
            threading.Thread(target=self._read, args=(process.stdout,), name="recorder", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """End it."""
        self.stop()
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield chunks as they come; once, between entering and leaving."""
        program = self._program
        capture, patience = Capture(program.rate), program.first_s
        while (data := self._next(patience)) is not None:
            samples = np.frombuffer(data, "<i2").reshape(-1, program.channels).astype(np.float32) / np.float32(32768)
            yield from capture.receive(Block(samples))
            patience = program.later_s
        yield from capture.finish()
        if not self._stopped.is_set():
            raise DeviceLost(program.name, patience)

    def stop(self) -> None:
        """Take no more and end."""
        self._stopped.set()
        self._put(None)

    def _next(self, patience: float) -> bytes | None:
        try:
            return self._queue.get_nowait() if self._stopped.is_set() else self._queue.get(timeout=patience)
        except queue.Empty:
            return None

    def _put(self, data: bytes | None) -> None:
        try:
            self._queue.put_nowait(data)
        except queue.Full:  # a receiver that waits for ten seconds has given up the meeting
            return

    def _read(self, output: IO[bytes]) -> None:
        """Blocks to the queue; None at the end, which is when the device is unplugged."""
        while not self._stopped.is_set():
            data = _exactly(output, self._program.block)
            if len(data) < self._program.block:
                break
            self._put(data)
        self._put(None)


def _exactly(output: IO[bytes], size: int) -> bytes:
    data = b""
    while len(data) < size:
        try:
            more = os.read(output.fileno(), size - len(data))
        except (OSError, ValueError):
            break
        if not more:
            break
        data += more
    return data
