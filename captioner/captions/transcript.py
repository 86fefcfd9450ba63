"""The fold of a meeting's events. `viewer/fold.js` is its twin: both pass tests/vectors/fold.json.

Invariant: fold(snapshot at n, events after n) == fold(all events).
"""

from collections.abc import Iterable
from itertools import islice

import msgspec

from captioner.captions.cue import CueStatus, CueUpdate, MeetingState, Track
from captioner.captions.errors import GapInLog
from captioner.captions.event import CaptionEvent, Event, GapEvent, GapReason, PolicyEvent, StateEvent, TrackEvent
from captioner.captions.policy import PolicyChange


class TrackUpdate(msgspec.Struct, frozen=True):
    """The latest revision of one cue, with its track's id."""

    track: str
    update: CueUpdate


class Gap(msgspec.Struct, frozen=True):
    """A stretch without captions; it lasts while `end` is `start`."""

    start: int  # ms
    end: int  # ms
    reason: GapReason


class Snapshot(msgspec.Struct, frozen=True):
    """A meeting's whole record at `seq`, retracted cues included (their revision still counts)."""

    epoch: str
    seq: int
    state: MeetingState = MeetingState.LIVE
    tracks: tuple[Track, ...] = ()
    policy: tuple[PolicyChange, ...] = ()
    cues: tuple[TrackUpdate, ...] = ()  # in the order of first appearance
    gaps: tuple[Gap, ...] = ()


class Transcript:
    """Folds events in order of seq."""

    def __init__(self, snapshot: Snapshot | None = None) -> None:
        """Start empty, or from a snapshot."""
        self.epoch = snapshot.epoch if snapshot else ""
        self.seq = snapshot.seq if snapshot else 0
        self.state = snapshot.state if snapshot else MeetingState.LIVE
        self._tracks = {track.id: track for track in snapshot.tracks} if snapshot else {}
        self._policy = list(snapshot.policy) if snapshot else []
        self._cues = {(c.track, c.update.cue.id): c.update for c in snapshot.cues} if snapshot else {}
        self._gaps = {(gap.start, gap.reason): gap for gap in snapshot.gaps} if snapshot else {}

    def apply(self, event: Event) -> bool:
        """Take one event; False when it was known already. GapInLog when one before it is missing."""
        if self.epoch and event.epoch == self.epoch and event.seq <= self.seq:
            return False
        if (self.epoch and event.epoch != self.epoch) or event.seq != self.seq + 1:
            raise GapInLog(self.seq + 1, event.seq)
        self.epoch, self.seq = event.epoch, event.seq
        match event:
            case CaptionEvent(track=track, update=update):
                known = self._cues.get((track, update.cue.id))
                if known is None or update.revision > known.revision:
                    self._cues[track, update.cue.id] = update
            case TrackEvent(track=track):
                self._tracks[track.id] = track
            case PolicyEvent(change=change):
                self._policy.append(change)
            case StateEvent(state=state):
                self.state = state
            case GapEvent(start=start, end=end, reason=reason):
                self._gaps[start, reason] = Gap(start, end, reason)
            case _:
                pass  # a clock's anchor, or what a newer log knows
        return True

    def apply_all(self, events: Iterable[Event]) -> "Transcript":
        """Take many events; return self."""
        for event in events:
            self.apply(event)
        return self

    def snapshot(self) -> Snapshot:
        """Everything so far, as one value."""
        cues = tuple(TrackUpdate(track, update) for (track, _), update in self._cues.items())
        return Snapshot(
            self.epoch,
            self.seq,
            self.state,
            tuple(self._tracks.values()),
            tuple(self._policy),
            cues,
            tuple(self._gaps.values()),
        )

    @property
    def appeared(self) -> int:
        """Count the cues of all tracks, retracted ones included."""
        return len(self._cues)

    def part(self, first: int, last: int) -> tuple[TrackUpdate, ...]:
        """Return cues `first` to `last` (exclusive) in the order of first appearance, which never changes."""
        part = islice(self._cues.items(), first, last)
        return tuple(TrackUpdate(track, update) for (track, _), update in part)

    def latest(self, track: str, cue: str) -> CueUpdate | None:
        """Return the newest revision of a cue, a retraction included; None when the cue is unknown."""
        return self._cues.get((track, cue))

    def gaps(self) -> tuple[Gap, ...]:
        """Return the stretches without captions in the order in which they began."""
        return tuple(self._gaps.values())

    def revision(self, track: str, cue: str) -> int:
        """Latest known revision of a cue; -1 when the cue is unknown."""
        known = self._cues.get((track, cue))
        return -1 if known is None else known.revision

    def tracks(self) -> tuple[Track, ...]:
        """Return the tracks in the order in which they were opened."""
        return tuple(self._tracks.values())

    def policy(self) -> tuple[PolicyChange, ...]:
        """Return the changes of the record policy in the order in which they were made."""
        return tuple(self._policy)

    def cues(self, track: str) -> list[CueUpdate]:
        """Return the track's finals for reading: by start, then by first appearance; without retracted ones."""
        mine = (u for (t, _), u in self._cues.items() if t == track and u.status is CueStatus.FINAL)
        return sorted(mine, key=lambda update: update.cue.start)
