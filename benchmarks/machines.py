"""Several machines on this one: an origin, four edges, a real Redis that is killed and emptied in mid-meeting.

    python -m benchmarks.machines [--edges 4] [--finals 300]

Writes benchmarks/results/machines.json and .md: how much later readers at the edges get a caption than readers at the
origin, and whether every edge's log is the origin's, byte for byte.
"""

import argparse
import asyncio
import contextlib
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from benchmarks.written import RESULTS, keep
from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track, Word

_EVERY_S = 0.05  # between two finals
_START_S = 60.0


class Outcome(msgspec.Struct, frozen=True):
    """What was found. Times in ms."""

    edges: int
    finals: int
    added_p50: float
    added_p99: float
    identical_logs: int
    lost: int
    doubled: int
    out_of_order: int
    redis_killed: int
    redis_emptied: int


def _open(url: str) -> connect:
    return connect(url, subprotocols=[Subprotocol(wire.SUBPROTOCOL)], compression=None, max_size=None)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Redis:
    """A redis-server of our own."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None
    durable: bool = True

    @property
    def url(self) -> str:
        """Return its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        program = shutil.which("redis-server")
        if program is None:
            msg = "redis-server is not here: apt install redis-server"
            raise FileNotFoundError(msg)
        self.process = subprocess.Popen(  # noqa: S603
            [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder),
             "--appendonly", "yes" if self.durable else "no", "--rdbcompression", "no"],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(400):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        msg = "redis-server does not answer"
        raise TimeoutError(msg)

    def kill(self) -> None:
        """Kill it as a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def saved(self) -> bytes:
        """Return all it has, as it would lie on a disk."""
        with socket.create_connection(("127.0.0.1", self.port), 30) as connection:
            connection.sendall(b"SAVE\r\n")
            if not connection.recv(64).startswith(b"+OK"):
                raise OSError(self.port)
        return (self.folder / "dump.rdb").read_bytes()

    def empty(self) -> None:
        """Take all it has."""
        self.ask("FLUSHALL")

    def ask(self, question: str) -> str:
        """Return its answer to a question, as it stands in the protocol."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
            connection.sendall(question.encode() + b"\r\n")
            return connection.recv(65_536).decode(errors="replace")


