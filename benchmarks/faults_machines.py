"""The fault campaign with processes: an origin, an edge and a real Redis, stopped, killed and emptied in many meetings.

    python -m benchmarks.faults_machines [--meetings 200] [--first 0] [--out FOLDER]

The meetings of a round run at the same time on the same processes, each with its publisher, a reader at the origin and
one at the edge, behind proxies. What goes wrong is seeded: SIGKILL and SIGSTOP of the origin, of the edge and of Redis,
an emptied Redis, connections that are reset or stall. Many meetings end, are over at the edge too, which lets go of
them, and then their captioner comes back. At last every meeting is over, and the edge must follow none any more; then
all is checked as by benchmarks/faults.py, and the edge's log must be the origin's. Writes faults-machines.json and .md.
"""

import asyncio
import collections
import concurrent.futures
import contextlib
import random
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.campaign import Campaign, Kind, main
from benchmarks.chaos import Proxy, Watcher
from benchmarks.faults import check, updates
from benchmarks.machines import Machine, Redis
from captioner.captions.cue import CueStatus, CueUpdate, MeetingState, RecordPolicy, Track
from captioner.publish.server import ServerSink, Target
from captioner.publish.sink import Emitted
from server.backplane.base import BackplaneDown
from server.backplane.redis_streams import RedisBackplane
from server.tasks import end

_FAULTS = (
    "kill origin", "kill edge", "kill Redis", "stop origin", "stop edge", "stop Redis", "empty Redis",
    "reset readers", "reset publishers", "stall readers", "stall publishers",
)  # fmt: skip
_AT_ONCE = 8  # meetings of a round
KIND = Kind(
    "The fault campaign with processes", "faults-machines", "benchmarks.faults_machines",
    f"{_AT_ONCE} at a time on an origin, an edge and a Redis, most of them over in the middle and gone on with", 200,
)  # fmt: skip
_FAULTS_A_ROUND = 24
_HEAL_S = 90.0
_STOPPED_S = 1.5  # at most
_STILL_S = 2.0  # without a new event: the edge has all
_BACK = 0.7  # of the meetings are over once before their last caption
_AWAY_S = 3.0  # at most, from then until the captioner comes back; an edge looks once a second


@dataclass
class Meeting:
    """One meeting of a round."""

    name: str
    pushed: list[CueUpdate] = field(default_factory=list)
    watchers: list[Watcher] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


@dataclass
class Round:
    """Processes, and the proxies before them."""

    origin: Machine
    edge: Machine
    redis: Redis
    backplane: RedisBackplane
    readers: tuple[Proxy, Proxy]
    publishers: Proxy

    async def suffer(self, fault: str, chance: random.Random) -> None:
        """Let something go wrong, and end it where it would not end by itself."""
        how, _, whom = fault.partition(" ")
        proxies = self.readers if whom == "readers" else (self.publishers,)
        if how == "reset":
            for proxy in proxies:
                proxy.reset()
        elif how == "stall":
            await asyncio.gather(*(proxy.stall(chance.random() * 0.3) for proxy in proxies))
        elif how == "empty":
            await asyncio.to_thread(self.redis.empty)
        else:
            victims: dict[str, Machine | Redis] = {"origin": self.origin, "edge": self.edge, "Redis": self.redis}
            victim = victims[whom]
            await _hit(victim, how, chance.random() * _STOPPED_S)


async def _hit(victim: Machine | Redis, how: str, seconds: float) -> None:
    process = victim.process
    if process is None:
        return
    if how == "stop":
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        process.send_signal(signal.SIGCONT)
        return
    process.kill()
    await asyncio.to_thread(process.wait)
    await asyncio.to_thread(victim.start)


async def hold(meeting: Meeting, around: Round, token: str, chance: random.Random) -> None:
    """Hold a meeting from its first caption until every reader has its last."""
    meeting.watchers = [Watcher(proxy.port, meeting.name) for proxy in around.readers]
    here, there = (asyncio.create_task(watcher.run()) for watcher in meeting.watchers)
    said = list(updates(chance))
    parts = [said]
    if chance.random() < _BACK:
        middle = chance.randrange(1, len(said))
        parts = [said[:middle], said[middle:]]
    try:
        for part in parts:
            if here.done():
                await asyncio.sleep(chance.random() * _AWAY_S)
                here = asyncio.create_task(meeting.watchers[0].run())
            await _speak(meeting, around, token, part, chance)
            if not await _level(meeting):
                meeting.violations.append("a reader never had it all")
            await end(here)  # whoever reads at the origin keeps a meeting there that is over
            if not await _until(lambda: _over(around.backplane, meeting.name)):
                meeting.violations.append("a meeting that is over is not said to be")
            if not await _level(meeting):  # again: the edge may have been killed since, and have begun anew
                meeting.violations.append("a reader at the edge never had it all again")
    finally:
        await end(here, there)


async def _speak(meeting: Meeting, around: Round, token: str, part: list[CueUpdate], chance: random.Random) -> None:
    """Come, caption, and end the meeting."""
    url = f"ws://127.0.0.1:{around.publishers.port}/ws"
    track = Track("floor", "en")
    sink = ServerSink(Target(url, token, meeting.name, "A meeting", track, RecordPolicy.ON_RECORD, f"p{meeting.name}"))
    await asyncio.to_thread(sink.start, _HEAL_S)
    for update in part:
        if update.status is CueStatus.FINAL:
            meeting.pushed.append(update)
        sink.push(Emitted(update, update.cue.end, update.cue.end))
        await asyncio.sleep(chance.random() * 0.5)
    if not await asyncio.to_thread(sink.close, end=True, timeout=_HEAL_S):
        meeting.violations.append("finals, or the end, were never acknowledged")


