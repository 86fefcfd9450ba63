from dataclasses import replace

import pytest
from aiohttp import WSServerHandshakeError
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions import wire
from server.limits import Connections, Limits, is_loopback
from server.web import CONNECTIONS


def test_in_all_and_from_one_address():
    connections = Connections(Limits(connections=4, per_address=2))
    assert [connections.enter(address) for address in "aaabbb"] == [True, True, False, True, True, False]
    connections.leave("a")
    assert not connections.enter("b")
    assert connections.enter("c")


def test_this_machine_s_proxy_has_no_limit_of_its_own():
    connections = Connections(Limits(connections=10, per_address=1))
    assert all(connections.enter("127.0.0.1") for _ in range(10))
    assert not connections.enter("127.0.0.1")


@pytest.mark.parametrize(
    ("address", "own"), [("127.0.0.1", True), ("::1", True), ("192.0.2.1", False), ("", False), ("unix", False)]
)
def test_loopback(address, own):
    assert is_loopback(address) is own


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abc")), max_size=60))
def test_the_count_is_who_is_there(moves):
    connections, here = Connections(Limits(connections=5, per_address=3)), []
    for enters, address in moves:
        if enters and connections.enter(address):
            here.append(address)
        elif not enters and address in here:
            here.remove(address)
            connections.leave(address)
        assert len(here) <= 5
        assert sum(connections._from.values()) == connections._count == len(here)


async def test_a_full_server_says_when_to_come_again(start, config):
    async with start(replace(config, limits=Limits(connections=2))) as world:
        await world.joined()
        viewer = await world.viewer()
        await viewer.get(wire.Welcome)
        answer = await world.client.get("/live/m1/text")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "3")
        with pytest.raises(WSServerHandshakeError):
            await world.client.ws_connect("/ws", protocols=[wire.SUBPROTOCOL])
        await viewer.close()
        while world.client.app[CONNECTIONS]._count > 1:
            await world.peers[0].get(wire.Ping)
        await (await world.viewer()).get(wire.Welcome)
