"""How much of what for how many readers, computed from what was measured: `python -m benchmarks.sizing`.

Writes the tables of docs/scaling.md between their marks; `--measure` first measures the server without readers.
"""

import argparse
import math
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psutil

from server.limits import Limits
from server.sweep import PARTIAL_S

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "scaling.md"
UPDATES_A_MINUTE = 60  # of the minute that benchmarks.viewer measures
READERS = (1, 20, 200, 2_000, 10_000, 50_000, 100_000, 1_000_000)
_MARKS = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


class Row(msgspec.Struct):
    """Of fanout.json: one implementation."""

    name: str
    viewers: int
    kib_a_connection: float
    us_a_delivery: float
    last_p99: float


class Storm(msgspec.Struct):
    """Of fanout.json: all readers come again at once."""

    storm_connected_s: float


class Fanout(msgspec.Struct):
    """benchmarks/results/fanout.json."""

    rows: tuple[Row, ...]
    ours: Storm


class Bytes(msgspec.Struct):
    """Of viewer.json: bytes a minute."""

    normal: int
    low: int


class Load(msgspec.Struct):
    """Of viewer.json: opening the page."""

    first_captions_bytes: int
    all_bytes: int


class Viewer(msgspec.Struct):
    """benchmarks/results/viewer.json."""

    bytes_a_minute: Bytes
    first_load: Load


class Edges(msgspec.Struct):
    """Of machines.json."""

    added_p99: float


class Machines(msgspec.Struct):
    """benchmarks/results/machines.json."""

    calm: Edges
    harmed: Edges


class Idle(msgspec.Struct):
    """benchmarks/results/idle.json: the server's process without readers."""

    mib: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What sizes are computed from."""

    kib_a_reader: float
    us_a_delivery: float
    tested: int
    """Readers of one process in the measurement."""
    last_p99_ms: float
    storm_s: float
    idle_mib: float
    bytes_an_update: float
    """To a reader with full data use, on the line, without packets' heads."""
    low_bytes_a_minute: int
    first_bytes: int
    page_bytes: int
    added_p99_ms: float
    harmed_p99_ms: float


@dataclass(frozen=True, slots=True)
class Assumed:
    """What is assumed, not measured."""

    updates_a_second: float = 2.0
    """Partials and finals of one track; the server sends at most 1 / PARTIAL_S partials."""
    head_bytes: int = 74
    """IPv4, TCP with time stamps, and TLS, for each update on the line: 20 + 32 + 22."""
    low_frames_a_minute: int = 38
    """Finals, and the signs of life every two seconds."""
    hours: float = 3.0
    """A meeting."""
    spare: int = 1
    """Edges more than needed, where there are several: one may fail or be upgraded."""


@dataclass(frozen=True, slots=True)
class Size:
    """What so many readers of one track need."""

    readers: int
    edges: int
    """Processes that serve readers; 1 is the origin itself."""
    cores: float
    """Of all edges together, for sending alone."""
    memory_mib: float
    """Of all edges together."""
    full_mbit: float
    low_mbit: float
    full_gb: float
    """Traffic of a meeting."""
    low_gb: float
    storm_s: float
    """Until all are back when all were cut off at once."""
    redis_mbit: float
    """From Redis to all edges; 0 for one machine."""


def measured(results: Path = RESULTS) -> Measured:
    """Read the last figures; OSError or msgspec.DecodeError where a report is missing or has another form."""
    fanout = msgspec.json.decode((results / "fanout.json").read_bytes(), type=Fanout)
    viewer = msgspec.json.decode((results / "viewer.json").read_bytes(), type=Viewer)
    machines = msgspec.json.decode((results / "machines.json").read_bytes(), type=Machines)
    idle = msgspec.json.decode((results / "idle.json").read_bytes(), type=Idle)
    ours = next(row for row in fanout.rows if row.name == "captioner")
    return Measured(
        ours.kib_a_connection,
        ours.us_a_delivery,
        ours.viewers,
        ours.last_p99,
        fanout.ours.storm_connected_s,
        idle.mib,
        viewer.bytes_a_minute.normal / UPDATES_A_MINUTE,
        viewer.bytes_a_minute.low,
        viewer.first_load.first_captions_bytes,
        viewer.first_load.all_bytes,
        machines.calm.added_p99,
        machines.harmed.added_p99,
    )


def edges(readers: int, known: Measured, assumed: Assumed) -> int:
    """Return how many processes: as many readers each as were measured, and spare ones where there are several."""
    needed = max(1, math.ceil(readers / known.tested))
    return needed if needed == 1 else needed + assumed.spare


def full_bytes(known: Measured, assumed: Assumed) -> float:
    """Return bytes a minute on the line of a reader with full data use."""
    return 60 * assumed.updates_a_second * (known.bytes_an_update + assumed.head_bytes)


def low_bytes(known: Measured, assumed: Assumed) -> float:
    """Return bytes a minute on the line of a reader with low data use."""
    return known.low_bytes_a_minute + assumed.low_frames_a_minute * assumed.head_bytes


def size(readers: int, known: Measured, assumed: Assumed) -> Size:
    """Return what so many readers need."""
    processes = edges(readers, known, assumed)
    minutes = assumed.hours * 60
    full, low = readers * full_bytes(known, assumed), readers * low_bytes(known, assumed)
    each = known.bytes_an_update * assumed.updates_a_second * 8 / 1e6
    return Size(
        readers,
        processes,
        readers * assumed.updates_a_second * known.us_a_delivery / 1e6,
        processes * known.idle_mib + readers * known.kib_a_reader / 1024,
        full * 8 / 60 / 1e6,
        low * 8 / 60 / 1e6,
        full * minutes / 1e9,
        low * minutes / 1e9,
        known.storm_s * min(readers, math.ceil(readers / processes)) / known.tested,
        each * processes if processes > 1 else 0.0,
    )


