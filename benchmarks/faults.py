"""The fault campaign: seeded schedules of what goes wrong, against real servers, sockets, logs and the real publisher.

    python -m benchmarks.faults [--meetings 2000] [--first 0] [--out FOLDER]

Each schedule is one meeting: a publisher and three readers behind proxies that reset, stall and cut; a server that dies
without a goodbye and starts again; a disk that refuses. Checked for every reader: what it showed at each seq is the
fold of the log up to there; at the end it has the whole log. Checked for the log: every acknowledged final once, in
order, with its text. Writes benchmarks/results/faults.json and .md.
"""

import asyncio
import collections
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import structlog
from aiohttp import web

from benchmarks.campaign import Campaign, Kind, main
from benchmarks.chaos import Proxy, Watcher, view
from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track, Word
from captioner.captions.event import CaptionEvent, Event
from captioner.captions.transcript import Transcript
from captioner.publish.server import ServerSink, Target
from captioner.publish.sink import Emitted
from server.app import make_app
from server.archive.log import EventLog
from server.config import ServerConfig, Timing
from server.errors import StorageFull
from server.tasks import end
from server.web import HUB, LOG, TOKEN
from viewer import FOLDER

_FINALS = 24
_FAULTS = ("reset readers", "reset publisher", "stall readers", "stall publisher", "kill server", "disk full")
_HEAL_S = 60.0
_AT_ONCE = 8
KIND = Kind("The fault campaign", "faults", "benchmarks.faults", f"{_AT_ONCE} at a time", 2_000)


@dataclass
class Server:
    """The real server, which can die without a goodbye."""

    data: Path
    port: int = 0
    full: bool = False
    _runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Start on the same port as before; return the host's token."""
        quiet = structlog.wrap_logger(structlog.ReturnLogger())
        config = ServerConfig(self.data, FOLDER, timing=Timing(ping_s=0.5, silent_s=1, close_s=0.2, lease_s=1))
        app = make_app(config, quiet)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = int(self._runner.addresses[0][1])
        append = app[LOG].append

        async def refusing(meeting: str, draft: Event) -> Event | None:
            if self.full:
                raise StorageFull("full")  # noqa: EM101
            return await append(meeting, draft)

        app[HUB]._log.append = refusing  # type: ignore[method-assign]  # noqa: SLF001
        return app[TOKEN]

    async def kill(self) -> None:
        """Cut every connection and let go of the log; nothing is said and nothing is written."""
        runner = self._runner
        if runner is None or runner.server is None:
            return
        for connection in list(runner.server.connections):
            if connection.transport is not None:
                connection.transport.abort()
        app = runner.app
        app[HUB].say_bye = lambda: None  # type: ignore[method-assign]
        for site in list(runner.sites):
            await site.stop()
        await runner.cleanup()


@dataclass
class Found:
    """What one schedule came to."""

    seed: int
    faults: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    reconnects: int = 0
    seconds: float = 0.0


def updates(chance: random.Random) -> Iterator[CueUpdate]:
    """Yield partials, finals, and now and then a machine's second look."""
    for number in range(1, _FINALS + 1):
        text = f"Sentence {number} of seed {chance.random():.6f}."
        words = tuple(Word(number * 100 + i, number * 100 + i + 1, f" {w}") for i, w in enumerate(text.split()))
        cue = Cue(f"c{number}", number * 100, number * 100 + 90, text, "en", "", words)
        if chance.random() < 0.5:  # noqa: PLR2004
            yield CueUpdate(cue, 1, CueStatus.PARTIAL, 1)
        yield CueUpdate(cue, 2, CueStatus.FINAL)
        if chance.random() < 0.2:  # noqa: PLR2004
            yield CueUpdate(msgspec.structs.replace(cue, text=f"{text} Again."), 3, CueStatus.FINAL)


async def schedule(seed: int, folder: Path) -> Found:
    """Run one schedule and check it."""
    chance, found = random.Random(seed), Found(seed)  # noqa: S311
    began = time.monotonic()
    server = Server(folder)
    token = await server.start()
    proxies = [Proxy(server.port, random.Random(seed * 7 + n)) for n in range(2)]  # noqa: S311
    for proxy in proxies:
        await proxy.start()
    watchers = [Watcher(proxies[0].port, "m1") for _ in range(3)]
    reading = [asyncio.create_task(watcher.run()) for watcher in watchers]
    url = f"ws://127.0.0.1:{proxies[1].port}/ws"
    target = Target(url, token, "m1", "A meeting", Track("floor", "en"), RecordPolicy.ON_RECORD, f"p{seed}")
    sink = ServerSink(target)
    await asyncio.to_thread(sink.start, _HEAL_S)
    pushed: list[CueUpdate] = []
    for update in updates(chance):
        if update.status is CueStatus.FINAL:
            pushed.append(update)
        sink.push(Emitted(update, update.cue.end, update.cue.end))
        if chance.random() < 0.25:  # noqa: PLR2004
            await _fault(chance, found, server, proxies)
        await asyncio.sleep(chance.random() * 0.01)
    server.full = False
    drained = await asyncio.to_thread(sink.close, end=False, timeout=_HEAL_S)
    if not drained:
        found.violations.append("finals were never acknowledged")
    await _level(watchers, server)
    await end(*reading)
    await server.kill()
    for proxy in proxies:
        await proxy.stop()
    found.violations += check(folder, pushed, watchers)
    found.reconnects = sum(watcher.again for watcher in watchers)
    found.seconds = time.monotonic() - began
    return found


