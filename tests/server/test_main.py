import asyncio
import dataclasses
import socket

import aiohttp
import pytest
import structlog

from server.errors import CannotListen, PortInUse
from server.main import _url, make_logger, serve

QUIET = structlog.wrap_logger(structlog.ReturnLogger(), wrapper_class=structlog.make_filtering_bound_logger(0))


async def test_it_says_where_it_listens_and_ends_when_told(config):
    told, stop = asyncio.Queue(), asyncio.Event()
    free = dataclasses.replace(config, port=0)
    task = asyncio.create_task(serve(free, told.put_nowait, stop, QUIET))
    url = await asyncio.wait_for(told.get(), 20)
    async with aiohttp.ClientSession() as client, client.get(url + "healthz") as answer:
        assert await answer.text() == "ok\n"
    stop.set()
    await asyncio.wait_for(task, 20)
    async with aiohttp.ClientSession() as client:
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.get(url)


async def test_a_port_in_use_and_an_address_of_another_machine(config):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = dataclasses.replace(config, port=taken.getsockname()[1])
        with pytest.raises(PortInUse, match="another port") as problem:
            await serve(busy, print, asyncio.Event(), QUIET)
    assert problem.value.exit_code == 3
    with pytest.raises(CannotListen) as problem:
        await serve(dataclasses.replace(config, host="192.0.2.1", port=0), print, asyncio.Event(), QUIET)
    assert problem.value.exit_code == 3


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:5/"),
        ("0.0.0.0", "http://127.0.0.1:5/"),
        ("::", "http://127.0.0.1:5/"),
        ("::1", "http://[::1]:5/"),
    ],
)
def test_the_address_to_open(host, url):
    assert _url(host, 5) == url


def test_the_log_is_json_with_time_and_level(capsys):
    import json

    make_logger().info("listening", port=1)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["port"]) == ("listening", "info", 1)
    assert line["timestamp"].endswith("Z")