@dataclass
class Machine:
    """A server process."""

    data: Path
    backplane: str
    edge: bool
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[str] | None" = None

    @property
    def url(self) -> str:
        """Return the WebSocket's address."""
        return f"ws://127.0.0.1:{self.port}/ws"

    def start(self) -> None:
        """Start it, and wait until it serves."""
        command = [
            sys.executable,
            "-m",
            "captioner.cli",
            "serve",
            "--json",
            "--port",
            str(self.port),
            "--data",
            str(self.data),
        ]
        self.process = subprocess.Popen(  # noqa: S603
            [*command, "--data", str(self.data), *(["--edge"] if self.edge else [])],
            env={**os.environ, "CAPTIONER_BACKPLANE": self.backplane},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        if self.process.stdout is None or '"serving"' not in self.process.stdout.readline():
            msg = f"the server in {self.data.name} did not start"
            raise TimeoutError(msg)

    def stop(self) -> None:
        """End it in order."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)

    def rows(self) -> list[tuple[object, ...]]:
        """Return its log's events; only after its end."""
        with contextlib.closing(sqlite3.connect(self.data / "captions.sqlite3")) as database:
            return database.execute("SELECT * FROM event ORDER BY meeting, seq").fetchall()


@dataclass
class Reader:
    """Notes when each seq came, and comes again when its connection is lost."""

    url: str
    came: dict[int, float] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    cues: list[str] = field(default_factory=list)
    epoch: str = ""

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            with contextlib.suppress(OSError, WebSocketException):
                async with _open(self.url) as socket_:
                    after = self.order[-1] if self.order else 0
                    hello = wire.Hello(role=wire.Role.VIEWER, meeting="m1", epoch=self.epoch, after=after)
                    await socket_.send(wire.encode(hello))
                    async for frame in socket_:
                        self._take(wire.decode_from_server(frame))
            await asyncio.sleep(0.2)

    def _take(self, message: wire.FromServer) -> None:
        now = time.monotonic()
        if isinstance(message, wire.SnapshotMessage):
            self.epoch = message.snapshot.epoch
            for seq in range((self.order[-1] if self.order else 0) + 1, message.snapshot.seq + 1):
                self.order.append(seq)
        elif isinstance(message, wire.EventMessage):
            self.epoch = message.event.epoch
            self.order.append(message.event.seq)
            self.came[message.event.seq] = now


def final(number: int) -> CueUpdate:
    """Return a caption of eight words."""
    text = f"Caption number {number} has as many words as this."
    words = tuple(Word(number * 100 + i, number * 100 + i + 1, f" {w}") for i, w in enumerate(text.split()))
    return CueUpdate(Cue(f"c{number}", number * 100, number * 100 + 99, text, "en", "", words), 1, CueStatus.FINAL)


async def publish(origin: Machine, finals: int, harm: dict[int, "contextlib.AbstractContextManager[None]"]) -> None:
    """Publish finals at an even pace, and do harm before some of them."""
    token = (origin.data / "host.token").read_text(encoding="ascii").strip()
    async with _open(origin.url) as socket_:
        hello = wire.Hello(
            role=wire.Role.PUBLISHER, meeting="m1", token=token, publisher=secrets.token_hex(4), title="A meeting",
            track=Track("floor", "en"), policy=RecordPolicy.ON_RECORD,
        )  # fmt: skip
        await socket_.send(wire.encode(hello))
        drain = asyncio.create_task(_drain(socket_))
        await asyncio.sleep(3)  # the edges look for new meetings once a second
        for number in range(1, finals + 1):
            if number in harm:
                with harm[number]:
                    pass
            await socket_.send(wire.encode(wire.Update(update=final(number))))
            await asyncio.sleep(_EVERY_S)
        await asyncio.sleep(1)
        drain.cancel()


async def _drain(socket_: object) -> None:
    async for _ in socket_:  # type: ignore[attr-defined]
        pass


async def measure(edges: int, finals: int, *, harm: bool) -> Outcome:
    """Run one meeting on all machines."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "redis").mkdir()
        redis = Redis(folder / "redis")
        redis.start()
        origin = Machine(folder / "origin", redis.url, edge=False)
        machines = [origin, *(Machine(folder / f"edge{n}", redis.url, edge=True) for n in range(edges))]
        try:
            for machine in machines:
                await asyncio.to_thread(machine.start)
            readers = [Reader(machine.url) for machine in machines]
            tasks = [asyncio.create_task(reader.run()) for reader in readers]
            await publish(origin, finals, _harms(redis, finals) if harm else {})
            await _level(readers)
            for task in tasks:
                task.cancel()
        finally:
            for machine in reversed(machines):
                await asyncio.to_thread(machine.stop)
            redis.kill()
        truth = origin.rows()
        same = sum(machine.rows() == truth for machine in machines[1:])
        return _outcome(readers, len(truth), finals, same, 1 if harm else 0)


def _harms(redis: Redis, finals: int) -> dict[int, "contextlib.AbstractContextManager[None]"]:
    @contextlib.contextmanager
    def kill() -> Iterator[None]:
        redis.kill()
        time.sleep(1)
        redis.start()
        yield

    @contextlib.contextmanager
    def empty() -> Iterator[None]:
        redis.empty()
        yield

    return {finals // 3: empty(), 2 * finals // 3: kill()}


async def _level(readers: list[Reader]) -> None:
    """Wait until every reader has what the first has."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        last = readers[0].order[-1] if readers[0].order else 0
        if last and all(reader.order and reader.order[-1] >= last for reader in readers):
            return
        await asyncio.sleep(0.1)


def _outcome(readers: list[Reader], events: int, finals: int, same: int, harmed: int) -> Outcome:
    first = readers[0]
    added = sorted(
        (reader.came[seq] - at) * 1000 for reader in readers[1:] for seq, at in first.came.items() if seq in reader.came
    )

    def percentile(share: float) -> float:
        return round(added[min(len(added) - 1, int(share * len(added)))], 2) if added else -1.0

    orders = [reader.order for reader in readers]
    return Outcome(
        edges=len(readers) - 1, finals=finals,
        added_p50=percentile(0.5), added_p99=percentile(0.99), identical_logs=same,
        lost=sum(events - len(set(order)) for order in orders),
        doubled=sum(len(order) - len(set(order)) for order in orders),
        out_of_order=sum(order != sorted(order) for order in orders),
        redis_killed=harmed, redis_emptied=harmed,
    )  # fmt: skip


def main() -> None:
    """Measure calm and harmed, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edges", type=int, default=4)
    parser.add_argument("--finals", type=int, default=300)
    parser.add_argument("--out", type=Path, default=RESULTS)
    asked = parser.parse_args()
    calm = asyncio.run(measure(asked.edges, asked.finals, harm=False))
    harmed = asyncio.run(measure(asked.edges, asked.finals, harm=True))
    found = {"calm": calm, "harmed": harmed}
    keep(asked.out, "machines", found, report(found))


def report(found: dict[str, Outcome]) -> str:
    """Return the report in Markdown."""
    calm = found["calm"]
    how = (
        f"An origin and {calm.edges} edges as processes of one machine, a redis-server of Debian 12, "
        f"{calm.finals} finals, 20 a second. *Added* is how much later a reader at an edge gets a caption than "
        "a reader at the origin. *Harmed*: Redis is emptied after a third of the meeting, killed and begun after "
        "two thirds."
    )
    lines = [
        "# Several machines measured", "", how, "",
        "| | added p50 | added p99 | edges with the origin's log, byte for byte | lost | doubled | out of order |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, one in found.items():
        lines.append(
            f"| {name} | {one.added_p50} ms | {one.added_p99} ms | {one.identical_logs} of {one.edges} | {one.lost} | "
            f"{one.doubled} | {one.out_of_order} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
