"""The door before HTTP: heads are lent to requests, however they come, and a socket keeps none of its own."""

import asyncio
import gc

import pytest
from aiohttp import ClientSession, web
from aiohttp.http_parser import RawRequestMessage

from captioner.captions import wire
from server.app import make_app
from server.guard import Guard, GuardedRunner
from server.limits import Limits
from server.logs import make_logger
from server.proxies import Proxies

CANARY = "wfqz-kjvx"


@pytest.fixture
async def port(config):
    logger = make_logger()
    guard = Guard(Limits(), Proxies(), 5.0, logger)
    runner = GuardedRunner(make_app(config, logger), guard, 1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield runner.addresses[0][1]
    await runner.cleanup()


def heads():
    return [each for each in gc.get_objects() if isinstance(each, RawRequestMessage) and CANARY in str(each.headers)]


async def exchange(port, *parts):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.05)
    answer = await reader.read()
    writer.close()
    return answer


async def test_a_socket_keeps_no_head(port):
    url = f"http://127.0.0.1:{port}/ws"
    async with ClientSession() as session:
        socket = await session.ws_connect(url, protocols=(wire.SUBPROTOCOL,), headers={"X-Mark": CANARY})
        await socket.send_str(wire.encode(wire.Hello(role=wire.Role.VIEWER, meeting="m1")))
        assert (await socket.receive(5)).data
        gc.collect()
        assert heads() == []
        await socket.close()
        assert socket.close_code == 1000


async def test_requests_one_behind_the_other_are_all_answered(port):
    one = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert (await exchange(port, one * 3 + last)).count(b"HTTP/1.1 200") == 4
    assert (await exchange(port, one, last[:20], last[20:])).count(b"HTTP/1.1 200") == 2


async def test_after_a_refused_upgrade_the_connection_serves_on(port):
    upgrade = (
        b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    last = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    answer = await exchange(port, upgrade + last)
    assert answer.startswith(b"HTTP/1.1 400")  # no subprotocol
    assert b"HTTP/1.1 200" in answer


async def test_what_is_no_request_is_answered_with_400(port):
    assert (await exchange(port, b"NO\x00SENSE\r\n\r\n")).startswith(b"HTTP/1.0 400")
