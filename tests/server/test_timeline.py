from captioner.captions.cue import MAX_TIME
from server.timeline import Timeline


def test_time_runs_by_the_steady_clock_from_the_meeting_s_start():
    timeline = Timeline(started=1_000, wall_ms=61_000, steady=5.0)
    assert [timeline.at(steady) for steady in (5.0, 6.5, 4.0)] == [60_000, 61_500, 59_000]


def test_time_stays_within_a_meeting():
    assert Timeline(started=9_000, wall_ms=1_000, steady=0).at(1) == 0
    assert Timeline(started=0, wall_ms=10**15, steady=0).at(1) == MAX_TIME


def test_anchors_are_ten_seconds_apart():
    timeline = Timeline(0, 0, 0.0)
    assert [timeline.anchor_due(steady) for steady in (0, 9.9, 10, 19, 20, 60, 61)] == [
        False, False, True, False, True, True, False,
    ]  # fmt: skip
