"""What RFC 6455 and RFC 3629 ask of a server, as a table: bytes in, an answer or a close code out.

The server is no echo: the message `{"type":"ping"}` is answered by `{"type":"pong"}`, and that is the echo here.
"""

import enum
import struct
from dataclasses import dataclass, field

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
PROTOCOL_ERROR, INVALID_TEXT, TOO_LARGE = 1002, 1007, 1009
ASK = b'{"type":"ping"}'
MASK = b"\x37\xfa\x21\x3d"


class Answer(enum.Enum):
    """What must come back."""

    PONG_MESSAGE = "the message pong"
    PONG_FRAME = "a pong frame with the same payload"
    CLOSED = "a close frame with this code"


@dataclass(frozen=True)
class Case:
    """One conversation, after a handshake in order."""

    name: str
    section: str  # of RFC 6455
    sent: tuple[bytes, ...]  # each is written alone
    answer: Answer
    code: frozenset[int] = field(default_factory=frozenset)  # for CLOSED; any of them
    payload: bytes = b""  # for PONG_FRAME


def frame(opcode, payload=b"", *, fin=True, rsv=0, mask=MASK, length=None):
    """One frame; `length` forces 7, 16 or 64 bits of length; without `mask` it is bare."""
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    size, masked = len(payload), 0x80 if mask else 0
    kind = length or (7 if size < 126 else 16 if size < 65_536 else 64)
    if kind == 7:
        head += bytes([masked | size])
    elif kind == 16:
        head += bytes([masked | 126]) + struct.pack("!H", size)
    else:
        head += bytes([masked | 127]) + struct.pack("!Q", size)
    if not mask:
        return head + payload
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def chopped(data, size):
    """The bytes in pieces of `size`."""
    return tuple(data[i : i + size] for i in range(0, len(data), size))


def _ok(name, section, *sent):
    return Case(name, section, sent, Answer.PONG_MESSAGE)


def _closed(name, section, *sent, code=(PROTOCOL_ERROR,)):
    return Case(name, section, sent, Answer.CLOSED, frozenset(code))


def _padded(size):
    return ASK[:-1] + b" " * (size - len(ASK)) + b"}"


