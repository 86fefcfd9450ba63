"""The record policy as a pure function, applied before any queue, log or disk.

Source: Chatham House Rule, "neither the identity nor the affiliation of the speaker(s) ... may be revealed", for a
meeting "or part thereof".
"""

import bisect
from collections.abc import Iterable

import msgspec

from captioner.captions.cue import CueUpdate, RecordPolicy

_STRICTNESS = {RecordPolicy.ON_RECORD: 0, RecordPolicy.CHATHAM: 1, RecordPolicy.OFF_RECORD: 2}


class PolicyChange(msgspec.Struct, frozen=True):
    """From `at` (ms on the meeting's timeline) on, `policy` holds."""

    at: int
    policy: RecordPolicy


class PolicyTimeline:
    """Which policy holds when. Without any change, and before the first, everything is off the record."""

    def __init__(self, changes: Iterable[PolicyChange] = ()) -> None:
        """Take the changes in the order in which the chair made them."""
        self._changes: list[PolicyChange] = []
        for change in changes:
            self.add(change)

    @property
    def changes(self) -> tuple[PolicyChange, ...]:
        """All changes, by time."""
        return tuple(self._changes)

    @property
    def current(self) -> RecordPolicy:
        """The policy of the latest change; OFF_RECORD without one."""
        return self._changes[-1].policy if self._changes else RecordPolicy.OFF_RECORD

    def add(self, change: PolicyChange) -> None:
        """Take one more change; of two at the same time the later given one holds from there on."""
        bisect.insort_right(self._changes, change, key=lambda known: known.at)

    def at(self, time: int) -> RecordPolicy:
        """Return the policy that holds at `time` ms."""
        return self.strictest(time, time)

    def strictest(self, start: int, end: int) -> RecordPolicy:
        """Return the strictest policy that holds anywhere in [start, end] ms."""
        first = bisect.bisect_right(self._changes, start, key=lambda known: known.at) - 1
        if first < 0:
            return RecordPolicy.OFF_RECORD
        reach = (c.policy for c in self._changes[first:] if c.at <= end)
        return max(reach, key=_STRICTNESS.__getitem__)

    def mildest(self, start: int, end: int) -> RecordPolicy:
        """Return the mildest policy in [start, end] ms; where it is the strictest too, one holds throughout."""
        first = max(bisect.bisect_right(self._changes, start, key=lambda known: known.at) - 1, 0)
        reach = (c.policy for c in self._changes[first:] if c.at <= end)
        return min(reach, key=_STRICTNESS.__getitem__, default=RecordPolicy.OFF_RECORD)


def stricter(one: RecordPolicy, other: RecordPolicy) -> RecordPolicy:
    """Return the one under which less may be kept."""
    return max(one, other, key=_STRICTNESS.__getitem__)


def visible(update: CueUpdate, policy: RecordPolicy) -> CueUpdate:
    """Return what may leave the publisher under `policy`: in CHATHAM, nobody's name."""
    if policy is RecordPolicy.ON_RECORD or not update.cue.speaker:
        return update
    return msgspec.structs.replace(update, cue=msgspec.structs.replace(update.cue, speaker=""))


def recordable(update: CueUpdate, policy: RecordPolicy) -> CueUpdate | None:
    """Return what may be kept of `update` under `policy`; None when nothing may."""
    if policy is RecordPolicy.OFF_RECORD:
        return None
    return visible(update, policy)
