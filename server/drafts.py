"""Events before the log has numbered them."""

from captioner.captions.cue import CueUpdate, MeetingState, RecordPolicy, Track
from captioner.captions.event import CaptionEvent, ClockEvent, GapEvent, GapReason, PolicyEvent, StateEvent, TrackEvent
from captioner.captions.policy import PolicyChange


def draft_policy(at: int, policy: RecordPolicy | None) -> PolicyEvent:
    """Return the policy event to open a meeting with; without a policy it fails closed."""
    return PolicyEvent(epoch="", seq=0, change=PolicyChange(at, policy or RecordPolicy.OFF_RECORD))


def draft_state(state: MeetingState) -> StateEvent:
    """Return the event of a meeting's new state."""
    return StateEvent(epoch="", seq=0, state=state)


def draft_track(track: Track) -> TrackEvent:
    """Return the event of a track."""
    return TrackEvent(epoch="", seq=0, track=track)


def draft_caption(track: str, update: CueUpdate) -> CaptionEvent:
    """Return the event of a final, a correction or a retraction."""
    return CaptionEvent(epoch="", seq=0, track=track, update=update)


def draft_clock(at_ms: int, wall_ms: int) -> ClockEvent:
    """Return an anchor between the meeting's timeline and the wall's clock."""
    return ClockEvent(epoch="", seq=0, at_ms=at_ms, wall_ms=wall_ms)


def draft_gap(start: int, end: int, reason: GapReason) -> GapEvent:
    """Return a stretch without captions; `end` is `start` while it lasts."""
    return GapEvent(epoch="", seq=0, start=start, end=end, reason=reason)
