"""Readers' signals that stay with the record, where the set-up says so; never whose they were. Blocks, for its thread.

They are no events: the log goes to every reader, and a signal is for the host and the record alone.
"""

from collections.abc import Iterable

import msgspec

from captioner.captions import wire
from captioner.captions.cue import RecordPolicy
from captioner.captions.event import PolicyEvent
from captioner.captions.policy import PolicyTimeline
from server.archive.log import EventLog


class KeptSignal(msgspec.Struct, frozen=True):
    """What readers told the host, and how many did so together."""

    at: int  # ms on the meeting's timeline
    kind: wire.SignalKind
    text: str  # of a question
    count: int


def store(log: EventLog, meeting: str, signals: Iterable[KeptSignal]) -> None:
    """Keep signals, or that more readers gave them; StorageFull when there is no room. Nothing off the record."""
    policy = _policy(log, meeting)
    with log.transaction() as db:
        for one in signals:
            if policy.at(one.at) is not RecordPolicy.OFF_RECORD:
                db.execute(
                    "INSERT INTO signal VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = excluded.count",
                    (meeting, one.at, one.kind.value, one.text, one.count),
                )


def signals_of(log: EventLog, meeting: str) -> tuple[KeptSignal, ...]:
    """Return a meeting's kept signals by time, without what is off the record now."""
    policy = _policy(log, meeting)
    rows = log.rows("SELECT at, kind, text, count FROM signal WHERE meeting = ? ORDER BY at, kind, text", (meeting,))
    kept = (KeptSignal(at, wire.SignalKind(kind), text, count) for at, kind, text, count in rows)
    return tuple(one for one in kept if policy.at(one.at) is not RecordPolicy.OFF_RECORD)


def strike_signals(log: EventLog, meeting: str) -> bool:
    """Erase what the record policy, as it is now, forbids; tell whether there was any. Then truncate the log."""
    allowed = {one.at for one in signals_of(log, meeting)}
    times = {at for (at,) in log.rows("SELECT at FROM signal WHERE meeting = ?", (meeting,))} - allowed
    if times:
        with log.transaction() as db:
            db.executemany("DELETE FROM signal WHERE meeting = ? AND at = ?", [(meeting, at) for at in times])
    return bool(times)


def _policy(log: EventLog, meeting: str) -> PolicyTimeline:
    return PolicyTimeline(event.change for event in log.read_kind(meeting, "policy") if isinstance(event, PolicyEvent))
