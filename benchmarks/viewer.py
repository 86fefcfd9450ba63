"""What the live page costs a reader: `python -m benchmarks.viewer`.

First captions on a slow line, the main thread's work for each update in a meeting of a day, its memory, and the bytes
of a minute. In Chromium, through its own measurements (Chrome DevTools Protocol).
"""

import argparse
import platform
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
import psutil
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks import replay
from benchmarks.desk import browser as chromium
from benchmarks.house import TITLE, Publisher, Server
from benchmarks.relay import Relay
from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState, RecordPolicy, Track, Word
from captioner.captions.event import CaptionEvent, Event, PolicyEvent, StateEvent, TrackEvent
from captioner.captions.policy import PolicyChange
from server.archive.log import EventLog
from server.readers import RECENT

RESULTS = Path(__file__).parent / "results"
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOW_NAME = "400 ms round trip, 400 kbit/s"
_COSTS = ("TaskDuration", "ScriptDuration", "LayoutDuration")
DAY = 10_000  # cues: ten hours of one every 3.6 s
UPDATES_A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class FirstLoad:
    """A first visit with an empty cache on a slow line."""

    first_captions_ms: float
    """Until captions are painted."""
    first_captions_bytes: int
    """Of what is loaded until then, as transferred."""
    live_ms: float
    """Until the page says that it is live."""
    all_bytes: int
    """With the settings, search and QR code that follow."""


@dataclass(frozen=True, slots=True)
class Day:
    """A page that holds a day's meeting."""

    cues: int
    updates: int
    main_thread_ms: float
    """Processor time of all tasks of the page's main thread, for each update, less what an idle page takes."""
    script_ms: float
    layout_ms: float
    heap_mb: float
    process_mb: float
    """Memory that only the page's process has."""


