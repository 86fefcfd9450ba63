"""Readers' signals that stay with the record: without a name, and nothing off the record. Pure."""

from captioner.captions import wire
from captioner.captions.cue import RecordPolicy
from captioner.captions.policy import PolicyTimeline
from server.archive.signals import KeptSignal

MAX_KEPT = 5_000  # of one meeting

_Key = tuple[int, wire.SignalKind, str]


class KeptSignals:
    """What is to be written, until it is."""

    def __init__(self) -> None:
        """Start with none."""
        self._told: dict[_Key, KeptSignal] = {}
        self._unkept: dict[_Key, KeptSignal] = {}

    def take(self, told: wire.Signalled, timeline: PolicyTimeline) -> None:
        """Take what the staff were told; the same again only counts higher."""
        key = (told.at_ms, told.signal, told.text)
        if _recorded(told.at_ms, timeline) and (key in self._told or len(self._told) < MAX_KEPT):
            self._told[key] = self._unkept[key] = KeptSignal(*key, told.count)

    def pop(self, timeline: PolicyTimeline) -> list[KeptSignal]:
        """Return what is to be written, and forget it."""
        found = [one for one in self._unkept.values() if _recorded(one.at, timeline)]
        self._unkept.clear()
        return found

    def later(self, signals: list[KeptSignal]) -> None:
        """Take back what the disk refused."""
        for one in signals:
            self._unkept.setdefault((one.at, one.kind, one.text), one)


def _recorded(at: int, timeline: PolicyTimeline) -> bool:
    return timeline.at(at) is not RecordPolicy.OFF_RECORD
