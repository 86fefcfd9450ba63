"""`python -m benchmarks.archive`: how long the archive takes after a meeting, and to list and find among many.

Draft: a three-hour meeting in every format, and its words into the index. Lists and search: real requests to a real
server in this process, with a catalogue of invented meetings in six languages.
"""

import argparse
import asyncio
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec
import structlog
from aiohttp.test_utils import TestClient, TestServer

from benchmarks.corpus import meeting, meetings
from benchmarks.recordings import ROOT
from benchmarks.written import RESULTS, keep
from captioner.captions.segments import segment
from server.app import make_app
from server.archive.catalogue import FILE, Catalogue
from server.archive.export.registry import FORMATS
from server.archive.writer import ArchiveWriter
from server.config import ServerConfig

HOURS_3 = 2_842  # cues of 12 words, 3.8 s each
QUERIES = (
    "captions", "network", "the", "the of and", "donn\u00e9es", "politica", "captions17*", "children rights", "net*",
    '"open access"', "network4711", "nothing-of-this", "people internet data",
    "\u7f51\u7edc", "\u4e92\u8054\u7f51\u6cbb\u7406", "\u7f51", "\u0645\u062d\u0645\u062f",
    "\u0627\u0644\u0627\u0646\u062a\u0631\u0646\u062a", "\u0435\u043b\u043a\u0430",
)  # fmt: skip


class Timing(msgspec.Struct, frozen=True):
    """Milliseconds of many tries."""

    tries: int
    p50: float
    p95: float
    worst: float


class Figures(msgspec.Struct, frozen=True):
    """One run's."""

    machine: str
    load: float  # of the machine when it began: other work slows all of this
    draft_s: float
    index_s: float
    formats_ms: dict[str, float]
    segments: int
    violations: dict[str, int]
    meetings: int
    cues: int
    build_s: float
    index_mb: float
    list_ms: Timing
    search_ms: Timing
    slowest: dict[str, float]


def timing(seconds: Sequence[float]) -> Timing:
    """Return the figures of a row of durations."""
    ms = sorted(1000 * one for one in seconds)
    return Timing(len(ms), statistics.median(ms), ms[max(0, -(-95 * len(ms) // 100) - 1)], ms[-1])


def draft(folder: Path) -> tuple[float, float, dict[str, float], int, dict[str, int]]:
    """Write a three-hour meeting as its end does; return seconds, seconds of the index, and each format's ms."""
    record = meeting(0, HOURS_3, random.Random(3))  # noqa: S311 - no secret
    each = {}
    for made in FORMATS.values():
        begun = time.perf_counter()
        made(record, record.tracks[0])
        each[made.ending] = 1000 * (time.perf_counter() - begun)
    record = meeting(6, HOURS_3, random.Random(4))  # noqa: S311 - another one: nothing is in a cache
    begun = time.perf_counter()
    ArchiveWriter(folder).write(record)
    written = time.perf_counter() - begun
    catalogue = Catalogue(folder)
    begun = time.perf_counter()
    catalogue.put(record, 1)
    indexed = time.perf_counter() - begun
    catalogue.close()
    segments, violations = segment([update.cue for update in record.tracks[0].cues])
    kinds: dict[str, int] = {}
    for one in violations:
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
    return written, indexed, each, len(segments), kinds


def fill(folder: Path, count: int, cues: int) -> float:
    """Make the catalogue; return seconds."""
    catalogue = Catalogue(folder)
    begun = time.perf_counter()
    for number, record in enumerate(meetings(count, cues)):
        catalogue.put(record, record.meeting.started)
        if number % 1000 == 0:
            print(f"{number} meetings", flush=True)
    done = time.perf_counter() - begun
    catalogue.close()
    return done


async def ask(folder: Path, count: int, tries: int) -> tuple[Timing, Timing, dict[str, float]]:
    """Ask a server for lists and searches; return their times and the slowest queries."""
    logger = structlog.wrap_logger(
        structlog.ReturnLogger(), wrapper_class=structlog.make_filtering_bound_logger(0)
    )  # nothing is printed
    app = make_app(ServerConfig(folder, ROOT / "viewer"), logger)
    async with TestClient(TestServer(app)) as client:

        async def timed(path: str, **query: str) -> float:
            begun = time.perf_counter()
            answer = await client.get(path, params=query)
            await answer.read()
            assert answer.status == 200, path  # noqa: S101, PLR2004 - a benchmark of errors is none
            return time.perf_counter() - begun

        async def many(work: Callable[[int], Awaitable[float]]) -> list[float]:
            return [await work(number) for number in range(tries)]

        await timed("/archive/")
        lists = await many(lambda n: timed("/archive/", page=str(1 + n * 37 % (count // 50))))
        slow: dict[str, float] = {}
        found: list[float] = []
        for number in range(tries):
            query = QUERIES[number % len(QUERIES)]
            took = await timed("/search", q=query, page=str(1 + number % 3))
            slow[query] = max(slow.get(query, 0.0), 1000 * took)
            found.append(took)
        return timing(lists), timing(found), slow


def markdown(of: Figures) -> str:
    """Return the report."""
    lists, found = of.list_ms, of.search_ms
    speed = f"{found.p50:.1f} / {found.p95:.1f} / {found.worst:.1f} ms"
    rows = [
        "# The archive's speed",
        "",
        f"{of.machine}; load at the start {of.load:.1f}. `python -m benchmarks.archive`",
        "",
        "| what | result | goal |",
        "| --- | --- | --- |",
        f"| three-hour meeting, {len(FORMATS)} formats on disk | {of.draft_s:.2f} s | 5 s |",
        f"| its words in the index | {of.index_s:.2f} s | |",
        f"| list of {of.meetings} meetings, a page, p95 ({lists.tries} requests) | {lists.p95:.1f} ms | 50 ms |",
        f"| search in {of.cues} cues, p50 / p95 / worst ({found.tries} requests) | {speed} | p95 100 ms |",
        f"| index of all of them made anew | {of.build_s:.0f} s, {of.index_mb:.0f} MB | |",
        "",
        "Milliseconds of each format, three hours: "
        + ", ".join(f"{name} {ms:.0f}" for name, ms in of.formats_ms.items())
        + ".",
        "",
        f"{of.segments} segments for reading; rules broken: "
        + (", ".join(f"{kind} {count}" for kind, count in sorted(of.violations.items())) or "none")
        + ".",
        "",
        "Slowest search for each query (ms): "
        + ", ".join(f"{query} {ms:.0f}" for query, ms in sorted(of.slowest.items(), key=lambda pair: -pair[1]))
        + ".",
    ]
    return "\n".join(rows) + "\n"


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description="Measure the archive.")
    parser.add_argument("--meetings", type=int, default=10_000)
    parser.add_argument("--cues", type=int, default=100, help="of each meeting")
    parser.add_argument("--tries", type=int, default=380)
    parser.add_argument("--out", type=Path, default=RESULTS)
    wanted = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written, indexed, each, segments, violations = draft(folder)
        (folder / FILE).unlink()
        build = fill(folder, wanted.meetings, wanted.cues)
        size = sum(path.stat().st_size for path in folder.glob(f"{FILE}*")) / 1e6
        lists, found, slow = asyncio.run(ask(folder, wanted.meetings, wanted.tries))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    figures = Figures(
        machine, load, written, indexed, each, segments, violations, wanted.meetings, wanted.meetings * wanted.cues,
        build, size, lists, found, slow,
    )  # fmt: skip
    keep(wanted.out, "archive", figures, markdown(figures))


if __name__ == "__main__":
    main()
