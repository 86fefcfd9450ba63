"""Many short meetings with an edge and a real Redis: do memory, tasks and connections stay where they were?

    python -m benchmarks.server_soak --machines [--meetings 300] [--minutes 5]

The origin is this process, the edge another; readers come to both. A meeting counts as done when it is over, the edge
follows it no more, and nobody has a room. Redis keeps a meeting for two minutes here instead of a week, and the origin
looks for such ones every twenty seconds instead of every hour: else Redis would fill for a week before it is level.
"""

import asyncio
import contextlib
import random
import re
import statistics
import sys
import tempfile
import time
from array import array
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import structlog
from aiohttp import web

from benchmarks.heap import Heap, heap
from benchmarks.machines import Redis
from benchmarks.soak_world import World
from captioner.captions import wire
from server.app import make_app
from server.backplane import redis_streams, relay
from server.config import ServerConfig, Timing
from server.web import HUB

_KEPT_S = 120
_TIDY_S = 20.0
_READERS = 10  # of each meeting at the edge
_PATIENCE_S = 60.0
_ROWS = 16  # of the table
_CELLS = ("origin_mb", "origin_blocks", "origin_objects", "origin_tasks", "edge_mb", "edge_blocks", "edge_objects",
          "edge_tasks", "redis_kb", "connections", "listed")  # fmt: skip


class Look(msgspec.Struct, frozen=True):
    """One process, at one moment."""

    heap: Heap
    tasks: int
    rooms: int


class Machines(msgspec.Struct, frozen=True):
    """All of it."""

    minutes: int
    """Of each meeting, on its clock."""
    seconds: int
    samples: tuple[dict[str, float], ...]
    """After each meeting."""
    growth: dict[str, float]
    """In a hundred meetings, over the second half of them."""


@dataclass
class _Edge:
    """The edge's process, and what it is told and asked."""

    process: asyncio.subprocess.Process

    async def ask(self, *words: str) -> Look:
        """Tell it something; return how it is then."""
        if self.process.stdin is None or self.process.stdout is None:
            raise BrokenPipeError
        self.process.stdin.write(" ".join(words).encode() + b"\n")
        return msgspec.json.decode(await self.process.stdout.readline(), type=Look)


def _look(app: web.Application) -> Look:
    return Look(heap(), len(asyncio.all_tasks()), app[HUB].count().rooms)


@contextlib.asynccontextmanager
async def _server(folder: Path, url: str, *, edge: bool) -> AsyncIterator[web.Application]:
    quiet: Any = structlog.wrap_logger(structlog.ReturnLogger())
    app = make_app(ServerConfig(folder, folder, timing=Timing(close_s=0.01), backplane=url, edge=edge), quiet)
    runner = web.AppRunner(app)
    await runner.setup()
    yield app
    await runner.cleanup()


async def _serve(folder: Path, url: str) -> None:
    """Be the edge."""
    async with _server(folder, url, edge=True) as app:
        world, readers = World(app, time.monotonic(), random.Random(2)), []  # noqa: S311 - the same every time
        while asked := (await asyncio.to_thread(sys.stdin.readline)).split():
            if asked[0] == "read":
                hello = wire.encode(wire.Hello(role=wire.Role.VIEWER, meeting=asked[1]))
                readers = [world.enter() for _ in range(_READERS)]
                for reader in readers:
                    await reader._take(hello)  # noqa: SLF001 - what a frame does, without a network
            elif asked[0] == "leave":
                for reader in readers:
                    world.leave(reader)
                readers = []
            print(msgspec.json.encode(_look(app)).decode(), flush=True)


async def hold(meetings: int, minutes: int, folder: Path) -> Machines:
    """Hold the meetings, one after the other."""
    began = time.monotonic()
    redis_streams._KEEP_S, relay._TIDY_S = _KEPT_S, _TIDY_S  # noqa: SLF001 - see above
    (folder / "redis").mkdir()
    (folder / "edge").mkdir()
    redis = Redis(folder / "redis")
    redis.start()
    command = (sys.executable, "-m", "benchmarks.soak_machines", str(folder / "edge"), redis.url)
    pipe = asyncio.subprocess.PIPE
    edge = _Edge(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe))
    kept = array("d")  # what is measured leaves nothing new behind
    try:
        async with _server(folder / "origin", redis.url, edge=False) as app:
            world = World(app, time.monotonic(), random.Random(1))  # noqa: S311
            for number in range(meetings):
                kept.extend(await _meeting(world, number, minutes, edge, redis))
                print(_row(number + 1, _sample(kept, number)), flush=True)
    finally:
        if edge.process.stdin is not None:
            edge.process.stdin.close()
        await edge.process.wait()
        redis.kill()
    samples = tuple(_sample(kept, number) for number in range(meetings))
    return Machines(minutes, round(time.monotonic() - began), samples, growth(samples))


