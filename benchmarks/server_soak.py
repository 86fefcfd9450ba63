"""Days of meetings in minutes: does the server's memory stay where it was?

    python -m benchmarks.server_soak [--meetings 24] [--minutes 60]

The real hub, rooms, sessions, log and archive, on a clock that jumps; connections end in a transport that counts bytes.
In each meeting one captioner speaks, readers come, go and come again by their cursor, some signal, some stop reading,
some guess passcodes; somebody corrects; the meeting ends, everybody leaves, and memory is looked at. Writes
benchmarks/results/server-soak.json and .md.
"""

import argparse
import asyncio
import contextlib
import dataclasses
import gc
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, cast

import msgspec
import psutil
import structlog

from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track
from server.access import DOORS
from server.app import make_app
from server.config import ServerConfig, Timing
from server.opening import OPEN
from server.web import HUB, LOG, RENDER, TOKEN
from server.websocket import Client, Connection

_RESULTS = Path(__file__).parent / "results"
_CUE_MS = 4_000
_READERS = 40
_WARM = 4  # meetings before memory counts as settled


class Sample(msgspec.Struct, frozen=True):
    """After one meeting."""

    hours: float  # of meetings so far
    memory_mb: float
    objects: int  # that the garbage collector knows
    captions: int


class Soak(msgspec.Struct, frozen=True):
    """All of it; slopes by least squares, after the first meetings."""

    samples: tuple[Sample, ...]
    kb_per_hour: float
    objects_per_hour: float
    readers: int  # that came
    seconds: int


class _Line:
    """A socket and transport that nothing leaves; one that is stuck takes nothing any more."""

    _writer = None

    def __init__(self, *, stuck: bool) -> None:
        self.stuck, self.taken = stuck, 0

    async def close(self, *, code: int) -> None:
        """Nothing."""

    def write(self, data: bytes) -> None:
        """Count."""
        self.taken += len(data)

    def get_write_buffer_size(self) -> int:
        """Tell what waits."""
        return self.taken if self.stuck else 0

    def abort(self) -> None:
        """Nothing."""


