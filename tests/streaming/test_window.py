import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from captioner.streaming.window import AudioWindow, to_ms, to_samples


@given(st.lists(st.integers(0, 40_000), max_size=6), st.integers(0, 100_000), st.integers(0, 50_000))
def test_what_is_kept_is_what_was_appended(sizes, cut, start):
    window = AudioWindow(start)
    whole = np.arange(sum(sizes), dtype=np.float32)
    position = 0
    for size in sizes:
        window.append(whole[position : position + size])
        position += size
    window.cut(cut)
    assert window.end == start + position
    assert start <= window.start <= window.end
    assert np.array_equal(window.read(window.start, window.end), whole[window.start - start :])


def test_reading_is_clipped():
    window = AudioWindow(10)
    window.append(np.ones(5, dtype=np.float32))
    assert len(window.read(0, 100)) == 5
    assert len(window.read(12, 11)) == 0


@given(st.integers(0, 10**12))
def test_times_do_not_drift(ms):
    assert to_ms(to_samples(ms)) == ms
