"""Whose address counts: what a client writes into a header itself never does."""

import asyncio
import dataclasses

import aiohttp
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions import wire
from server.limits import Limits
from server.main import serve
from server.proxies import Header, InvalidProxy, Proxies, counted_as, is_loopback
from server.web import CONNECTIONS

LB = Proxies.parse(["10.0.0.0/8", "loopback", "unix", "2001:db8:1::/48"])
ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)
GARBAGE = st.text(st.characters(codec="ascii", exclude_characters=",\r\n"), max_size=30)
QUIET = structlog.wrap_logger(structlog.ReturnLogger(), wrapper_class=structlog.make_filtering_bound_logger(0))


@pytest.mark.parametrize(
    ("peer", "written", "client"),
    [
        ("192.0.2.9", ["198.51.100.1"], "192.0.2.9"),  # no proxy of ours: what it says is nothing
        ("10.0.0.7", [], "10.0.0.7"),
        ("10.0.0.7", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("", ["198.51.100.1"], "198.51.100.1"),  # a Unix socket
        ("10.0.0.7", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),  # the client wrote the first one
        ("10.0.0.7", ["6.6.6.6", "198.51.100.1, 10.0.0.8"], "198.51.100.1"),  # two proxies, two headers
        ("10.0.0.7", ["10.0.0.9, 10.0.0.8"], "10.0.0.9"),  # all our own
        ("10.0.0.7", ["198.51.100.1, unknown"], "10.0.0.7"),
        ("10.0.0.7", ["198.51.100.1, , 10.0.0.8"], "10.0.0.8"),
        ("10.0.0.7", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.7", ["[2001:db8::5]:4711"], "2001:db8::5"),
        ("2001:db8:1::1", ["2001:db8::5"], "2001:db8::5"),
        ("::ffff:10.0.0.7", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("10.0.0.7", ["6.6.6.6," * 10_000 + "198.51.100.1"], "198.51.100.1"),
    ],
)
def test_the_nearest_address_that_is_no_proxy_of_ours(peer, written, client):
    assert LB.client(peer, written) == client


@pytest.mark.parametrize(
    ("written", "client"),
    [
        ("for=198.51.100.1;proto=https;by=10.0.0.7", "198.51.100.1"),
        ('for=6.6.6.6, For="[2001:db8::5]:47"', "2001:db8::5"),
        ("for=198.51.100.1, for=_hidden", "10.0.0.7"),
        ("proto=https", "10.0.0.7"),
        ("by=6.6.6.6;host=for=6.6.6.6", "10.0.0.7"),
    ],
)
def test_forwarded(written, client):
    assert Proxies.parse(["10.0.0.7"], Header.FORWARDED).client("10.0.0.7", [written]) == client


@given(ADDRESSES, st.lists(st.one_of(ADDRESSES, GARBAGE), max_size=5), ADDRESSES)
def test_what_a_client_writes_is_never_believed(client, spoofed, proxy):
    """A proxy adds the address of who connected at the end, whatever stood there before."""
    proxies = Proxies.parse([proxy])
    if proxies.trusts(client):
        return
    expected = Proxies.parse(["none"]).client(client, [])
    found = proxies.client(proxy, [", ".join([*spoofed, client])])
    assert counted_as(found) == counted_as(expected)


@given(ADDRESSES, st.lists(st.text(max_size=40), max_size=5), st.sampled_from(Header))
def test_any_header_at_all(peer, written, header):
    assert Proxies.parse(["loopback"], header).client(peer, written)


def test_nothing_is_trusted_with_none():
    none = Proxies.parse(["none"])
    assert none.client("127.0.0.1", ["6.6.6.6"]) == "127.0.0.1"
    assert none.client("", ["6.6.6.6"]) == ""


@pytest.mark.parametrize("name", ["10.0.0.1/8", "proxy.example", "10.0.0.0/99", "10.0.0.1;"])
def test_what_is_no_proxy_is_refused_with_the_remedy(name):
    with pytest.raises(InvalidProxy, match="such as 10") as problem:
        Proxies.parse([name])
    assert problem.value.exit_code == 2


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1:ffff::9", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::1"),
        ("", ""),
    ],
)
def test_a_customer_s_ipv6_network_is_one(address, counted):
    assert counted_as(address) == counted


