"""The load: thousands of readers in one process, as little work as a reader can be. Run by benchmarks/fanout.py.

Orders come as JSON lines on standard input, answers go as JSON lines to standard output. A caption carries the
monotonic time at which it was sent (`@` and 19 digits), which all processes of a machine share.
"""

import asyncio
import base64
import json
import os
import random
import resource
import socket
import struct
import sys
import time
from collections.abc import Iterator
from typing import Any, cast

_STAMP = b"@"
_DIGITS = 19
_SEQ = b'"seq":'
_EVENT = b'{"type":"event"'
_SNAPSHOT = b'{"type":"snapshot"'
_WELCOME = b'{"type":"welcome"'
_AT_ONCE = 400  # handshakes in flight while the load builds up
_SHORT, _LONG = 126, 127


def masked(text: bytes) -> bytes:
    """Return a client's text frame (RFC 6455: masked; here with a mask of zeros)."""
    length = len(text)
    head = bytes((0x81, 0x80 | length)) if length < _SHORT else b"\x81\xfe" + struct.pack(">H", length)
    return head + b"\0\0\0\0" + text


class Reader(asyncio.Protocol):
    """One reader: handshake, hello where the server wants one, then it counts."""

    __slots__ = ("all", "buffer", "epoch", "open", "ready", "seq", "transport")

    def __init__(self, everybody: "Readers", epoch: str = "", seq: int = 0) -> None:
        """Take whom to tell, and the cursor to resume from."""
        self.all, self.epoch, self.seq = everybody, epoch, seq
        self.buffer = b""
        self.open = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the WebSocket."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is not derived from it
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            f"GET {self.all.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.all.port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: captions.v1\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Take the handshake's answer, then frames."""
        if self.buffer:
            data = self.buffer + data
        if not self.open:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self.buffer = data
                return
            self.open = True
            data = data[end + 4 :]
            if self.all.hello:
                self.say_hello()
            elif not self.ready.done():
                self.ready.set_result(None)
        self.buffer = self.frames(data)

    def say_hello(self) -> None:
        """Say what is wanted, and from where on."""
        cursor = {"epoch": self.epoch, "after": self.seq}
        hello = {"type": "hello", "role": "viewer", "meeting": self.all.hello, **cursor}
        if self.transport is not None:
            self.transport.write(masked(json.dumps(hello).encode()))

    def frames(self, data: bytes) -> bytes:
        """Take all whole frames; return the rest."""
        at, size = 0, len(data)
        while size - at > 1:
            length, start = data[at + 1] & 0x7F, at + 2
            if length == _SHORT:
                length, start = int.from_bytes(data[start : start + 2], "big"), start + 2
            elif length == _LONG:
                length, start = int.from_bytes(data[start : start + 8], "big"), start + 8
            if start + length > size:
                break
            self.take(data[start : start + length])
            at = start + length
        return data[at:]

    def take(self, frame: bytes) -> None:
        """Count one message."""
        if frame.startswith(_EVENT):
            seq = number_after(frame, _SEQ)
            if self.seq and seq != self.seq + 1:
                self.all.gaps += seq > self.seq + 1
                self.all.doubles += seq <= self.seq
            self.seq = max(seq, self.seq)
        elif frame.startswith(_SNAPSHOT):
            self.seq = number_after(frame, _SEQ)
            self.all.snapshots += 1
        elif frame.startswith(_WELCOME):
            start = frame.find(b'"epoch":"') + 9
            self.epoch = frame[start : frame.find(b'"', start)].decode()
            if not self.ready.done():
                self.ready.set_result(None)
            return
        stamp = frame.find(_STAMP)
        if stamp >= 0:
            self.all.delivered(int(frame[stamp + 1 : stamp + 1 + _DIGITS]))

    def connection_lost(self, _: Exception | None) -> None:
        """Tell that it is gone."""
        if not self.ready.done():
            self.ready.set_exception(ConnectionResetError())
        self.all.lost += 1


def number_after(frame: bytes, name: bytes) -> int:
    """Return the whole number that follows `name`."""
    start = end = frame.find(name) + len(name)
    while frame[end : end + 1].isdigit():
        end += 1
    return int(frame[start:end])


