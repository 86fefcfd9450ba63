import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from captioner.bridge.lanes import Lane

PACKET = np.ones(320, np.float32)  # 20 ms


def test_what_comes_without_a_pause_stays_as_it_is():
    lane = Lane(0.0)
    for n in range(100):
        (only,) = lane.audio(PACKET, (n + 1) * 0.02 + (0.05 if n % 7 else 0))
        assert only is PACKET


def test_a_mute_is_silence_of_its_length():
    lane = Lane(0.0)
    lane.audio(PACKET, 0.02)
    filled = lane.audio(PACKET, 3.04)
    assert sum(len(each) for each in filled[:-1]) == round(3.0 * 16_000)


def test_silence_is_told_while_it_lasts():
    lane = Lane(0.0)
    lane.audio(PACKET, 0.02)
    assert lane.tick(0.3) == []
    (silence,) = lane.tick(0.52)
    assert len(silence) == 8000
    assert lane.tick(0.53) == []


@settings(deadline=None)  # a busy machine is no fault
@given(st.lists(st.one_of(st.just("packet"), st.floats(0.02, 30)), max_size=60))
def test_the_timeline_is_never_behind_by_much(steps):
    lane, now, heard = Lane(0.0), 0.0, 0
    for step in steps:
        if step == "packet":
            now += 0.02
            heard += sum(len(each) for each in lane.audio(PACKET, now))
        else:
            now += step
            heard += sum(len(each) for each in lane.tick(now))
        assert abs(heard / 16_000 - now) < 0.45
