"""What the log accepted. `seq` is gapless per meeting and given only by the log; it makes reading resumable."""

import msgspec

from captioner.captions.cue import CueUpdate, MeetingState, Track
from captioner.captions.policy import PolicyChange


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    epoch: str  # identity of this log; a new one means that seq starts again
    seq: int  # 1, 2, 3 ... without gaps


class CaptionEvent(_Event, frozen=True, tag="caption"):
    """A final, a correction or a retraction on a track."""

    track: str
    update: CueUpdate


class TrackEvent(_Event, frozen=True, tag="track"):
    """A track was opened or its description changed."""

    track: Track


class PolicyEvent(_Event, frozen=True, tag="policy"):
    """The chair switched the record policy."""

    change: PolicyChange


class StateEvent(_Event, frozen=True, tag="state"):
    """The meeting went live or ended."""

    state: MeetingState


Event = CaptionEvent | TrackEvent | PolicyEvent | StateEvent