def number(value: float) -> str:
    """Return a figure with two digits that count, and thousands apart."""
    if value == 0:
        return "0"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    rounded = round(value, digits) if value < 100 else round(value, -math.floor(math.log10(value)) + 1)  # noqa: PLR2004
    return f"{rounded:,.{digits}f}" if value < 100 else f"{rounded:,.0f}"  # noqa: PLR2004


def tables(known: Measured, assumed: Assumed) -> dict[str, str]:
    """Return the page's tables by mark."""
    limits = Limits()
    opening = f"{known.first_bytes:,}; {known.page_bytes:,}"
    fewest = f"{assumed.updates_a_second:g} (at most {1 / PARTIAL_S:g} partials, and finals)"
    cpu = 1e6 / (assumed.updates_a_second * known.us_a_delivery)
    facts = [
        ("memory of a reader's connection", f"{known.kib_a_reader} KiB", "fanout.md"),
        ("processor time of a delivery", f"{known.us_a_delivery} µs", "fanout.md"),
        ("readers of one process in that measurement", f"{known.tested:,}", "fanout.md"),
        ("from stored to the last of them, p99", f"{known.last_p99_ms:.0f} ms", "fanout.md"),
        ("all of them cut off at once are back after", f"{known.storm_s:.0f} s", "fanout.md"),
        ("memory of the server without readers", f"{known.idle_mib:.0f} MiB", "idle.json"),
        ("bytes of an update, full data use", f"{known.bytes_an_update:.0f}", "viewer.md"),
        ("bytes of a minute, low data use", f"{known.low_bytes_a_minute:,}", "viewer.md"),
        ("bytes until the first captions; of the whole page", opening, "viewer.md"),
        (
            "what an edge adds, p99: calm; Redis emptied and killed",
            f"{known.added_p99_ms:.0f} ms; {known.harmed_p99_ms:.0f} ms",
            "machines.md",
        ),
    ]
    guesses = [
        ("updates a second of a track", fewest),
        ("heads of packets and TLS for each update", f"{assumed.head_bytes} bytes"),
        ("frames a minute with low data use", str(assumed.low_frames_a_minute)),
        ("a meeting", f"{assumed.hours:g} hours"),
        ("spare edges, where there are several", str(assumed.spare)),
    ]
    sizes = [size(readers, known, assumed) for readers in READERS]
    full, low, minutes = full_bytes(known, assumed), low_bytes(known, assumed), assumed.hours * 60
    one = [
        ("on the line, full data use", f"{number(full)} bytes a minute, {number(full * 8 / 60 / 1e3)} kbit/s"),
        ("on the line, low data use", f"{number(low)} bytes a minute, {number(low * 8 / 60 / 1e3)} kbit/s"),
        ("a meeting, full; low", f"{number(full * minutes / 1e6)} MB; {number(low * minutes / 1e6)} MB"),
        ("a core's worth of sending", f"{number(cpu)} readers"),
        ("a process refuses more than", f"{limits.connections:,} readers, {limits.per_address:,} from one address"),
    ]
    linked = [(what, value, f"[{report}](../benchmarks/results/{report})") for what, value, report in facts]
    return {
        "measured": _table(("measured", "", "report"), linked),
        "assumed": _table(("assumed", ""), guesses),
        "one": _table(("one reader", ""), one),
        "sizes": _table(
            ("readers", "processes", "cores", "memory, MiB", "Mbit/s full", "Mbit/s low", "GB a meeting, full", "low",
             "all back after, s", "Redis, Mbit/s"),
            [
                (f"{s.readers:,}", str(s.edges), *map(number, (
                    s.cores, s.memory_mib, s.full_mbit, s.low_mbit, s.full_gb, s.low_gb, s.storm_s, s.redis_mbit
                )))
                for s in sizes
            ],
        ),
    }  # fmt: skip


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows]) + "\n"


def filled(text: str, made: dict[str, str]) -> str:
    """Return a page with its tables; KeyError for a mark without one, ValueError for a table without a mark."""
    marks = {match[2] for match in _MARKS.finditer(text)}
    if marks != set(made):
        msg = f"the page's marks are {sorted(marks)}, the tables {sorted(made)}"
        raise ValueError(msg)
    return _MARKS.sub(lambda match: f"{match[1]}{made[match[2]]}{match[3]}", text)


def idle_mib() -> float:
    """Return the memory of a server that has just started, in MiB."""
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "captioner.cli", "serve", "--port", "0", "--data", data, "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603
            try:
                if process.stdout is None or not process.stdout.readline():
                    msg = "the server did not start"
                    raise RuntimeError(msg)
                return float(psutil.Process(process.pid).memory_info().rss) / 2**20
            finally:
                process.terminate()


def main() -> None:
    """Fill the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", action="store_true", help="measure the server without readers first")
    if parser.parse_args().measure:
        (RESULTS / "idle.json").write_bytes(msgspec.json.encode(Idle(round(idle_mib(), 1))) + b"\n")
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), tables(measured(), Assumed())), encoding="utf-8")


if __name__ == "__main__":
    main()
