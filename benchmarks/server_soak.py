"""Days of meetings in minutes: does the server's memory stay where it was?

    python -m benchmarks.server_soak [--machines] [--meetings 120] [--minutes 60]

The real hub, rooms, sessions, log and archive, on a clock that jumps; connections end in a transport that counts bytes.
In each meeting one captioner speaks, readers come, go and come again by their cursor, some signal, some stop reading,
some guess passcodes; somebody corrects; the meeting ends, everybody leaves, and memory is looked at: all of it, and
what SQLite holds of it. With --machines: see benchmarks/soak_machines.py. Writes benchmarks/results/server-soak.json
and .md, and leaves there what the other of both ways has found.
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

import msgspec
import structlog

from benchmarks import soak_machines
from benchmarks.heap import Heap, heap
from benchmarks.soak_machines import Machines
from benchmarks.soak_world import World
from benchmarks.written import RESULTS, keep
from server.app import make_app
from server.archive.transaction import PAGES_KIB
from server.config import ServerConfig, Timing
from server.opening import OPEN
from server.web import HUB, LOG, RENDER

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
    machines: Machines | None = None  # with an edge and a Redis


async def soak(meetings: int, minutes: int, folder: Path) -> Soak:
    """Hold the meetings, one after the other."""
    began = time.monotonic()
    quiet = structlog.wrap_logger(structlog.ReturnLogger())
    app = make_app(ServerConfig(folder / "data", folder, timing=Timing(close_s=0.01)), quiet)
    world = World(app, time.monotonic(), random.Random(1))  # noqa: S311 - the same every time
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

After some 250 meetings memory takes one step of 0.9 MiB. That is Python's table of interned strings: names that came
and went have filled it, and it is made anew at twice its size (a block of 940 KiB goes, one of 1,880 comes). The same
blocks change in a fresh server that interns 7,000 names and forgets them; 190,000 more add nothing.

| hours | memory, MiB | SQLite's, KiB | handed out by malloc, KiB | blocks | objects | captions |
|---|---|---|---|---|---|---|
{rows}

Again: `python -m benchmarks.server_soak`; what is done stands at the head of that file.
{"" if found.machines is None else soak_machines.section(found.machines)}"""


def before(folder: Path) -> Soak | None:
    """Return what was found the last time."""
    kept = folder / "server-soak.json"
    return msgspec.json.decode(kept.read_bytes(), type=Soak) if kept.exists() else None


def main() -> None:
    """Run it and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meetings", type=int, default=120)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--machines", action="store_true", help="with an edge and a Redis, in short meetings")
    parser.add_argument("--out", type=Path, default=RESULTS)
    asked = parser.parse_args()
    known = before(asked.out)
    if asked.machines and known is None:
        parser.error("there is no report to add to: first run it without --machines")
    if asked.machines and known is not None:
        found = msgspec.structs.replace(known, machines=soak_machines.run(asked.meetings, asked.minutes))
    else:
        with tempfile.TemporaryDirectory() as folder:
            found = asyncio.run(soak(asked.meetings, asked.minutes, Path(folder)))
        found = msgspec.structs.replace(found, machines=known and known.machines)
    keep(asked.out, "server-soak", found, report(found))


if __name__ == "__main__":
    main()
