"""Whoever is slow on purpose, or sends too much, is put out; the others are served meanwhile, and memory stays bounded."""

import asyncio
import base64
import gzip
import json
import os
import subprocess
import sys
import zlib
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import psutil
import pytest

from captioner.captions import wire
from captioner.captions.cue import RecordPolicy, Track
from server.tokens import host_token
from tests.server.conftest import final

pytestmark = pytest.mark.slow

UPGRADE = (
    f"GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    f"Sec-WebSocket-Key: {base64.b64encode(b'k' * 16).decode()}\r\nSec-WebSocket-Protocol: {wire.SUBPROTOCOL}\r\n"
)
HELLO = wire.encode(wire.Hello(role=wire.Role.VIEWER, meeting="m1")).encode()
MIB = 1 << 20
HERE = Path(__file__).resolve().parent


class Target:
    """The server under attack, and an honest captioner and reader."""

    def __init__(self, url, process, publisher, reader):
        self.url, self.process, self.publisher, self.reader = url, process, publisher, reader
        self.host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
        self.port = int(port)
        self.said = 0

    @property
    def memory(self):
        return psutil.Process(self.process.pid).memory_info().rss

    async def open(self):
        return await asyncio.open_connection(self.host, self.port)

    async def still_serves(self):
        """A caption reaches the honest reader, and is acknowledged."""
        self.said += 1
        text = f"Caption {self.said}."
        await self.publisher.send_str(
            wire.encode(wire.Update(update=final(f"c{self.said}", text, start=self.said * 2000)))
        )
        await heard(self.reader, lambda raw: text in raw)
        await heard(self.publisher, lambda raw: f'"c{self.said}"' in raw and '"ack"' in raw)


async def heard(socket, accepts):
    async with asyncio.timeout(60):
        while not accepts(await socket.receive_str()):
            pass


