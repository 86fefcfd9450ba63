"""Days of meetings in minutes: does the server's memory stay where it was?

    python -m benchmarks.server_soak [--meetings 120] [--minutes 60]

The real hub, rooms, sessions, log and archive, on a clock that jumps; connections end in a transport that counts bytes.
In each meeting one captioner speaks, readers come, go and come again by their cursor, some signal, some stop reading,
some guess passcodes; somebody corrects; the meeting ends, everybody leaves, and memory is looked at: all of it, and
what SQLite holds of it. Writes benchmarks/results/server-soak.json and .md.
"""

import argparse
import asyncio
import contextlib
import dataclasses
import math
import random
import statistics
import tempfile
import time
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
import structlog

from benchmarks.heap import Heap, heap
from benchmarks.written import RESULTS, keep
from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track
from server.access import DOORS
from server.app import make_app
from server.archive.transaction import PAGES_KIB
from server.config import ServerConfig, Timing
from server.opening import OPEN
from server.web import HUB, LOG, RENDER, TOKEN
from server.websocket import Client, Connection

_CUE_MS = 4_000
_READERS = 40
_WARM = 4  # meetings before memory counts as settled
_ROWS = 24  # of the table
_CELLS = 6  # numbers of a sample


class Sample(msgspec.Struct, frozen=True):
    """After one meeting."""

    hours: float  # of meetings so far
    heap: Heap
    captions: int


class Growth(msgspec.Struct, frozen=True):
    """An hour of meeting, by least squares."""

    memory_kb: float
    handed_out_kb: float | None  # by malloc, without SQLite's
    sqlite_kb: float | None
    blocks: float
    objects: float


class Soak(msgspec.Struct, frozen=True):
    """All of it."""

    samples: tuple[Sample, ...]
    first: Growth  # half of the meetings, without those in which memory settles
    last: Growth  # half of the meetings
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
    kept = array("d", bytes(8 * _CELLS * meetings))  # what is measured leaves nothing new behind
    for number in range(meetings):
        await world.meeting(number, minutes)
        await asyncio.sleep(0.1)  # what closes, closes
        cells = array("d", _cells(heap(), world.said))
        kept[number * _CELLS : (number + 1) * _CELLS] = cells
        print(_row(_sample(number, minutes, cells)), flush=True)
    for part in (OPEN, RENDER, LOG):
        with contextlib.suppress(Exception):
            await app[part].close()
    samples = [_sample(each, minutes, kept[each * _CELLS : (each + 1) * _CELLS]) for each in range(meetings)]
    middle = max(len(samples) // 2, 2)
    settled = samples[_WARM:middle] if middle > _WARM + 1 else samples[:middle]
    last = samples[-middle:]
    return Soak(tuple(samples), growth(settled), growth(last), world.came, round(time.monotonic() - began))


def _cells(seen: Heap, said: int) -> tuple[float, ...]:
    known = (math.nan if one is None else one for one in (seen.handed_out_kb, seen.sqlite_kb))
    return (seen.memory_mb, *known, seen.blocks, seen.objects, said)


def _sample(number: int, minutes: int, cells: Sequence[float]) -> Sample:
    memory, handed_out, sqlite, blocks, objects, said = cells
    seen = Heap(memory, _known(handed_out), _known(sqlite), int(blocks), int(objects))
    return Sample(round((number + 1) * minutes / 60, 2), seen, int(said))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def growth(samples: Sequence[Sample]) -> Growth:
    """Return how fast everything grows."""

    def slope(of: Callable[[Heap], float | None]) -> float | None:
        values = [value for one in samples if (value := of(one.heap)) is not None]
        if len(values) < len(samples):
            return None
        return round(statistics.linear_regression([one.hours for one in samples], values).slope, 1)

    def own(one: Heap) -> float | None:
        return None if one.handed_out_kb is None else one.handed_out_kb - (one.sqlite_kb or 0)

    memory, blocks = slope(lambda one: one.memory_mb * 1024), slope(lambda one: one.blocks)
    objects = slope(lambda one: one.objects)
    return Growth(memory or 0.0, slope(own), slope(lambda one: one.sqlite_kb), blocks or 0.0, objects or 0.0)


def _shown(value: float | None, unit: str = "") -> str:
    return "unknown" if value is None else f"{value:,.1f}{unit}"


def _row(one: Sample) -> str:
    seen = one.heap
    cells = (_shown(seen.memory_mb), _shown(seen.sqlite_kb), _shown(seen.handed_out_kb))
    return f"| {one.hours:g} | {' | '.join(cells)} | {seen.blocks} | {seen.objects} | {one.captions} |"


def report(found: Soak) -> str:
    """Return the report in Markdown."""
    step = max(1, len(found.samples) // _ROWS)
    rows = "\n".join(_row(one) for number, one in enumerate(found.samples, 1) if number == 1 or number % step == 0)
    halves = "\n".join(
        f"| {name} | {_shown(each.memory_kb, ' KiB')} | {_shown(each.sqlite_kb, ' KiB')} | "
        f"{_shown(each.handed_out_kb, ' KiB')} | {_shown(each.blocks)} | {_shown(each.objects)} |"
        for name, each in (
            (f"first half, without the first {_WARM} meetings", found.first),
            ("second half", found.last),
        )
    )
    return f"""# The server's memory over days of meetings

{len(found.samples)} meetings, {found.samples[-1].hours:g} hours on their clock in {found.seconds} s; \
{found.readers} connections came and went.

| growth in an hour of meeting | memory | SQLite's | malloc's, without SQLite's | blocks | objects |
|---|---|---|---|---|---|
{halves}

What SQLite holds is pages of the log, of the archive's index and of its reader. It keeps what it has touched, up to
{PAGES_KIB:,} KiB for each of the three (`server/archive/transaction.py`), and then lets the oldest go: this grows with
the log, and ends at that bound. What the program itself keeps is in the other columns: blocks are Python's small
objects, objects those that its garbage collector knows. Both rise and fall in a slow wave: Python's SQLite notes each
question asked, and forgets the dead notes at every two hundredth.

| hours | memory, MiB | SQLite's, KiB | handed out by malloc, KiB | blocks | objects | captions |
|---|---|---|---|---|---|---|
{rows}

Again: `python -m benchmarks.server_soak`; what is done stands at the head of that file.
"""


def main() -> None:
    """Run it and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meetings", type=int, default=120)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--out", type=Path, default=RESULTS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(soak(asked.meetings, asked.minutes, Path(folder)))
    keep(asked.out, "server-soak", found, report(found))


if __name__ == "__main__":
    main()
