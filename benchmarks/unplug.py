"""How soon a lost sound is noticed, shown and heard again: `python -m benchmarks.unplug`. Linux with PulseAudio.

The whole program runs: a null output is captioned, unloaded and loaded again, and a reader's connection tells when the
loss and the return are shown.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
from websockets.sync.client import connect

from benchmarks.sound import SoundServer, missing
from benchmarks.written import RESULTS, keep
from captioner.audio.file import FileSource
from captioner.captions import wire

_T = TypeVar("_T", int, float)
_DEMO = Path(__file__).parent.parent / "demo" / "meeting.opus"
_SUBPROTOCOL: Any = wire.SUBPROTOCOL
_TEXT = """# A sound that is unplugged

`python -m benchmarks.unplug`: the whole program captions an output of PulseAudio, which is unloaded and loaded again,
{times} times. Times in seconds, median and worst. An output that is there gives its first sample at once, as a sound
card does; PulseAudio's plain null output renders two seconds ahead and gives its first sample after those, which no
program that listens can shorten.

| | output | median | worst | wanted |
| --- | --- | --- | --- | --- |
{rows}

Speech after the return was captioned: {words}. The timeline goes on: {gap:.1f} s on the clock are {shown:.1f} s in the
transcript.
"""


class Report(msgspec.Struct, frozen=True):
    """What was measured, in seconds."""

    lost: list[float]
    back: list[float]
    captioned_afterwards: bool
    away: float
    away_in_transcript: float


def speech(path: Path, seconds: int) -> None:
    """Write the demo's beginning as a WAV file."""
    with FileSource(_DEMO) as source:
        audio = np.concatenate([chunk.samples for chunk in source])[: seconds * 16_000]
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes((audio * 32_000).astype("<i2").tobytes())


class Watcher:
    """A reader: the health of the track, and its captions, with the times at which they came."""

    def __init__(self, url: str, meeting: str) -> None:
        """Read in a thread."""
        self.health: list[tuple[float, wire.Health]] = []
        self.finals: list[tuple[float, int]] = []
        self._changed = threading.Condition()
        self._url, self._meeting = url, meeting
        threading.Thread(target=self._read, daemon=True).start()

    def wait(self, health: wire.Health, since: float, timeout: float = 30.0) -> float:
        """Return after how long the health was told, seen from `since`."""
        with self._changed:
            return (
                self._first(lambda: [at for at, each in self.health if at >= since and each is health], timeout) - since
            )

    def wait_final(self, since: float, timeout: float = 60.0) -> int:
        """Return the start in ms of the first caption that came after `since`."""
        with self._changed:
            return self._first(lambda: [start for at, start in self.finals if at >= since], timeout)

    def _first(self, seen: Callable[[], list[_T]], timeout: float) -> _T:
        if not self._changed.wait_for(lambda: bool(seen()), timeout):
            message = "what was waited for did not come"
            raise TimeoutError(message)
        return seen()[0]

    def _read(self) -> None:
        with connect(self._url, subprotocols=[_SUBPROTOCOL], proxy=None) as socket:
            socket.send(wire.encode(wire.Hello(role=wire.Role.VIEWER, meeting=self._meeting)))
            for frame in socket:
                message, now = wire.decode_from_server(frame), time.monotonic()
                with self._changed:
                    if isinstance(message, wire.Status):
                        self.health += [(now, each.health) for each in message.captioners]
                    elif isinstance(message, wire.EventMessage) and hasattr(message.event, "update"):
                        self.finals.append((now, message.event.update.cue.start))
                    self._changed.notify_all()


def measure(times: int, *, lazy: bool = False) -> Report:
    """Run the program and pull the plug so often; `lazy` as in SoundServer."""
    with tempfile.TemporaryDirectory() as name, SoundServer("call", lazy=lazy) as sound:
        folder = Path(name)
        speech(folder / "speech.wav", 14)
        program = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "captioner.cli", "live", "--source", "monitor:call", "--meeting", "m", "--port", "0",
             "--data", name, "--json"],
            env=dict(sound.environment), stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            return _measure(program, sound, folder, times)
        finally:
            program.terminate()
            program.wait(60)


def _measure(program: "subprocess.Popen[str]", sound: SoundServer, folder: Path, times: int) -> Report:
    lines = iter(program.stdout or ())
    url = next(json.loads(line)["url"] for line in lines if '"serving"' in line)
    next(line for line in lines if '"started"' in line)
    threading.Thread(target=lambda: [None for _ in lines], daemon=True).start()
    watcher = Watcher(url.split("/live/")[0].replace("http", "ws", 1) + "/ws", "m")
    began = time.monotonic()
    watcher.wait(wire.Health.LIVE, began - 30)
    sound.play("call", folder / "speech.wav")
    before = watcher.wait_final(began)
    heard = time.monotonic()
    time.sleep(15)
    lost, back = [], []
    for _ in range(times):
        pulled = time.monotonic()
        sound.unplug("call")
        lost.append(watcher.wait(wire.Health.AUDIO_LOST, pulled))
        time.sleep(4)
        plugged = time.monotonic()
        sound.plug("call")
        back.append(watcher.wait(wire.Health.LIVE, plugged))
        time.sleep(3)
    again = time.monotonic()
    sound.play("call", folder / "speech.wav")
    after = watcher.wait_final(again)
    return Report(
        lost, back, captioned_afterwards=True, away=time.monotonic() - heard, away_in_transcript=(after - before) / 1000
    )


def main() -> int:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    if lacking := missing():
        print(f"not installed: {', '.join(lacking)}")
        return 2
    reports = {"gives sound at once": measure(options.times), "plain null output": measure(options.times, lazy=True)}
    keep(RESULTS, "unplug", reports, table(reports, options.times))
    return 0


def table(reports: dict[str, Report], times: int) -> str:
    """Return the report in Markdown."""
    rows = [
        f"| {what} | {name} | {statistics.median(found):.2f} | {max(found):.2f} | {wanted} |"
        for name, report in reports.items()
        for what, found, wanted in (
            ("readers are told that the sound is lost", report.lost, 2),
            ("readers are told that it is back", report.back, 3),
        )
    ]
    first = next(iter(reports.values()))
    words = "yes" if all(report.captioned_afterwards for report in reports.values()) else "no"
    return _TEXT.format(times=times, rows="\n".join(rows), words=words, gap=first.away, shown=first.away_in_transcript)


if __name__ == "__main__":
    sys.exit(main())