@asynccontextmanager
async def attacked(folder, **wanted):
    wanted.setdefault("timing", {"ping_s": 0.5, "hello_s": 1.0, "head_s": 1.0, "close_s": 0.5})
    process = await asyncio.to_thread(
        subprocess.Popen,
        [sys.executable, str(HERE / "serving.py"), str(folder), json.dumps(wanted)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=(folder.parent / "log").open("wb"), text=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
    )  # fmt: skip
    try:
        url = (await asyncio.to_thread(process.stdout.readline)).strip()
        token = host_token(folder)
        async with aiohttp.ClientSession(max_line_size=1 << 16) as session:
            publisher = await session.ws_connect(f"{url}ws", protocols=[wire.SUBPROTOCOL])
            await publisher.send_str(
                wire.encode(
                    wire.Hello(role=wire.Role.PUBLISHER, meeting="m1", token=token, publisher="p", title="A meeting",
                               track=Track("floor", "en"), policy=RecordPolicy.ON_RECORD)
                )
            )  # fmt: skip
            await heard(publisher, lambda raw: '"welcome"' in raw)
            reader = await session.ws_connect(f"{url}ws", protocols=[wire.SUBPROTOCOL])
            await reader.send_str(HELLO.decode())
            await heard(reader, lambda raw: '"welcome"' in raw)
            yield Target(url, process, publisher, reader)
    finally:
        process.stdin.close()
        await asyncio.to_thread(process.wait, 60)


async def everything(reader):
    """All that comes until the server closes; asyncio.TimeoutError when it does not."""
    async with asyncio.timeout(90):
        data = b""
        try:
            while piece := await reader.read(65_536):
                data = (data + piece)[-200_000:]
        except ConnectionError:
            pass
        return data


def masked(opcode, payload=b"", *, fin=True, rsv=0):
    head = bytes([(0x80 if fin else 0) | rsv | opcode])
    size = len(payload)
    if size <= 125:
        head += bytes([0x80 | size])
    elif size <= 0xFFFF:
        head += bytes([0x80 | 126]) + size.to_bytes(2, "big")
    else:
        head += bytes([0x80 | 127]) + size.to_bytes(8, "big")
    return head + b"\0\0\0\0" + payload


async def upgraded(target, extra="", hello=HELLO, path="/ws"):
    reader, writer = await target.open()
    writer.write(f"{UPGRADE.replace('/ws', path)}{extra}\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    if hello:
        writer.write(masked(1, hello))
    return reader, writer


async def trickle(writer, data, every=0.2):
    """Send one byte now and then, for ever."""
    try:
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(every)
    except ConnectionError:
        pass


SLOW = {
    "nothing at all": b"",
    "half a request": b"GET /live/m1 HTTP/1.1\r\nHost: h\r\n",
    "one header after another": b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 1_000,
    "a handshake without an end": UPGRADE.encode(),
    "TLS where there is none": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("kind", SLOW)
async def test_a_slow_head_is_cut_off(tmp_path, kind):
    async with attacked(tmp_path / "data") as target:
        attackers = [await target.open() for _ in range(20)]
        slow = [asyncio.create_task(trickle(writer, SLOW[kind])) for _, writer in attackers]
        await target.still_serves()
        for reader, _ in attackers:
            await everything(reader)
        await target.still_serves()
        for task, (_, writer) in zip(slow, attackers, strict=True):
            task.cancel()
            writer.close()


async def test_a_slow_body_is_cut_off(tmp_path):
    async with attacked(tmp_path / "data") as target:
        attackers = []
        for path, kind in (
            ("/live/m1/signal", "application/x-www-form-urlencoded"), ("/api/meetings/m1/passcode", "application/json"),
        ):  # fmt: skip
            token = host_token(tmp_path / "data")
            reader, writer = await target.open()
            writer.write(
                f"POST {path} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\nContent-Type: {kind}\r\n"
                "Content-Length: 4000\r\n\r\n".encode()
            )
            attackers.append((reader, asyncio.create_task(trickle(writer, b"a" * 4000)), writer))
        await target.still_serves()
        for reader, task, writer in attackers:
            assert b"200 OK" not in await everything(reader)
            task.cancel()
            writer.close()
        await target.still_serves()


async def test_no_hello_after_the_upgrade(tmp_path):
    async with attacked(tmp_path / "data") as target:
        for path in ("/ws", "/staff/ws"):
            reader, writer = await upgraded(target, hello=b"", path=path)
            found = await everything(reader)
            assert b"say hello first" in found
            writer.close()
        await target.still_serves()


FLOODS = {
    "messages": masked(1, b'{"type":"ping"}') * 100,
    "malformed": masked(1, b"x") * 100,
    "hellos": masked(1, HELLO) * 100,
    "signals": masked(1, b'{"type":"signal","signal":"unclear"}') * 100,
    "pings": masked(9, b"p" * 125) * 100,
    "pongs": masked(10) * 100,
    "empty": masked(1) * 100,
    "orders": masked(1, wire.encode(wire.Control(action=wire.Action.END)).encode()) * 100,
}


@pytest.mark.parametrize("kind", FLOODS)
async def test_a_flood_is_told_the_limit_and_closed(tmp_path, kind):
    async with attacked(tmp_path / "data") as target:
        before = target.memory
        closed = []
        for _ in range(3):
            reader, writer = await upgraded(target)

            async def flood(writer=writer):
                try:
                    while True:
                        writer.write(FLOODS[kind])
                        await writer.drain()
                except ConnectionError:
                    pass

            task = asyncio.create_task(flood())
            found = await everything(reader)
            closed.append(found)
            task.cancel()
            writer.close()
        await target.still_serves()
        assert target.memory - before < 30 * MIB
    if kind in {"messages", "signals", "pings", "pongs"}:
        assert any(b"at most two messages a second" in each for each in closed)


async def test_connections_of_one_address_are_limited(tmp_path):
    limits = {"own": True, "per_address": 10, "connections": 40}
    timing = {"head_s": 120.0}
    async with attacked(tmp_path / "data", limits=limits, timing=timing, proxies=["none"]) as target:
        idle = [await target.open() for _ in range(40)]
        refused = [reader for reader, _ in idle if reader.at_eof() or await ended(reader)]
        assert len(refused) == 40 - 18  # twice as many may connect as may read, and ours are two
        await target.still_serves()
        for _, writer in idle:
            writer.close()
    log = (tmp_path / "log").read_text()
    assert "connections refused: too many" in log
    assert "127.0.0.1" not in log.replace('"host": "127.0.0.1"', "")


async def ended(reader):
    try:
        async with asyncio.timeout(0.3):
            return await reader.read(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


async def test_readers_over_the_limit_are_told_when_to_come_again(tmp_path):
    async with attacked(tmp_path / "data", limits={"own": True, "per_address": 4}, proxies=["none"]) as target:
        answers = []
        for _ in range(5):
            reader, writer = await target.open()
            writer.write(f"{UPGRADE}\r\n".encode())
            answers.append((await reader.readuntil(b"\r\n\r\n"), writer))
        told = [head for head, _ in answers if b" 503 " in head]
        assert len(told) == 3
        assert all(b"Retry-After" in head for head in told)
        await target.still_serves()
        for _, writer in answers:
            writer.close()


async def test_big_frames(tmp_path):
    async with attacked(tmp_path / "data") as target:
        before = target.memory
        for size, whole in ((wire.MAX_FROM_VIEWER + 1, True), (1 << 30, False), (2**63 - 1, False)):
            reader, writer = await upgraded(target)
            head = masked(1, b"")[:1] + bytes([0x80 | 127]) + size.to_bytes(8, "big") + b"\0\0\0\0"
            writer.write(head + b"a" * (size if whole else 64_000))
            assert b"\x03\xf1" in await everything(reader)  # 1009
            writer.close()
        reader, writer = await upgraded(target)
        writer.write(masked(1, b"a" * 60_000, fin=False))

        async def pieces():
            try:
                while True:
                    writer.write(masked(0, b"a" * 60_000, fin=False))
                    await writer.drain()
            except ConnectionError:
                pass

        task = asyncio.create_task(pieces())
        await everything(reader)
        task.cancel()
        writer.close()
        await target.still_serves()
        assert target.memory - before < 30 * MIB


async def test_a_bomb_of_deflate(tmp_path):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = b"\0" * MIB
    bomb = b"".join(packer.compress(zeros) for _ in range(400)) + packer.flush(zlib.Z_SYNC_FLUSH)
    async with attacked(tmp_path / "data") as target:
        before = target.memory
        for _ in range(3):
            reader, writer = await upgraded(
                target, "Sec-WebSocket-Extensions: permessage-deflate\r\n", path="/ws?low=1"
            )
            writer.write(masked(1, bomb[:-4], rsv=0x40))
            await everything(reader)
            writer.close()
        packed = gzip.compress(b"a" * (100 * MIB))
        for path in ("/live/m1/signal", "/api/meetings/m1/import"):
            reader, writer = await target.open()
            writer.write(
                f"POST {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Encoding: gzip\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
                + packed
            )
            head = (await everything(reader)).partition(b"\r\n")[0]
            assert b" 4" in head or head == b"", head
            writer.close()
        await target.still_serves()
        assert target.memory - before < 50 * MIB
