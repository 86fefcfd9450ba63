"""The server against the table of cases, over raw sockets; and handshakes that must be refused."""

import asyncio
import base64
import hashlib
import struct

import pytest
import structlog
from aiohttp import web

from captioner.captions.wire import SUBPROTOCOL
from server.app import make_app
from server.config import ServerConfig, Timing
from server.guard import Guard, GuardedRunner
from server.limits import Limits
from server.proxies import Proxies
from tests.server.rfc6455.cases import ASK, BINARY, CASES, CLOSE, PING, PONG, TEXT, Answer, frame

KEY = base64.b64encode(bytes(range(16))).decode()
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # section 1.3
ACCEPT = base64.b64encode(hashlib.sha1((KEY + GUID).encode(), usedforsecurity=False).digest()).decode()
HEADERS = {
    "Host": "captions.example", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13", "Sec-WebSocket-Protocol": SUBPROTOCOL,
}  # fmt: skip
BARE = frame(TEXT, ASK, mask=b"")


class Raw:
    """A client that writes bytes and reads frames."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port):
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request="GET /ws HTTP/1.1", headers=HEADERS):
        lines = [request, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        self.writer.write("\r\n".join(lines).encode())
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 20)
        return int(head.split(b" ", 2)[1]), head.decode("latin-1")

    async def send(self, *pieces):
        for piece in pieces:
            self.writer.write(piece)
            try:
                await self.writer.drain()
            except ConnectionError:
                return  # the server has closed; what it said can still be read
            if len(pieces) > 1:
                await asyncio.sleep(0)

    async def get(self):
        """The next frame as (opcode, payload); the server's frames are never masked nor fragmented."""
        first, second = await self.reader.readexactly(2)
        assert first & 0xF0 == 0x80, "no reserved bit, one fragment"
        size = second & 0x7F
        assert not second & 0x80, "a server does not mask (5.1)"
        if size == 126:
            (size,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first & 0x0F, await self.reader.readexactly(size)

    async def until(self, wanted):
        """The first frame of the opcode; texts of the server's own, such as an error, pass by."""
        while True:
            opcode, payload = await asyncio.wait_for(self.get(), 20)
            if wanted(opcode, payload):
                return payload
            assert opcode in (TEXT, PING, PONG), f"opcode {opcode} was not asked for"

    def close(self):
        self.writer.close()


@pytest.fixture
async def port(tmp_path):
    quiet = structlog.wrap_logger(structlog.testing.ReturnLogger())
    timing = Timing(ping_s=3600, close_s=0.5)  # its own pings would stand between
    app = make_app(ServerConfig(tmp_path, tmp_path, timing=timing), quiet)
    runner = GuardedRunner(app, Guard(Limits(), Proxies(), timing.head_s, quiet), 1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def converse(port, case):
    raw = await Raw.open(port)
    try:
        status, _ = await raw.ask()
        assert status == 101
        await raw.send(*case.sent)
        if case.answer is Answer.PONG_MESSAGE:
            await raw.until(lambda opcode, payload: opcode == TEXT and payload == b'{"type":"pong"}')
        elif case.answer is Answer.PONG_FRAME:
            assert await raw.until(lambda opcode, _: opcode == PONG) == case.payload
        else:
            payload = await raw.until(lambda opcode, _: opcode == CLOSE)
            code = struct.unpack("!H", payload[:2])[0] if payload else 1005
            assert code in case.code, f"closed with {code}"
            await raw.send(frame(CLOSE, payload[:2]))
            assert await asyncio.wait_for(raw.reader.read(), 20) == b"", "the server closes the connection (7.1.1)"
    finally:
        raw.close()


SECTIONS = sorted({case.section for case in CASES})


@pytest.mark.parametrize("section", SECTIONS)
async def test_every_case_of_the_table(port, section):
    wrong = []
    for case in (case for case in CASES if case.section == section):
        try:
            await converse(port, case)
        except ConnectionResetError:
            # More came than is read: a reset may overtake the close frame, and "fail the connection" allows it (7.1.7).
            if sum(map(len, case.sent)) < 60_000:
                wrong.append(f"{case.name}: reset")
        except (AssertionError, asyncio.IncompleteReadError, TimeoutError) as error:
            wrong.append(f"{case.name}: {type(error).__name__} {str(error)[:120]}")
    assert not wrong, "\n".join(wrong)


def test_the_table_is_long_and_names_each_case_once():
    assert len(CASES) >= 300
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("request_line", "change", "status"),
    [
        ("POST /ws HTTP/1.1", {}, 405),
        ("PUT /ws HTTP/1.1", {}, 405),
        ("GET /ws HTTP/1.1", {"Upgrade": None}, 400),
        ("GET /ws HTTP/1.1", {"Upgrade": "h2c"}, 400),
        ("GET /ws HTTP/1.1", {"Connection": None}, 400),
        ("GET /ws HTTP/1.1", {"Connection": "close"}, 400),
        ("GET /ws HTTP/1.1", {"Sec-WebSocket-Version": None}, 400),
        ("GET /ws HTTP/1.1", {"Sec-WebSocket-Version": "6"}, 400),
        ("GET /ws HTTP/1.1", {"Sec-WebSocket-Version": "99"}, 400),
        ("GET /ws HTTP/1.1", {"Sec-WebSocket-Key": None}, 400),
        ("GET /ws HTTP/1.1", {"Sec-WebSocket-Key": ""}, 400),
        ("GET /ws HTTP/1.1", {"Sec-WebSocket-Key": "c2hvcnQ="}, 400),
        ("GET /ws HTTP/1.1", {"Sec-WebSocket-Key": "no base64 at all!!!!!!!!"}, 400),
        ("GET /ws HTTP/1.1", {"Sec-WebSocket-Protocol": None}, 400),
        ("GET /ws HTTP/1.1", {"Sec-WebSocket-Protocol": "chat"}, 400),
        ("GET /ws HTTP/1.1", {"Origin": "https://elsewhere.example"}, 403),
        ("GET /ws HTTP/1.1", {"Origin": "null"}, 403),
        ("GET /ws HTTP/1.1", {"Origin": "http://captions.example.elsewhere"}, 403),
    ],
)
async def test_a_handshake_that_is_refused(port, request_line, change, status):
    headers = {name: value for name, value in {**HEADERS, **change}.items() if value is not None}
    raw = await Raw.open(port)
    assert (await raw.ask(request_line, headers))[0] == status
    raw.close()


@pytest.mark.parametrize(
    "change",
    [
        {"Upgrade": "WebSocket"},
        {"Connection": "keep-alive, Upgrade"},
        {"Connection": "upgrade"},
        {"Sec-WebSocket-Protocol": f"chat, {SUBPROTOCOL}"},
        {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"},
        {"Origin": "http://captions.example"},
        {"Origin": "https://captions.example"},
        {"X-Unknown": "x"},
    ],
)
async def test_a_handshake_that_is_accepted_without_extensions(port, change):
    raw = await Raw.open(port)
    status, head = await raw.ask(headers={**HEADERS, **change})
    assert status == 101
    assert f"Sec-WebSocket-Accept: {ACCEPT}" in head
    assert f"Sec-WebSocket-Protocol: {SUBPROTOCOL}" in head
    assert "Sec-WebSocket-Extensions" not in head, "frames are shared by all readers"
    await raw.send(frame(TEXT, b'{"type":"ping"}'))
    await raw.until(lambda opcode, payload: opcode == TEXT and b"pong" in payload)
    raw.close()


@pytest.mark.parametrize(
    "sent",
    [
        (BARE,), (BARE[:1], BARE[1:]), (BARE[:1], BARE[1:2]), (frame(PING, b"x", mask=b""),),
        (frame(TEXT, ASK[:3], fin=False), frame(0, ASK[3:], mask=b"")), (frame(BINARY, bytes(300), mask=b""),),
    ],
)  # fmt: skip
async def test_bare_frames_of_a_client_are_refused(port, sent):
    raw = await Raw.open(port)
    await raw.ask()
    await raw.send(*sent)
    payload = await raw.until(lambda _opcode, _payload: True)
    assert struct.unpack("!H", payload[:2])[0] == 1002, "RFC 6455, section 5.1"
    raw.close()


async def test_a_bare_frame_that_comes_with_the_handshake_is_refused(port):
    raw = await Raw.open(port)
    lines = ["GET /ws HTTP/1.1", *(f"{name}: {value}" for name, value in HEADERS.items()), "", ""]
    raw.writer.write("\r\n".join(lines).encode() + BARE)
    await asyncio.wait_for(raw.reader.readuntil(b"\r\n\r\n"), 20)
    payload = await raw.until(lambda _opcode, _payload: True)
    assert struct.unpack("!H", payload[:2])[0] == 1002
    raw.close()
