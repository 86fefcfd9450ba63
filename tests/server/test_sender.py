import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.outbox import Frame
from server.sender import FULL, STALLED_S, Sender


class Transport:
    """A network that takes what it is told to."""

    def __init__(self):
        self.got, self.size = [], 0

    def write(self, data):
        self.got.append(data)
        self.size += len(data)

    def get_write_buffer_size(self):
        return self.size

    def take(self, count):
        self.size = max(self.size - count, 0)


def frame(number, key=(), covers=()):
    return Frame(b"%05d" % number + b"x" * 5000, key=key, covers=covers)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("final"), st.integers(0, 2)),
        st.tuples(st.just("partial"), st.integers(0, 2)),
        st.tuples(st.just("drain"), st.integers(0, 3 * FULL)),
        st.tuples(st.just("flush"), st.just(0)),
    ),
    max_size=120,
)


@given(steps)
def test_whatever_the_network_does_finals_arrive_once_and_in_order(moves):
    transport = Transport()
    sender, sent = Sender(transport), []
    alive = True
    for number, (move, value) in enumerate(moves):
        if move in {"final", "partial"}:
            key = ("partial", "floor", f"c{value}")
            made = frame(number, key=key) if move == "partial" else frame(number, covers=key)
            alive = sender.send(made, 0.0) and alive
            if move == "final":
                sent.append(made.wire)
        elif move == "drain":
            transport.take(value)
        else:
            alive = sender.flush(0.0) and alive
        assert transport.size < FULL + 6000
    while alive and sender.waiting:
        transport.take(FULL)
        sender.flush(0.0)
    finals = [data for data in transport.got if data in set(sent)]
    assert finals == (sent if alive else sent[: len(finals)])
    assert not alive or transport.get_write_buffer_size() < 2 * FULL


def test_while_it_keeps_up_nothing_waits():
    transport = Transport()
    sender = Sender(transport)
    for number in range(100):
        assert sender.send(frame(number), 0.0)
        transport.take(10_000)
        assert sender.waiting == 0


def test_partials_are_shed_while_it_does_not():
    transport = Transport()
    sender = Sender(transport)
    for number in range(1000):
        assert sender.send(frame(number, key=("partial", "floor", "c1")), 0.0)
    assert sender.waiting == 1
    transport.take(10**9)
    sender.flush(0.0)
    assert transport.got[-1] == frame(999).wire


def test_without_progress_it_is_given_up_after_a_while():
    transport = Transport()
    sender = Sender(transport)
    for number in range(20):
        sender.send(frame(number), 0.0)
    assert sender.flush(STALLED_S - 0.1)
    transport.take(1)
    assert sender.flush(STALLED_S + 1)
    assert not sender.flush(2 * STALLED_S + 1)


def test_too_far_behind_is_given_up_at_once_but_a_replay_is_not():
    transport = Transport()
    sender = Sender(transport)
    assert all(sender.send(frame(number), 0.0, replay=True) for number in range(500))
    lagging = [sender.send(frame(number), 0.0) for number in range(100)]
    assert lagging[0]
    assert not lagging[-1]


def test_a_network_that_is_gone_is_no_matter_of_the_others():
    class Gone(Transport):
        def write(self, data):
            raise RuntimeError("the handler is closed")

    sender = Sender(Gone())
    assert sender.send(frame(1), 0)
    assert not sender.waiting


async def test_a_real_transport_that_is_closed_takes_nothing_and_says_nothing():
    uvloop = pytest.importorskip("uvloop")

    async def closed():
        server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        sender = Sender(writer.transport)
        writer.transport.abort()
        await asyncio.sleep(0.05)
        assert sender.send(frame(1), 0)
        server.close()

    await asyncio.to_thread(uvloop.run, closed())
