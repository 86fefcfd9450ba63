from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from server.outbox import Frame, Outbox, text_frame

KEYS = [(), ("partial", "floor", "c1"), ("partial", "floor", "c2"), ("Status",)]
steps = st.lists(
    st.tuples(st.sampled_from(["put", "put", "take"]), st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=80
)


@given(steps)
def test_a_final_is_never_dropped_nor_doubled_nor_overtaken(moves):
    outbox, put, got = Outbox(), [], []
    for number, (move, key, covers) in enumerate(moves):
        if move == "take":
            frame = outbox.take()
            if frame and not frame.key:
                got.append(frame.data)
        else:
            data = str(number).encode()
            assert outbox.put(Frame(data, key=key, covers=() if key else covers))
            if not key:
                put.append(data)
    while frame := outbox.take():
        if not frame.key:
            got.append(frame.data)
    assert got == put


@given(steps)
def test_of_each_key_only_the_newest_waits(moves):
    outbox, newest = Outbox(), {}
    for number, (_, key, _) in enumerate(moves):
        outbox.put(Frame(str(number).encode(), key=key))
        newest[key] = str(number).encode()
    rest = []
    while frame := outbox.take():
        rest.append(frame)
    for key in KEYS[1:]:
        assert [frame.data for frame in rest if frame.key == key] == ([newest[key]] if key in newest else [])


def test_a_final_makes_its_partials_needless():
    outbox = Outbox()
    outbox.put(Frame(b"p1", key=("partial", "floor", "c1")))
    outbox.put(Frame(b"p2", key=("partial", "floor", "c2")))
    outbox.put(Frame(b"f1", covers=("partial", "floor", "c1")))
    assert [outbox.take().data, outbox.take().data, outbox.take()] == [b"p2", b"f1", None]


def test_too_many_frames_end_it_for_good():
    outbox = Outbox(max_frames=2)
    assert [outbox.put(Frame(b"x")) for _ in range(4)] == [True, True, False, False]
    assert outbox.take() is None
    assert outbox.overflowed


def test_too_many_bytes_end_it_but_a_snapshot_does_not_count():
    outbox = Outbox(max_bytes=10)
    assert outbox.put(Frame(b"x" * 1000, whole=True))
    assert outbox.put(Frame(b"x" * 10))
    assert not outbox.put(Frame(b"x"))
    assert outbox.put(Frame(b"y" * 1000), replay=True) is False


def test_a_replay_does_not_count():
    outbox = Outbox(max_bytes=10)
    assert all(outbox.put(Frame(b"x" * 100), replay=True) for _ in range(20))
    assert outbox.put(Frame(b"x" * 10))


@given(st.sampled_from([0, 1, 125, 126, 127, 65_535, 65_536, 70_000]))
def test_a_frame_is_one_of_rfc_6455(length):
    data = b"x" * length
    peer = ClientProtocol(parse_uri("ws://localhost/"), max_size=None)
    peer.state = State.OPEN
    peer.parser = peer.parse()
    next(peer.parser)
    peer.receive_data(text_frame(data))
    (event,) = peer.events_received()
    assert (event.opcode, event.data, event.fin) == (Opcode.TEXT, data, True)


def test_what_was_taken_frees_room():
    outbox = Outbox(max_bytes=10)
    for _ in range(20):
        assert outbox.put(Frame(b"x" * 10))
        outbox.take()
    assert len(outbox) == 0
