import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from captioner.audio.capture import Block, Capture


def ones(frames, channels=1):
    return np.full((frames, channels), 0.5, np.float32)


def run(rate, blocks):
    capture = Capture(rate)
    chunks = [chunk for block in blocks for chunk in capture.receive(block)]
    return [*chunks, *capture.finish()]


def assert_seamless(chunks):
    position = 0
    for chunk in chunks:
        assert chunk.start == position
        assert len(chunk.samples)
        position = chunk.end
    return position


def test_blocks_become_chunks_without_holes():
    chunks = run(48_000, [Block(ones(2400)) for _ in range(20)])
    assert assert_seamless(chunks) == 16_000
    assert not any(chunk.gap for chunk in chunks)


def test_what_we_had_no_room_for_is_a_gap():
    chunks = run(48_000, [Block(ones(2400)), Block(ones(2400), dropped=4800)])
    assert assert_seamless(chunks) == 3200
    gaps = [chunk for chunk in chunks if chunk.gap]
    assert [(gap.start, gap.end) for gap in gaps] == [(800, 2400)]
    assert not gaps[0].samples.any()


def test_what_the_device_lost_is_measured_by_its_clock():
    blocks = [Block(ones(1600), captured=10.0), Block(ones(1600), overflow=True, captured=10.35)]
    gaps = [chunk for chunk in run(16_000, blocks) if chunk.gap]
    assert [(gap.start, gap.end) for gap in gaps] == [(1600, 5600)]


def test_without_a_clock_an_overflow_is_a_block():
    gaps = [chunk for chunk in run(16_000, [Block(ones(800)), Block(ones(800), overflow=True)]) if chunk.gap]
    assert [(gap.start, gap.end) for gap in gaps] == [(800, 1600)]


def test_an_overflow_before_the_first_block_loses_nothing():
    assert not any(chunk.gap for chunk in run(16_000, [Block(ones(800), overflow=True)]))


def test_a_broken_clock_does_not_make_hours():
    blocks = [Block(ones(1600), captured=1.0), Block(ones(1600), overflow=True, captured=1e9)]
    assert assert_seamless(run(16_000, blocks)) <= 61 * 16_000


blocks = st.builds(
    lambda frames, overflow, captured, dropped: Block(ones(frames), overflow, captured, dropped),
    st.integers(0, 3000),
    st.booleans(),
    st.floats(0, 2),
    st.integers(0, 3000) | st.just(0),
)


@settings(max_examples=60, deadline=None)
@given(rate=st.sampled_from([8000, 16_000, 44_100, 48_000]), blocks=st.lists(blocks, max_size=12))
def test_seamless_whatever_comes(rate, blocks):
    end = assert_seamless(run(rate, blocks))
    kept = sum(len(block.samples) + block.dropped for block in blocks)
    assert end >= kept * 16_000 // rate - len(blocks) - 1