@pytest.mark.parametrize(
    ("address", "own"), [("127.0.0.1", True), ("::1", True), ("192.0.2.1", False), ("", False), ("unix", False)]
)
def test_loopback(address, own):
    assert is_loopback(address) is own


async def test_readers_behind_one_proxy_are_counted_apart(start, config):
    limits = Limits(connections=50, per_address=2)
    async with start(dataclasses.replace(config, limits=limits)) as world:
        await world.joined()

        async def read(forwarded):
            socket = await world.client.ws_connect(
                "/ws", protocols=[wire.SUBPROTOCOL], headers={"X-Forwarded-For": forwarded}
            )
            world.peers.append(socket)

        for number in range(6):
            await read(f"192.0.2.{number}")
        await read("198.51.100.1")
        await read("6.6.6.6, 198.51.100.1")
        for spoofed in ("7.7.7.7, 198.51.100.1", "unknown, 198.51.100.1"):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await read(spoofed)
        answer = await world.client.get("/live/m1/text", headers={"X-Forwarded-For": "198.51.100.1"})
        assert answer.status == 503
        for socket in world.peers[1:]:
            await socket.close()
        while world.client.app[CONNECTIONS]._count > 1:
            await world.peers[0].get(wire.Ping)
        assert set(world.client.app[CONNECTIONS]._from) == {"127.0.0.1"}
        world.peers[:] = world.peers[:1]


async def test_one_guesser_behind_a_proxy_shuts_nobody_else_out(world):
    await world.joined()
    await world.client.post(
        "/api/meetings/m1/passcode", json={"passcode": "right one"}, headers={"Authorization": f"Bearer {world.token}"}
    )

    async def guess(passcode, forwarded):
        headers = {"X-Passcode": passcode, "X-Forwarded-For": forwarded}
        return (await world.client.get("/captions?event=m1", headers=headers)).status

    found = [await guess("wrong one", f"{number}.6.6.6, 198.51.100.1") for number in range(12)]
    assert found[-1] == 429
    assert await guess("right one", "198.51.100.1") == 429
    assert await guess("right one", "192.0.2.1") not in {401, 429}


async def test_a_unix_socket_for_a_proxy_on_this_machine(config, tmp_path):
    told, stop = asyncio.Queue(), asyncio.Event()
    path = tmp_path / "s"
    changed = dataclasses.replace(config, socket=path, limits=Limits(per_address=1))
    task = asyncio.create_task(serve(changed, told.put_nowait, stop, QUIET))
    assert await asyncio.wait_for(told.get(), 20) == f"unix:{path}"
    assert path.stat().st_mode & 0o777 == 0o660
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path))) as client:
        async with client.get("http://captions.example/healthz") as answer:
            assert await answer.text() == "ok\n"
        async with client.get("http://captions.example/metrics") as answer:
            assert answer.status == 403
        held = []
        for address, status in (("192.0.2.1", 101), ("192.0.2.2", 101), ("192.0.2.1", 503)):
            headers = {
                "X-Forwarded-For": address, "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": wire.SUBPROTOCOL,
            }  # fmt: skip
            answer = await client.get("http://captions.example/ws", headers=headers)
            assert answer.status == status
            assert "aiohttp" not in answer.headers["Server"]
            held.append(answer)
    stop.set()
    await asyncio.wait_for(task, 20)


async def test_the_archive_s_addresses_say_https_behind_a_proxy_that_does(world):
    answer = await world.client.get("/robots.txt", headers={"X-Forwarded-Proto": "https"})
    assert "Sitemap: https://" in await answer.text()
    answer = await world.client.get("/robots.txt", headers={"X-Forwarded-Proto": "javascript"})
    assert "Sitemap: http://" in await answer.text()
