import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy
from captioner.captions.policy import PolicyChange, PolicyTimeline, recordable, visible

ON, CHATHAM, OFF = RecordPolicy.ON_RECORD, RecordPolicy.CHATHAM, RecordPolicy.OFF_RECORD
UPDATE = CueUpdate(Cue("c1", 0, 1000, "Hello.", "en", "Ada"), 1, CueStatus.FINAL)


def test_without_a_change_everything_is_off_the_record():
    timeline = PolicyTimeline()
    assert timeline.current is OFF
    assert timeline.strictest(0, 10) is OFF
    assert PolicyTimeline([PolicyChange(100, ON)]).strictest(99, 200) is OFF


@pytest.mark.parametrize(
    ("start", "end", "policy"),
    [
        (0, 999, ON),
        (0, 1000, OFF),
        (1500, 1600, OFF),
        (1500, 2500, OFF),
        (2000, 2500, CHATHAM),
        (2500, 3500, CHATHAM),
        (3000, 9000, ON),
    ],
)
def test_the_strictest_policy_of_a_stretch_holds(start, end, policy):
    changes = [PolicyChange(0, ON), PolicyChange(1000, OFF), PolicyChange(2000, CHATHAM), PolicyChange(3000, ON)]
    assert PolicyTimeline(changes).strictest(start, end) is policy


def test_of_two_changes_at_a_time_the_later_given_holds():
    timeline = PolicyTimeline([PolicyChange(0, ON), PolicyChange(0, OFF)])
    assert timeline.strictest(0, 5) is OFF
    timeline.add(PolicyChange(0, ON))
    assert timeline.strictest(0, 5) is ON
    assert timeline.current is ON


@given(
    st.lists(st.builds(PolicyChange, st.integers(0, 50), st.sampled_from(RecordPolicy)), unique_by=lambda c: c.at),
    st.integers(0, 60),
    st.integers(0, 10),
)
def test_strictest_agrees_with_looking_at_every_moment(changes, start, length):
    rank = [ON, CHATHAM, OFF]
    moments = []
    for moment in range(start, start + length + 1):
        before = [c for c in sorted(changes, key=lambda c: c.at) if c.at <= moment]
        moments.append(before[-1].policy if before else OFF)
    assert PolicyTimeline(changes).strictest(start, start + length) is max(moments, key=rank.index)


def test_what_may_be_shown_and_kept():
    nameless = CueUpdate(Cue("c1", 0, 1000, "Hello.", "en"), 1, CueStatus.FINAL)
    assert [visible(UPDATE, p) for p in (ON, CHATHAM, OFF)] == [UPDATE, nameless, nameless]
    assert [recordable(UPDATE, p) for p in (ON, CHATHAM, OFF)] == [UPDATE, nameless, None]