async def _meeting(world: World, number: int, minutes: int, edge: _Edge, redis: Redis) -> list[float]:
    name = f"m{number}"
    await edge.ask("read", name)
    await world.meeting(number, minutes, middle=lambda: _until(lambda: _followed(redis)))
    await _until(lambda: _left(world, redis))
    await edge.ask("leave")
    await _until(lambda: _empty(edge))
    there = await edge.ask("look")
    here = _look(world.app)
    memory, listed = redis.ask("INFO memory"), redis.ask("HLEN captions:meetings")
    clients = redis.ask("INFO clients")
    return [
        *(value for each in (here, there) for value in
          (each.heap.memory_mb, each.heap.blocks, each.heap.objects, each.tasks)),
        round(_number(r"used_memory:(\d+)", memory) / 1024, 1),
        _number(r"connected_clients:(\d+)", clients) - 1,  # without the one that asks
        _number(r":(\d+)", listed),
    ]  # fmt: skip


async def _followed(redis: Redis) -> bool:
    return redis.ask("PUBSUB CHANNELS *:now") != "*0\r\n"


async def _left(world: World, redis: Redis) -> bool:
    """Tell whether a meeting is over for everybody."""
    running = any(task.get_name().startswith("relay m") for task in asyncio.all_tasks())
    return not running and not world.app[HUB].count().rooms and not await _followed(redis)


async def _empty(edge: _Edge) -> bool:
    return not (await edge.ask("look")).rooms


async def _until(done: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while not await done():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.05)


def _number(pattern: str, answer: str) -> int:
    found = re.search(pattern, answer)
    return 0 if found is None else int(found[1])


def _sample(kept: "array[float]", number: int) -> dict[str, float]:
    return dict(zip(_CELLS, kept[number * len(_CELLS) : (number + 1) * len(_CELLS)], strict=True))


def growth(samples: tuple[dict[str, float], ...]) -> dict[str, float]:
    """Return how fast everything grows in a hundred meetings, over the second half of them."""
    half = samples[len(samples) // 2 :]
    return {
        cell: round(100 * statistics.linear_regression(range(len(half)), [one[cell] for one in half]).slope, 2)
        for cell in _CELLS
    }


def _row(name: object, one: dict[str, float]) -> str:
    origin = f"{one['origin_mb']:.1f} | {one['origin_objects']:.0f} | {one['origin_tasks']:.0f}"
    edge = f"{one['edge_mb']:.1f} | {one['edge_objects']:.0f} | {one['edge_tasks']:.0f}"
    return f"| {name} | {origin} | {edge} | {one['redis_kb']:.0f} | {one['connections']:.0f} | {one['listed']:.0f} |"


def section(found: Machines) -> str:
    """Return its part of the report, in Markdown."""
    step = max(1, len(found.samples) // _ROWS)
    rows = "\n".join(
        _row(number, one) for number, one in enumerate(found.samples, 1) if number == 1 or number % step == 0
    )
    grows = "; ".join(
        f"{what} {found.growth[cell]:+,.2f}{unit}"
        for what, cell, unit in (
            ("origin's memory", "origin_mb", " MiB"), ("its objects", "origin_objects", ""),
            ("edge's memory", "edge_mb", " MiB"), ("its objects", "edge_objects", ""),
            ("Redis", "redis_kb", " KiB"), ("connections", "connections", ""),
        )
    )  # fmt: skip
    return f"""
## With an edge and a Redis

{len(found.samples)} meetings of {found.minutes} minutes in {found.seconds} s. Each is looked at when all have left and
it is over at the edge. Redis keeps a meeting for two minutes here, not for a week (`benchmarks/soak_machines.py`).
In a hundred meetings, over the second half:
{grows}.

The one step of the origin's memory comes two minutes after the start, with the first bags for the open archive:
writing them takes 35 MiB for a moment. The allocator keeps these for the next time; four rounds of 20 bags came to the
same size.

| meetings | origin, MiB | objects | tasks | edge, MiB | objects | tasks | Redis, KiB | connections | listed |
|---|---|---|---|---|---|---|---|---|---|
{rows}

Again: `python -m benchmarks.server_soak --machines --meetings {len(found.samples)} --minutes {found.minutes}`.
"""


def run(meetings: int, minutes: int) -> Machines:
    """Hold them in a folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(hold(meetings, minutes, Path(folder)))


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), sys.argv[2]))