async def _fault(chance: random.Random, found: Found, server: Server, proxies: list[Proxy]) -> None:
    fault = chance.choice(_FAULTS)
    found.faults.append(fault)
    readers, publisher = proxies
    if fault.startswith("reset"):
        (readers if fault.endswith("readers") else publisher).reset()
    elif fault.startswith("stall"):
        await (readers if fault.endswith("readers") else publisher).stall(chance.random() * 0.05)
    elif fault == "disk full":
        server.full = not server.full
    else:
        await server.kill()
        await server.start()


async def _level(watchers: list[Watcher], server: Server) -> None:
    """Wait until every reader has all that the room has."""
    if server._runner is None:  # noqa: SLF001
        return
    hub = server._runner.app[HUB]  # noqa: SLF001
    async with asyncio.timeout(_HEAL_S):
        while True:
            kept = await hub.find("m1")
            if kept is not None and all(watcher.transcript.seq == kept.seq for watcher in watchers):
                return
            await asyncio.sleep(0.02)


def check(folder: Path, pushed: list[CueUpdate], watchers: list[Watcher], meeting: str = "m1") -> list[str]:
    """Return what is wrong with the log and the readers' views."""
    log = EventLog(folder)
    events = list(log.read(meeting))
    log.close()
    wrong = []
    if [event.seq for event in events] != list(range(1, len(events) + 1)):
        wrong.append("the log has a gap")
    kept = [event.update for event in events if isinstance(event, CaptionEvent)]
    latest = {update.cue.id: update for update in pushed}
    by_cue = collections.Counter((update.cue.id, update.revision) for update in kept)
    if any(count > 1 for count in by_cue.values()):
        wrong.append("a final is doubled")
    folded = {update.cue.id: update.cue.text for update in kept}
    if folded != {cue: update.cue.text for cue, update in latest.items()}:
        wrong.append("a final is lost, or has another text")
    firsts = list(dict.fromkeys(update.cue.id for update in kept))
    if firsts != list(dict.fromkeys(update.cue.id for update in pushed)):
        wrong.append("finals are out of order")
    truth = Transcript()
    at = {0: view(truth)}  # an edge may show a meeting before it has anything of it
    for event in events:
        truth.apply(event)
        at[event.seq] = view(truth)
    for watcher in watchers:
        if view(watcher.transcript) != view(truth):
            wrong.append("a reader's last view is not the log's")
        if any(at.get(seq) != seen for seq, seen in watcher.seen.items()):
            wrong.append("a reader saw what the log never was")
        if watcher.gaps:
            wrong.append("a reader got an event out of its turn")
    return wrong


async def campaign(first: int, count: int, at_once: int = _AT_ONCE) -> Campaign:
    """Run the schedules `first` to `first + count - 1`."""
    began = time.monotonic()
    seeds = iter(range(first, first + count))
    done: list[Found] = []

    async def work() -> None:
        for seed in seeds:
            with tempfile.TemporaryDirectory() as name:
                try:
                    done.append(await schedule(seed, Path(name)))
                except Exception as error:  # noqa: BLE001 - whatever it is, it is a violation
                    done.append(Found(seed, violations=[f"{type(error).__name__}: {error}"]))
            if len(done) % 100 == 0:
                print(
                    f"{len(done)} of {count} schedules, {sum(bool(f.violations) for f in done)} with violations",
                    flush=True,
                )

    await asyncio.gather(*(work() for _ in range(at_once)))
    faults = collections.Counter(fault for found in done for fault in found.faults)
    violations = {f"m{found.seed}": found.violations for found in done if found.violations}
    reconnects = sum(found.reconnects for found in done)
    return Campaign(
        len(done), first, dict(sorted(faults.items())), reconnects, violations, round(time.monotonic() - began)
    )


if __name__ == "__main__":
    main(KIND, __doc__, campaign)