def kept_meeting(data: Path, cues: int) -> None:
    """Write a meeting of so many cues into a new log."""
    data.mkdir(parents=True, exist_ok=True)
    log = EventLog(data)
    drafts: tuple[Event, ...] = (
        PolicyEvent(epoch="", seq=0, change=PolicyChange(0, RecordPolicy.ON_RECORD)),
        StateEvent(epoch="", seq=0, state=MeetingState.LIVE),
        TrackEvent(epoch="", seq=0, track=Track("floor", "en")),
    )
    log.open_meeting(Meeting("m1", TITLE, time.time_ns() // 1_000_000), drafts)
    spoken = replay.sentences(3)
    with log.transaction():
        for number in range(cues):
            text = spoken[number % len(spoken)]
            start = number * 3_600
            words = tuple(Word(start + at, start + at + 1, f" {word}") for at, word in enumerate(text.split()))
            cue = Cue(f"d-{number}", start, start + 3_000, text, "en", "", words)
            log.add("m1", CaptionEvent(epoch="", seq=0, track="floor", update=CueUpdate(cue, 1, CueStatus.FINAL)))
    log.close()


def first_load(browser: Browser, url: str) -> FirstLoad:
    """Visit once, cold, on a slow line."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    done: list[tuple[float, int]] = []
    session.on("Network.loadingFinished", lambda event: done.append((event["timestamp"], event["encodedDataLength"])))
    begun: list[float] = []
    session.on("Network.requestWillBeSent", lambda event: begun.append(event["timestamp"]))
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", SLOW)
    page.goto(url, wait_until="commit")
    start = begun[0]
    until(page, "performance.getEntriesByName('first-contentful-paint').length === 1")
    painted = float(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    if page.evaluate("document.querySelectorAll('#log p').length") == 0:
        msg = "the first paint had no captions"
        raise RuntimeError(msg)
    until(page, "document.getElementById('status').textContent.startsWith('Live')", 300)
    live = float(page.evaluate("performance.now()"))
    page.wait_for_selector("#size", state="attached")
    page.wait_for_timeout(500)
    before = sum(size for at, size in done if at <= start + painted / 1000)
    total = sum(size for _, size in done)
    context.close()
    return FirstLoad(round(painted), before, round(live), total)


def until(page: Page, expression: str, seconds: float = 60) -> None:
    """Poll from outside: the page's own policy forbids to evaluate strings inside."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        if time.monotonic() > deadline:
            msg = f"never true: {expression}"
            raise TimeoutError(msg)
        page.wait_for_timeout(50)


def metrics(session: CDPSession) -> dict[str, float]:
    """Return Chromium's counters of the page."""
    found: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    return {each["name"]: float(each["value"]) for each in found}


def day(browser: Browser, url: str, publisher: Publisher, cues: int, updates: int) -> Day:
    """Open the page of a long meeting, let it settle, and publish updates at the pace of a meeting."""
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # processor time: other work does not count
    page.goto(url)
    until(page, f"document.querySelectorAll('#log p').length >= {cues}", 120)
    page.wait_for_selector("#size", state="attached")
    page.wait_for_timeout(3_000)
    idle: list[dict[str, float]] = []
    for _ in range(10):
        last = metrics(session)
        page.wait_for_timeout(60_000 / UPDATES_A_MINUTE)
        idle.append(spent(last, metrics(session)))
    costs: list[dict[str, float]] = []
    text = "And so we come to the next item of the agenda of today"
    for number in range(updates):
        last = metrics(session)
        words = text.split()
        count = number % len(words) + 1
        at = cues * 3_600 + number // len(words) * 4_000
        status = CueStatus.FINAL if count == len(words) else CueStatus.PARTIAL
        cue = Cue(
            f"u-{number // len(words)}", at, at + 3_000, " ".join(words[:count]), "en", "",
            tuple(Word(at, at + 1, f" {word}") for word in words[:count]),
        )  # fmt: skip
        publisher.push(CueUpdate(cue, count, status, max(0, count - 2)))
        page.wait_for_timeout(60_000 / UPDATES_A_MINUTE)
        costs.append(spent(last, metrics(session)))
    session.send("HeapProfiler.collectGarbage")
    heap = metrics(session)["JSHeapUsedSize"] / 1e6
    fresh = [each for each in psutil.Process().children(recursive=True) if each.pid not in before]
    memory = max((memory_of(each) for each in fresh if "--type=renderer" in " ".join(each.cmdline())), default=0.0)
    context.close()
    task, script, layout = (round(mean(costs, name) - mean(idle, name), 2) for name in _COSTS)
    return Day(cues, updates, task, script, layout, round(heap, 1), round(memory, 1))


def spent(last: dict[str, float], now: dict[str, float]) -> dict[str, float]:
    """Return what was spent between two counts, in ms."""
    return {name: (now[name] - last[name]) * 1000 for name in _COSTS}


def mean(costs: list[dict[str, float]], name: str) -> float:
    """Return the mean of one kind of cost."""
    return statistics.mean(cost[name] for cost in costs)


def memory_of(process: psutil.Process) -> float:
    """Return MB that only this process has."""
    return float(process.memory_full_info().uss) / 1e6


def minute_bytes(browser: Browser, server: Server, publisher: Publisher, fragment: str, first: int) -> int:
    """Return the bytes on the line of one minute of speech, after the page is there."""
    relay = Relay(server.port)
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{relay.port}/live/m1#{fragment}")
    until(page, "document.getElementById('status').textContent.startsWith('Live')")
    page.wait_for_selector("#size", state="attached")
    page.wait_for_timeout(1_000)
    begin = relay.received
    shift = DAY * 3_600 + first * 1_000_000

    def push(update: CueUpdate) -> None:
        page.wait_for_timeout(1)  # the page's events are taken
        span = {"start": update.cue.start + shift, "end": update.cue.end + shift}
        cue = msgspec.structs.replace(update.cue, id=f"{first}-{update.cue.id}", words=(), **span)
        publisher.push(msgspec.structs.replace(update, cue=cue))

    replay.play(replay.script(replay.sentences(1)), push)
    page.wait_for_timeout(500)
    received = relay.received - begin
    context.close()
    relay.close()
    return received


def opening_bytes(browser: Browser, server: Server, fragment: str, cues: int) -> int:
    """Return the bytes on the line until a page with nothing in its cache has so many captions and its tools."""
    relay = Relay(server.port)
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{relay.port}/live/m1#{fragment}")
    until(page, f"document.querySelectorAll('#log p').length >= {cues}", 120)
    page.wait_for_selector("#awake", state="attached")
    received = relay.received
    context.close()
    relay.close()
    return received


def measure(cues: int, updates: int) -> dict[str, Any]:
    """Measure everything; the server, the publisher and Chromium are real."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder) / "data"
        kept_meeting(data, cues)
        server = Server(data)
        publisher = Publisher(server)
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        try:
            url = f"{server.url}/live/m1"
            first_load(browser, url)  # a browser's very first page also pays for the browser
            load = first_load(browser, url)
            low = first_load(browser, f"{url}#data=low")
            found = {
                "chromium": browser.version,
                "machine": f"{platform.system()} {platform.machine()}, {psutil.cpu_count()} processors",
                "first_load": asdict(load),
                "first_load_low": asdict(low),
                "day": asdict(day(browser, url, publisher, cues, updates)),
                "bytes_to_open": {
                    "normal": opening_bytes(browser, server, "data=full", cues),
                    "low": opening_bytes(browser, server, "data=low", min(cues, RECENT)),
                },
                "bytes_a_minute": {
                    "normal": minute_bytes(browser, server, publisher, "data=full", 1),
                    "low": minute_bytes(browser, server, publisher, "data=low", 2),
                },
            }
        finally:
            browser.close()
            publisher.close()
            server.kill()
    return found


def write(out: Path, found: dict[str, Any]) -> None:
    """Write figures and report."""
    (out / "viewer.json").write_bytes(msgspec.json.format(msgspec.json.encode(found)))
    load, long, minute = found["first_load"], found["day"], found["bytes_a_minute"]
    rows = (
        ("First captions on a slow line, ms", load["first_captions_ms"], "1000"),
        ("Bytes transferred until then", load["first_captions_bytes"], "15000"),
        ("Live on a slow line, with the newest captions of a meeting of ten hours, ms", load["live_ms"], ""),
        ("Bytes on the line until the older ones of the day are there too", found["bytes_to_open"]["normal"], ""),
        ("Bytes on the line with low data use, which fetches the newest", found["bytes_to_open"]["low"], ""),
        ("Bytes of the whole page with its tools", load["all_bytes"], ""),
        (f"Main thread for each update with {long['cues']} captions, ms", long["main_thread_ms"], "5"),
        ("of it script, ms", long["script_ms"], ""),
        ("of it layout, ms", long["layout_ms"], ""),
        ("JavaScript heap, MB", long["heap_mb"], ""),
        ("Page's process, MB", long["process_mb"], "100"),
        ("Bytes of a minute, normal", minute["normal"], ""),
        ("Bytes of a minute, low data use", minute["low"], "about 2000"),
    )
    text = (
        f"# What the live page costs a reader\n\nChromium {found['chromium']}, {found['machine']}; slow line: "
        f"{SLOW_NAME}; {UPDATES_A_MINUTE} updates a minute. `python -m benchmarks.viewer`.\n\n"
        "| what | measured | at most |\n| --- | --- | --- |\n"
    )
    (out / "viewer.md").write_text(text + "".join(f"| {a} | {b} | {c} |\n" for a, b, c in rows), encoding="utf-8")


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cues", type=int, default=DAY)
    parser.add_argument("--updates", type=int, default=60)
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    found = measure(arguments.cues, arguments.updates)
    write(arguments.out, found)
    print(msgspec.json.format(msgspec.json.encode(found)).decode())


if __name__ == "__main__":
    main()