def framing():
    """Section 5.2: lengths, opcodes, reserved bits, masks."""
    for size in (15, 16, 64, 124, 125, 126, 127, 128, 129, 255, 256, 257, 1000, 1023, 1024, 2048, 4000, 4095, 4096):
        yield _ok(f"a text of {size} bytes", "5.2", frame(TEXT, _padded(size)))
        yield _ok(f"a binary of {size} bytes", "5.6", frame(BINARY, _padded(size)))
    for size in (4097, 8000, 65_535):
        yield _closed(
            f"a text of {size} bytes is more than a reader may send",
            "7.4.1",
            frame(TEXT, _padded(size)),
            code=(TOO_LARGE,),
        )
    for size in (70_000, 100_000):
        yield _closed(
            f"a text of {size} bytes is more than anybody may send",
            "7.4.1",
            frame(TEXT, _padded(size)),
            code=(TOO_LARGE,),
        )
    for claimed in (2**20, 2**31, 2**32, 2**62):
        head = b"\x81\xff" + struct.pack("!Q", claimed) + MASK
        yield _closed(f"a header that promises {claimed} bytes", "10.4", head, code=(TOO_LARGE,))
    for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        for payload in (b"", ASK):
            yield _closed(f"reserved opcode {opcode}, {len(payload)} bytes", "5.2", frame(opcode, payload))
    for rsv in range(1, 8):
        for opcode, what in ((TEXT, "text"), (BINARY, "binary"), (PING, "ping"), (CLOSE, "close")):
            yield _closed(
                f"reserved bits {rsv:03b} on a {what}", "5.2", frame(opcode, b"" if opcode == CLOSE else ASK, rsv=rsv)
            )
    for mask in (b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x01\x02\x03\x04", b"\x00\xff\x00\xff"):
        yield _ok(f"the mask {mask.hex()}", "5.3", frame(TEXT, ASK, mask=mask))


def segments():
    """Frames may be cut anywhere by the network."""
    whole = frame(TEXT, _padded(300))
    for size in (1, 2, 3, 4, 5, 7, 8, 13, 64, 150, 307):
        yield _ok(f"a frame in pieces of {size} bytes", "5.2", *chopped(whole, size))
    for cut in range(1, 14):
        short = frame(TEXT, ASK)
        yield _ok(f"a frame cut after byte {cut}", "5.2", short[:cut], short[cut:])


def fragmentation():
    """Section 5.4."""
    for cut in range(len(ASK) + 1):
        first, last = ASK[:cut], ASK[cut:]
        yield _ok(f"two fragments, cut at {cut}", "5.4", frame(TEXT, first, fin=False) + frame(0, last))
        yield _ok(
            f"a ping between two fragments, cut at {cut}",
            "5.4",
            frame(TEXT, first, fin=False) + frame(PING, b"?") + frame(0, last),
        )
    for size in (1, 2, 3, 5):
        pieces = chopped(ASK, size)
        middle = b"".join(frame(0, piece, fin=False) for piece in pieces[1:-1])
        yield _ok(
            f"fragments of {size} bytes", "5.4", frame(TEXT, pieces[0], fin=False) + middle + frame(0, pieces[-1])
        )
    yield _ok(
        "empty fragments all around",
        "5.4",
        frame(TEXT, fin=False) + frame(0, fin=False) + frame(0, ASK, fin=False) + frame(0),
    )
    yield _closed("a continuation of nothing", "5.4", frame(0, ASK))
    yield _closed("a continuation of nothing, not the last", "5.4", frame(0, ASK, fin=False))
    yield _closed("a text within a fragmented text", "5.4", frame(TEXT, b"{", fin=False) + frame(TEXT, ASK))
    yield _closed("a binary within a fragmented text", "5.4", frame(TEXT, b"{", fin=False) + frame(BINARY, ASK))
    yield _closed(
        "a continuation after the last fragment", "5.4", frame(TEXT, b" ", fin=False) + frame(0, ASK) + frame(0, b"")
    )
    whole = _padded(4097)
    yield _closed(
        "fragments that are too much together",
        "10.4",
        frame(TEXT, whole[:4000], fin=False) + frame(0, whole[4000:]),
        code=(TOO_LARGE,),
    )
    flood = frame(TEXT, fin=False, payload=b" " * 60_000) + frame(0, b" " * 60_000, fin=False)
    yield _closed("fragments without end", "10.4", flood, code=(TOO_LARGE,))


def control():
    """Section 5.5."""
    for size in (0, 1, 2, 8, 64, 124, 125):
        payload = bytes(range(size))
        yield Case(f"a ping of {size} bytes", "5.5.2", (frame(PING, payload),), Answer.PONG_FRAME, payload=payload)
    for size in (126, 127, 1000):
        yield _closed(f"a ping of {size} bytes", "5.5", frame(PING, b"x" * size))
        yield _closed(f"a pong of {size} bytes", "5.5", frame(PONG, b"x" * size))
        yield _closed(f"a close of {size} bytes", "5.5", frame(CLOSE, struct.pack("!H", 1000) + b"x" * (size - 2)))
    for opcode, what in ((PING, "ping"), (PONG, "pong"), (CLOSE, "close")):
        yield _closed(f"a fragmented {what}", "5.5", frame(opcode, b"", fin=False))
    for size in (0, 5, 125):
        yield _ok(f"an unasked pong of {size} bytes", "5.5.3", frame(PONG, b"x" * size) + frame(TEXT, ASK))
    for count in (2, 5, 10):
        yield _ok(f"{count} pings, then a text", "5.5.2", frame(PING, b"p") * count + frame(TEXT, ASK))


def closing():
    """Section 7.4: which codes a close may carry."""
    yield _closed("a close without a code", "5.5.1", frame(CLOSE), code=(1000, 1005))
    for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4008, 4999):
        yield _closed(f"a close with {code}", "7.4.1", frame(CLOSE, struct.pack("!H", code)), code=(code, 1000))
        yield _closed(
            f"a close with {code} and a reason",
            "7.1.6",
            frame(CLOSE, struct.pack("!H", code) + b"enough"),
            code=(code, 1000),
        )
    # aiohttp lets 1006 pass, which no endpoint may send; it ends the connection all the same.
    yield _closed("a close with 1006", "7.4.1", frame(CLOSE, struct.pack("!H", 1006)), code=(PROTOCOL_ERROR, 1000))
    for code in (0, 1, 999, 1004, 1005, 1015, 1016, 1100, 2000, 2999):
        yield _closed(f"a close with {code}", "7.4.2", frame(CLOSE, struct.pack("!H", code)))
    yield _closed("a close of one byte", "5.5.1", frame(CLOSE, b"\x03"))
    yield _closed(
        "a close with the longest reason", "5.5", frame(CLOSE, struct.pack("!H", 1000) + b"r" * 123), code=(1000,)
    )
    yield _closed(
        "a close whose reason is no UTF-8",
        "8.1",
        frame(CLOSE, struct.pack("!H", 1000) + b"\xce\xba\xe1\xbd\xb9\xcf\x83\xed\xa0\x80"),
        code=(INVALID_TEXT, PROTOCOL_ERROR),
    )
    yield _closed(
        "what comes after a close is not read",
        "5.5.1",
        frame(CLOSE, struct.pack("!H", 1000)) + frame(15, b"?"),
        code=(1000,),
    )


