"""`python -m benchmarks.static_export`: thousands of meetings exported as files, exported again, searched.

The pages are opened from the disk in Chromium; a search counts from the key until its answer is on the page. Of each
meeting's files only WebVTT and plain text are written: the other formats are measured elsewhere.
"""

import argparse
import os
import platform
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.archive import QUERIES, Timing, timing
from benchmarks.corpus import meeting
from benchmarks.desk import browser as chromium
from benchmarks.recordings import ROOT
from server.archive.export.text import text
from server.archive.export.vtt import vtt
from server.archive.preserve.static import Source, export_static
from server.archive.record import Record
from server.archive.review import Statement
from server.archive.templating import environment

ROUNDS = 3  # of all queries


def source(number: int, cues: int, key: str = "1") -> Source:
    """Return an invented meeting; another key stands for another text."""

    def load() -> tuple[Record, Sequence[Statement], dict[str, bytes]]:
        record = meeting(number, cues, random.Random(f"{number} {key}"))  # noqa: S311 - no secret
        track = record.tracks[0]
        return record, (), {"floor.vtt": vtt(record, track).encode(), "floor.txt": text(record, track).encode()}

    return Source(f"meeting-{number}", key, load)


def stamps(folder: Path) -> dict[Path, int]:
    """Return when each file was written."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def searches(page: Page, folder: Path) -> tuple[Timing, dict[str, float]]:
    """Search for each query several times, in a fresh page; return the times."""
    taken: list[float] = []
    slowest: dict[str, float] = {}
    for query in QUERIES * ROUNDS:
        page.goto(f"{folder.as_uri()}/search.html")
        page.fill("#words", query)
        begun = time.perf_counter()
        page.keyboard.press("Enter")
        page.wait_for_function("document.getElementById('status').textContent.startsWith('Places found')", polling=5)
        taken.append(time.perf_counter() - begun)
        slowest[query] = max(slowest.get(query, 0.0), 1000 * taken[-1])
    return timing(taken), slowest


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description="Measure the static export.")
    parser.add_argument("--meetings", type=int, default=10_000)
    parser.add_argument("--cues", type=int, default=100, help="of each meeting")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results")
    wanted = parser.parse_args()
    load, count = os.getloadavg()[0], wanted.meetings
    with tempfile.TemporaryDirectory() as name:
        folder, templates = Path(name), environment()
        seconds = []
        changed = {}
        for step, keys in (("all", {}), ("nothing", {}), ("one", {count // 2: "2"})):
            before = stamps(folder)
            sources = [source(number, wanted.cues, keys.get(number, "1")) for number in range(count)]
            begun = time.perf_counter()
            export_static(folder, templates, sources)
            seconds.append(time.perf_counter() - begun)
            changed[step] = [path for path, stamp in stamps(folder).items() if before.get(path) != stamp]
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        index = list((folder / "search").iterdir())
        index_size = sum(path.stat().st_size for path in index)
        one = sum(path.stat().st_size for path in changed["one"])
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            found, slowest = searches(browser.new_page(), folder)
            browser.close()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    speed = f"{found.p50:.0f} / {found.p95:.0f} / {found.worst:.0f} ms"
    slow = ", ".join(f"{query} {ms:.0f}" for query, ms in sorted(slowest.items(), key=lambda pair: -pair[1]))
    first = f"{seconds[0]:.0f} s, {len(changed['all'])} files, {size / 1e6:.0f} MB"
    report = f"""\
# The static export with many meetings

{machine}; load at the start {load:.1f}. `python -m benchmarks.static_export --meetings {count} --cues {wanted.cues}`

| what | result |
| --- | --- |
| {count} meetings of {wanted.cues} captions exported | {first} |
| of these the index | {len(index)} files, {index_size / 1e6:.1f} MB |
| exported again, nothing changed | {seconds[1]:.1f} s, {len(changed["nothing"])} files written |
| exported again, one meeting changed | {seconds[2]:.1f} s, {len(changed["one"])} files written, {one / 1e6:.2f} MB |
| search from the disk in Chromium, p50 / p95 / worst ({found.tries}) | {speed} |

Slowest search for each query (ms): {slow}.
"""
    wanted.out.mkdir(parents=True, exist_ok=True)
    (wanted.out / "static.md").write_text(report, encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()
