"""What the log accepted. `seq` is gapless per meeting and given only by the log; it makes reading resumable."""

import enum

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


class GapReason(enum.StrEnum):
    """Why a stretch of the meeting has no captions."""

    AUDIO_LOST = "audio_lost"
    NOT_CAPTIONED = "not_captioned"
    PAUSED = "paused"


class ClockEvent(_Event, frozen=True, tag="clock"):
    """An anchor between the meeting's timeline and the clock on the wall, every 10 s while live; not shown."""

    at_ms: int  # on the meeting's timeline
    wall_ms: int  # Unix time


class GapEvent(_Event, frozen=True, tag="gap"):
    """From `start` to `end` nothing was captioned. While it lasts, `end` is `start`; its end repeats the start."""

    start: int  # ms
    end: int  # ms
    reason: GapReason


Event = CaptionEvent | TrackEvent | PolicyEvent | StateEvent | ClockEvent | GapEvent