class Readers:
    """All readers of this process."""

    def __init__(self, port: int, path: str, hello: str) -> None:
        """Take where they read."""
        self.port, self.path, self.hello = port, path, hello
        self.readers: list[Reader] = []
        self.stalled: set[Reader] = set()
        self.gaps = self.doubles = self.lost = self.snapshots = self.failures = 0
        self.reset()

    def reset(self) -> None:
        """Begin to measure."""
        self.count = 0
        self.last: dict[int, int] = {}
        self.all_ms: list[int] = [0] * 60_001
        self.lost = 0

    def delivered(self, stamp: int) -> None:
        """Take a caption that was sent at `stamp` ns."""
        took = time.monotonic_ns() - stamp
        self.count += 1
        self.all_ms[min(took // 1_000_000, 60_000)] += 1
        self.last[stamp] = took

    async def one(self, epoch: str = "", seq: int = 0) -> Reader:
        """Connect one reader, again and again with full jitter as a viewer does."""
        loop, window = asyncio.get_running_loop(), 0.5
        while True:
            sock = socket.socket()
            sock.setblocking(False)  # noqa: FBT003 - the socket's own way
            try:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
                await loop.sock_connect(sock, ("127.0.0.1", self.port))
                _, reader = await loop.create_connection(lambda: Reader(self, epoch, seq), sock=sock)
                await reader.ready
            except (OSError, ConnectionError):
                self.failures += 1
                await asyncio.sleep(random.random() * window)  # noqa: S311 - jitter, not a secret
                window = min(window * 2, 30)
            else:
                return reader

    async def connect(self, count: int) -> None:
        """Build the load up."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one() -> None:
            async with gate:
                self.readers.append(await self.one())

        await asyncio.gather(*(one() for _ in range(count)))

    async def storm(self) -> None:
        """Cut all readers at once; each comes again with its cursor."""
        before, self.readers = self.readers, []
        for reader in before:
            if reader.transport is not None:
                reader.transport.abort()

        async def again(reader: Reader) -> None:
            await asyncio.sleep(random.random() * 0.5)  # noqa: S311 - jitter, not a secret
            self.readers.append(await self.one(reader.epoch, reader.seq))

        await asyncio.gather(*(again(reader) for reader in before))

    async def release(self) -> None:
        """Those who stalled come again."""
        before, self.stalled = self.stalled, set()
        self.readers = [reader for reader in self.readers if reader not in before]
        for reader in before:
            if reader.transport is not None:
                reader.transport.abort()
        self.readers += await asyncio.gather(*(self.one(reader.epoch, reader.seq) for reader in before))

    def figures(self) -> dict[str, Any]:
        """Return what was measured since the last reset, times in ms."""
        last = sorted(took / 1e6 for took in self.last.values())
        seqs = [reader.seq for reader in self.readers if reader not in self.stalled]
        return {
            "deliveries": self.count,
            "messages": len(last),
            "last_p50": _quantile(last, 0.5),
            "last_p99": _quantile(last, 0.99),
            "lasts": list(self.last.items()),
            "each_p50": self._each(0.5),
            "each_p99": self._each(0.99),
            "gaps": self.gaps,
            "doubles": self.doubles,
            "snapshots": self.snapshots,
            "lost": self.lost,
            "failures": self.failures,
            "least": min(seqs, default=0),
            "most": max(seqs, default=0),
        }

    def _each(self, share: float) -> int:
        due = self.count * share
        for ms, count in enumerate(self.all_ms):
            due -= count
            if due <= 0:
                return ms
        return 0


def _quantile(ordered: list[float], share: float) -> float:
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1) if ordered else 0.0


async def obey(readers: Readers, order: dict[str, Any]) -> dict[str, Any]:
    """Do one order; return the answer."""
    begun = time.monotonic()
    match order["do"]:
        case "connect":
            await readers.connect(order["count"])
        case "storm":
            await readers.storm()
        case "release":
            await readers.release()
        case "reset":
            readers.reset()
        case "stall":
            for reader in readers.readers[: order["count"]]:
                readers.stalled.add(reader)
                if reader.transport is not None:
                    reader.transport.pause_reading()
    return readers.figures() | {"seconds": round(time.monotonic() - begun, 2)}


def orders() -> Iterator[dict[str, Any]]:
    """Yield the orders."""
    for line in sys.stdin:
        yield json.loads(line)


async def main() -> None:
    """Obey until standard input ends."""
    readers = Readers(int(sys.argv[1]), sys.argv[2], sys.argv[3])
    source = orders()
    while (order := await asyncio.to_thread(next, source, None)) is not None:
        print(json.dumps(await obey(readers, order)), flush=True)
    os._exit(0)  # ten thousand sockets need no goodbye


if __name__ == "__main__":
    import uvloop

    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    uvloop.run(main())