VALID_UTF8 = (
    "κόσμε", "网络", "محمد", "الانترنت", "ёлка", "é", "e\u0301", "\u00a0", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufffd",
    "\uffff", "\U00010000", "\U0001f600", "\U0003ffff", "\U0010ffff", "\ufeff", "\u2028", "\u200f", "𝄞", "हिन्दी", "ไทย",
)  # fmt: skip

INVALID_UTF8 = (
    "80", "bf", "8080", "bfbf80", "c0", "c1", "c080", "c0af", "c1bf", "c2", "c220", "c2c2", "df", "dfff", "e0", "e080", "e08080",
    "e080af", "e09fbf", "e0a0", "e0a020", "e1", "e180", "e18020", "ed", "eda0", "eda080", "edad", "edadbf", "edae80", "edafbf", "edb080",
    "edbe80", "edbfbf", "eda080edb080", "ef", "efbf", "efbf20", "f0", "f080", "f08080", "f0808080", "f08080af", "f08fbfbf", "f090", "f09080",
    "f0908020", "f4", "f490", "f4908080", "f4bfbfbf", "f5", "f5808080", "f7bfbfbf", "f8", "f888808080", "fb", "fbbfbfbfbf", "fc",
    "fc8480808080", "fd", "fdbfbfbfbfbf", "fe", "ff", "fefeffff", "cebae1bdb9cf83cebcceb5eda080656469746564",
)  # fmt: skip


def utf8():
    """Section 8.1 and RFC 3629."""
    for text in VALID_UTF8:
        asked = ASK[:-1] + b',"note":"' + text.encode() + b'"}'
        name = " ".join(f"U+{ord(char):04X}" for char in text)
        yield _ok(f"{name} in one piece", "8.1", frame(TEXT, asked))
        middle = asked.index(text.encode()) + 1
        yield _ok(
            f"{name} cut within a character", "5.6", frame(TEXT, asked[:middle], fin=False) + frame(0, asked[middle:])
        )
    for wrong in INVALID_UTF8:
        asked = ASK[:-1] + b',"note":"' + bytes.fromhex(wrong) + b'"}'
        yield _closed(f"the bytes {wrong} in a text", "8.1", frame(TEXT, asked), code=(INVALID_TEXT,))
    for wrong in INVALID_UTF8[::6]:
        asked = ASK[:-1] + b',"note":"' + bytes.fromhex(wrong) + b'"}'
        yield _closed(
            f"the bytes {wrong} over two fragments", "8.1", frame(TEXT, asked[:25], fin=False) + frame(0, asked[25:]), code=(INVALID_TEXT,)
        )  # fmt: skip


CASES = (*framing(), *segments(), *fragmentation(), *control(), *closing(), *utf8())