async def _until(done: Callable[[], Awaitable[bool]]) -> bool:
    """Wait until it is so, though Redis is away at times; False when it never was."""
    until = time.monotonic() + _HEAL_S
    while time.monotonic() < until:
        with contextlib.suppress(BackplaneDown):
            if await done():
                return True
        await asyncio.sleep(0.1)
    return False


async def _over(backplane: RedisBackplane, meeting: str) -> bool:
    found = await backplane.find(meeting)
    return found is not None and found.over > 0


async def _followed_by_nobody(redis: Redis) -> bool:
    """Tell whether no edge has a subscription to any meeting."""
    return await asyncio.to_thread(redis.ask, "PUBSUB CHANNELS *:now") == "*0\r\n"


async def _level(meeting: Meeting) -> bool:
    """Wait until the readers have the last finals and the end, and the same, for a while."""
    latest = {update.cue.id: update.cue.text for update in meeting.pushed}
    until, since, before = time.monotonic() + _HEAL_S, time.monotonic(), tuple[int, ...]()
    while time.monotonic() < until:
        now = tuple(watcher.transcript.seq for watcher in meeting.watchers)
        if now != before:
            since, before = time.monotonic(), now
        texts = [
            {each.update.cue.id: each.update.cue.text for each in watcher.transcript.snapshot().cues}
            for watcher in meeting.watchers
        ]
        ended = all(watcher.transcript.state is MeetingState.ENDED for watcher in meeting.watchers)
        still = len(set(now)) == 1 and time.monotonic() - since > _STILL_S
        if ended and still and all(said == latest for said in texts):
            return True
        await asyncio.sleep(0.1)
    return False


async def _faults(around: Round, chance: random.Random, done: "collections.Counter[str]") -> None:
    for _ in range(_FAULTS_A_ROUND):
        await asyncio.sleep(chance.random() * 0.6)
        fault = chance.choice(_FAULTS)
        done[fault] += 1
        await around.suffer(fault, chance)


async def run_round(
    first: int, count: int, folder: Path, faults: "collections.Counter[str]", readers: "collections.Counter[str]"
) -> list[Meeting]:
    """Run meetings `first` to `first + count - 1` at the same time, and check them."""
    chance = random.Random(first)  # noqa: S311
    (folder / "redis").mkdir()
    redis = Redis(folder / "redis", durable=chance.random() < 0.5)  # noqa: PLR2004
    redis.start()
    backplane = RedisBackplane(redis.url)
    origin = Machine(folder / "origin", redis.url, edge=False)
    edge = Machine(folder / "edge", redis.url, edge=True)
    meetings = [Meeting(f"m{seed}") for seed in range(first, first + count)]
    proxies: list[Proxy] = []
    try:
        for machine in (origin, edge):
            await asyncio.to_thread(machine.start)
        proxies = [Proxy(port, random.Random(first + port)) for port in (origin.port, edge.port, origin.port)]  # noqa: S311
        for proxy in proxies:
            await proxy.start()
        around = Round(origin, edge, redis, backplane, (proxies[0], proxies[1]), proxies[2])
        token = (origin.data / "host.token").read_text(encoding="ascii").strip()
        harm = asyncio.create_task(_faults(around, chance, faults))
        await asyncio.gather(
            harm,
            *(hold(each, around, token, random.Random(first + n)) for n, each in enumerate(meetings)),  # noqa: S311
        )
        if not await _until(lambda: _followed_by_nobody(redis)):
            meetings[0].violations.append("the edge still follows a meeting that is over")
    finally:
        for proxy in proxies:
            await proxy.stop()
        await backplane.close()
        for machine in (edge, origin):
            await asyncio.to_thread(machine.stop)
        redis.kill()
    for each in meetings:
        each.violations += check(origin.data, each.pushed, each.watchers, each.name)
        each.violations += [f"at the edge: {wrong}" for wrong in check(edge.data, each.pushed, [], each.name)]
        readers["again"] += sum(watcher.again for watcher in each.watchers)
    if origin.rows() != edge.rows():
        meetings[0].violations.append("the edge's log is not the origin's")
    return meetings


async def campaign(first: int, count: int) -> Campaign:
    """Run meetings in rounds."""
    began = time.monotonic()
    threads = concurrent.futures.ThreadPoolExecutor(_AT_ONCE * 2)  # who waits for a server lets it start, too
    asyncio.get_running_loop().set_default_executor(threads)
    faults: collections.Counter[str] = collections.Counter()
    readers: collections.Counter[str] = collections.Counter()
    done: list[Meeting] = []
    for seed in range(first, first + count, _AT_ONCE):
        size = min(_AT_ONCE, first + count - seed)
        with tempfile.TemporaryDirectory() as name:
            done += await run_round(seed, size, Path(name), faults, readers)
        print(
            f"{len(done)} of {count} meetings, {sum(bool(each.violations) for each in done)} with violations",
            flush=True,
        )
    return Campaign(
        len(done), first, dict(sorted(faults.items())), readers["again"],
        {each.name: each.violations for each in done if each.violations}, round(time.monotonic() - began),
    )  # fmt: skip


if __name__ == "__main__":
    main(KIND, __doc__, campaign)
