import time

import pytest

from benchmarks.fanout import RATE, ROUNDS, Ours, Row, markdown, run
from benchmarks.fanout_readers import Reader, Readers, masked, number_after
from captioner.captions import wire
from captioner.captions.event import CaptionEvent
from server.outbox import text_frame
from tests.server.conftest import final


def event(seq, text="x"):
    return wire.encode(
        wire.EventMessage(event=CaptionEvent(epoch="e", seq=seq, track="floor", update=final(text=text)))
    )


@pytest.fixture
async def reader():
    made = Reader(Readers(1, "/ws", "m"))
    made.open = True
    yield made
    made.ready.cancel()


@pytest.mark.parametrize("size", [1, 3, 50, 10_000])
async def test_frames_are_read_however_they_are_cut(reader, size):
    stamp = time.monotonic_ns()
    texts = [event(4), event(5, f"@{stamp:019d} words"), event(6, "long " * 100), wire.encode(wire.Ping())]
    data = b"".join(text_frame(text.encode()) for text in texts)
    for start in range(0, len(data), size):
        reader.data_received(data[start : start + size])
    assert (reader.seq, reader.all.count, reader.all.gaps, reader.all.doubles) == (6, 1, 0, 0)
    assert list(reader.all.last) == [stamp]


async def test_gaps_and_doubles_are_noticed(reader):
    for seq in (4, 5, 5, 8):
        reader.take(event(seq).encode())
    assert (reader.seq, reader.all.gaps, reader.all.doubles) == (8, 1, 1)


def test_what_a_reader_sends_is_masked_and_whole():
    assert masked(b"x" * 5)[:6] == b"\x81\x85\0\0\0\0"
    assert masked(b"x" * 300)[:4] == b"\x81\xfe\x01\x2c"
    assert number_after(b'{"seq":123,', b'"seq":') == 123


def test_the_report_says_what_was_measured():
    row = Row("captioner", 10_000, 15.7, 9.3, 146.0, 473.0)
    page = markdown([row], Ours(200.0, 210.0, 500, 9.6, 10.0, 0, 0, 0))
    assert "10,000 readers" in page
    assert "| captioner | 15.7 KiB | 9.3 µs | 146 ms | 473 ms |" in page
    assert "(+5 %)" in page
    assert "Gaps: 0" in page


@pytest.mark.slow
async def test_hundreds_of_readers_through_stalls_and_a_storm_miss_and_double_nothing():
    rows, ours = await run(300, 1.0)
    assert (ours.gaps, ours.doubles, ours.snapshots, ours.stalled) == (0, 0, 0, 15)
    assert [row.viewers for row in rows] == [300, 300, 300]
    assert [row.deliveries for row in rows] == [300 * round(RATE) * ROUNDS] * 3
