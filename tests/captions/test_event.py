import msgspec
import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate, MeetingState, RecordPolicy, Track
from captioner.captions.event import (
    CaptionEvent,
    ClockEvent,
    Event,
    GapEvent,
    GapReason,
    PolicyEvent,
    StateEvent,
    TrackEvent,
)
from captioner.captions.policy import PolicyChange

EVENTS = [
    CaptionEvent(epoch="e", seq=1, track="floor", update=CueUpdate(Cue("c1", 0, 9, "Hi.", "en"), 1, CueStatus.FINAL)),
    TrackEvent(epoch="e", seq=2, track=Track("floor", "en")),
    PolicyEvent(epoch="e", seq=3, change=PolicyChange(0, RecordPolicy.CHATHAM)),
    StateEvent(epoch="e", seq=4, state=MeetingState.ENDED),
    ClockEvent(epoch="e", seq=5, at_ms=10_000, wall_ms=1_700_000_010_000),
    GapEvent(epoch="e", seq=6, start=9, end=12, reason=GapReason.PAUSED),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_events_come_back_from_json(event):
    assert msgspec.json.decode(msgspec.json.encode(event), type=Event) == event


def test_the_kinds_are_told_apart_by_name():
    kinds = [msgspec.to_builtins(event)["kind"] for event in EVENTS]
    assert kinds == ["caption", "track", "policy", "state", "clock", "gap"]


def test_an_event_cannot_be_changed():
    with pytest.raises(AttributeError):
        EVENTS[0].seq = 2
