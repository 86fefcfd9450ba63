import hashlib
import zlib

from server.deflate import Deflater
from server.outbox import Frame


def _payload(frame):
    length = frame[1]
    start = {126: 4, 127: 10}.get(length, 2)
    size = length if start == 2 else int.from_bytes(frame[2:start], "big")
    assert len(frame) == start + size
    return frame[start:]


def _noise(size):
    return "".join(hashlib.sha256(str(at).encode()).hexdigest() for at in range(size // 64)).encode()


def test_what_is_sent_is_read_again_and_becomes_shorter():
    deflater, inflater = Deflater(), zlib.decompressobj(wbits=-15)
    sizes = []
    for number in range(5):
        data = (
            b'{"type":"event","event":{"kind":"caption","epoch":"0123456789abcdef","seq":%d,"text":"A sentence."}}'
            % number
        )
        frame = deflater.encode(Frame(data))
        assert frame[0] == 0xC1
        assert inflater.decompress(_payload(frame) + b"\x00\x00\xff\xff") == data
        sizes.append(len(frame))
    assert sizes[-1] < sizes[0] / 4


def test_short_messages_go_as_they_are_and_long_ones_in_one_frame():
    deflater, inflater = Deflater(), zlib.decompressobj(wbits=-15)
    assert deflater.encode(Frame(b'{"type":"ping"}')) == Frame(b'{"type":"ping"}').wire
    for size in (200, 70_000, 200_000):
        data = _noise(size)
        assert inflater.decompress(_payload(deflater.encode(Frame(data))) + b"\x00\x00\xff\xff") == data