@dataclasses.dataclass
class _World:
    """A server whose clock is moved by hand."""

    app: Any
    seconds: float
    rng: random.Random
    came: int = 0
    said: int = 0

    def enter(self, *, stuck: bool = False) -> Connection:
        """Connect."""
        line = cast("Any", _Line(stuck=stuck))
        address = f"192.0.2.{self.rng.randrange(250)}"
        connection = Connection(line, line, self.app[HUB], Client(self.app[DOORS], address, {}))
        self.app[HUB].enter(connection)
        self.came += 1
        return connection

    def leave(self, connection: Connection) -> None:
        """Go, as a socket that was closed."""
        self.app[HUB].leave(connection)
        self.app[HUB].laggards.forget(connection)

    async def meeting(self, number: int, minutes: int) -> None:
        """Hold one meeting from its first to its last caption."""
        name, say = f"m{number}", wire.encode
        captioner = self.enter()
        hello = wire.Hello(
            role=wire.Role.PUBLISHER, meeting=name, token=self.app[TOKEN], publisher="p", title=f"Meeting {number}",
            track=Track("floor", "en"), policy=RecordPolicy.ON_RECORD,
        )  # fmt: skip
        await captioner._take(say(hello))  # noqa: SLF001 - what a frame does, without a network
        corrector = self.enter()
        await corrector._take(say(wire.Hello(role=wire.Role.CORRECTOR, meeting=name, token=self.app[TOKEN])))  # noqa: SLF001
        readers: list[Connection] = []
        seq = 0
        for position in range(minutes * 60_000 // _CUE_MS):
            self.seconds += _CUE_MS / 1000
            await self._speak(captioner, position)
            if position % 20 == 0:
                wanted = wire.Correct(track="floor", update=_cue(position, "Corrected words.", 1), base=1)
                await corrector._take(say(wanted))  # noqa: SLF001
            if len(readers) >= _READERS:
                self.leave(readers.pop(self.rng.randrange(len(readers))))
            room = self.app[HUB].room(name)
            epoch, seq = (room.transcript.epoch, self.rng.randrange(room.transcript.seq)) if position % 3 else ("", 0)
            reader = self.enter(stuck=position % 50 == 0)
            await reader._take(say(wire.Hello(role=wire.Role.VIEWER, meeting=name, epoch=epoch, after=seq)))  # noqa: SLF001
            readers.append(reader)
            if position % 5 == 0:
                signal = wire.Signal(signal=wire.SignalKind.QUESTION, text=f"Question {position}")
                await readers[-1]._take(say(signal))  # noqa: SLF001
            await self.app[HUB].tick()
            await self.app[HUB].ping()
        await captioner._take(say(wire.End()))  # noqa: SLF001
        for connection in (*readers, corrector, captioner):
            self.leave(connection)

    async def _speak(self, captioner: Connection, position: int) -> None:
        text = f"Caption {position} " + "with some more words " * self.rng.randrange(1, 5)
        for revision, status in ((0, CueStatus.PARTIAL), (1, CueStatus.FINAL)):
            update = _cue(position, text, revision, status)
            await captioner._take(wire.encode(wire.Update(update=update)))  # noqa: SLF001
        self.said += 1


def _cue(position: int, text: str, revision: int, status: CueStatus = CueStatus.FINAL) -> CueUpdate:
    start = position * _CUE_MS
    return CueUpdate(Cue(f"c{position}", start, start + _CUE_MS - 100, text, "en"), revision, status)


async def soak(meetings: int, minutes: int, folder: Path) -> Soak:
    """Hold the meetings, one after the other."""
    began = time.monotonic()
    quiet = structlog.wrap_logger(structlog.ReturnLogger())
    app = make_app(ServerConfig(folder / "data", folder, timing=Timing(close_s=0.01)), quiet)
    world = _World(app, time.monotonic(), random.Random(1))  # noqa: S311 - the same every time
    hub, started = app[HUB], time.time_ns() // 1_000_000
    first = world.seconds
    hub.clock = dataclasses.replace(
        hub.clock, steady=lambda: world.seconds, wall_ms=lambda: started + round((world.seconds - first) * 1000)
    )
    process, samples = psutil.Process(), []
    for number in range(meetings):
        await world.meeting(number, minutes)
        await asyncio.sleep(0.1)  # what closes, closes
        gc.collect()
        memory = process.memory_info().rss / 2**20
        hours = (number + 1) * minutes / 60
        samples.append(Sample(hours, round(memory, 2), len(gc.get_objects()), world.said))
        print(f"{hours:g} h: {memory:.1f} MiB, {samples[-1].objects} objects", flush=True)
    for part in (OPEN, RENDER, LOG):
        with contextlib.suppress(Exception):
            await app[part].close()
    settled = samples[_WARM:] if len(samples) > _WARM + 1 else samples
    times = [one.hours for one in settled]
    kb = statistics.linear_regression(times, [one.memory_mb * 1024 for one in settled]).slope
    objects = statistics.linear_regression(times, [float(one.objects) for one in settled]).slope
    return Soak(tuple(samples), round(kb, 1), round(objects, 1), world.came, round(time.monotonic() - began))


def report(found: Soak) -> str:
    """Return the report in Markdown."""
    rows = "".join(
        f"| {one.hours:g} | {one.memory_mb:.1f} | {one.objects} | {one.captions} |\n" for one in found.samples
    )
    return (
        "# The server's memory over days of meetings\n\n"
        f"{len(found.samples)} meetings, {found.samples[-1].hours:g} hours on their clock in {found.seconds} s; "
        f"{found.readers} connections came and went. After the first {_WARM} meetings memory grows by "
        f"**{found.kb_per_hour:g} KiB and {found.objects_per_hour:g} objects an hour of meeting**.\n\n"
        "| hours | memory, MiB | objects | captions |\n|---|---|---|---|\n"
        f"{rows}\nAgain: `python -m benchmarks.server_soak`; what is done stands at the head of that file.\n"
    )


def main() -> None:
    """Run it and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meetings", type=int, default=24)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--out", type=Path, default=_RESULTS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(soak(asked.meetings, asked.minutes, Path(folder)))
    (asked.out / "server-soak.json").write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    (asked.out / "server-soak.md").write_text(report(found), encoding="utf-8")
    print(report(found))


if __name__ == "__main__":
    main()
