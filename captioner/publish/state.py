"""The record policy as the publisher knows it, safe to read from any thread."""

import threading

from captioner.captions.cue import RecordPolicy
from captioner.captions.policy import PolicyChange, PolicyTimeline


class PolicyView:
    """A PolicyTimeline behind a lock. Before anything is known, everything is off the record."""

    def __init__(self, first: RecordPolicy | None = None) -> None:
        """Start with the policy that the meeting is opened with, if any."""
        self._lock = threading.Lock()
        self._timeline = PolicyTimeline([] if first is None else [PolicyChange(0, first)])

    def add(self, change: PolicyChange) -> None:
        """The chair switched."""
        with self._lock:
            self._timeline.add(change)

    def strictest(self, start: int, end: int) -> RecordPolicy:
        """See PolicyTimeline.strictest."""
        with self._lock:
            return self._timeline.strictest(start, end)
