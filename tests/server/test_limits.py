from dataclasses import replace

import pytest
from aiohttp import WSServerHandshakeError
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions import wire
from server.limits import Connections, Limits
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


def test_unless_it_is_to_be_counted_too():
    connections = Connections(Limits(connections=10, per_address=1, own=True))
    assert [connections.enter("127.0.0.1"), connections.enter("127.0.0.1"), connections.enter("::1")] == [
        True,
        False,
        True,
    ]


def test_nobody_s_own_address_counts_in_all_alone():
    connections = Connections(Limits(connections=2, per_address=1))
    assert [connections.enter("") for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(("files", "most"), [(20_000, 19_000), (1_024, 824), (100, 1), (10**9, 19_000)])
def test_sockets_leave_files_for_the_log(files, most):
    limits = Limits().sockets(files)
    assert (limits.connections, limits.per_address) == (most, 4_000)


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
