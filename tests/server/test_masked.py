"""Frames of clients pass unchanged, however they come; of a bare one nothing passes."""

from hypothesis import given
from hypothesis import strategies as st

from server.masked import Masked
from tests.server.rfc6455.cases import BINARY, CLOSE, PING, TEXT, frame

REFUSED = b"\xf0\x80"

OPCODES = st.sampled_from([0, TEXT, BINARY, CLOSE, PING])
PAYLOADS = st.one_of(st.binary(max_size=140), st.integers(65_530, 65_540).map(bytes))
FRAMES = st.lists(
    st.tuples(OPCODES, PAYLOADS, st.booleans()).map(lambda one: frame(one[0], one[1], fin=one[2])), max_size=5
)


class Taking:
    """A reader that keeps what it gets."""

    def __init__(self):
        self.taken, self.ended = b"", False

    def feed_data(self, data):
        self.taken += data
        return REFUSED in self.taken[-2:], b""

    def feed_eof(self):
        self.ended = True


def fed(data, draw):
    """Feed the bytes in pieces of any size; return the reader and the last answer."""
    reader, at, answer = Taking(), 0, (False, b"")
    masked = Masked(reader)
    while at < len(data):
        size = draw(st.one_of(st.just(1), st.integers(1, 9), st.integers(1, len(data))))
        if len(data) - at > 2_000:
            size = max(size, len(data) // 50)
        answer = masked.feed_data(data[at : at + size])
        at += size
        if answer[0]:
            break
    return reader, answer


@given(FRAMES, st.data())
def test_masked_frames_pass_as_they_are(frames, data):
    whole = b"".join(frames)
    reader, answer = fed(whole, data.draw)
    assert reader.taken == whole
    assert answer == (False, b"")


@given(FRAMES, OPCODES, st.binary(max_size=300), st.booleans(), st.data())
def test_nothing_of_a_bare_frame_passes(frames, opcode, payload, fin, data):
    before, bare = b"".join(frames), frame(opcode, payload, fin=fin, mask=b"")
    reader, answer = fed(before + bare, data.draw)
    assert reader.taken == before + REFUSED
    assert answer[0]


def test_a_first_byte_waits_for_its_second():
    reader = Taking()
    masked = Masked(reader)
    whole = frame(TEXT, b"hello")
    masked.feed_data(whole[:1])
    assert reader.taken == b""
    masked.feed_data(whole[1:])
    assert reader.taken == whole


def test_the_longest_length_that_can_be_said_is_waited_for():
    reader = Taking()
    masked = Masked(reader)
    head = frame(TEXT, b"", length=64)[:2] + b"\xff" * 8 + b"mask"
    masked.feed_data(head)
    masked.feed_data(b"\x81\x00")  # within the payload this is no frame
    assert reader.taken == head + b"\x81\x00"


def test_the_end_is_told():
    reader = Taking()
    Masked(reader).feed_eof()
    assert reader.ended
