"""Erasing: a stricter record policy for a part afterwards, names out of the history, whole meetings.

What is erased is overwritten in the log (`secure_delete`) and the write-ahead log is emptied, so that no byte of it is
left in these files. The events stay where they were, without content, so that every seq still means what it meant.
"""

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy
from captioner.captions.event import CaptionEvent, Event, PolicyEvent
from captioner.captions.policy import PolicyChange, PolicyTimeline, recordable, stricter
from server.archive.log import EventLog
from server.archive.signals import strike_signals

_TABLES = (
    "event", "review", "version", "statement", "dismissed", "setup", "invitation", "passcode", "signal", "recording",
)  # fmt: skip


class Tombstone(msgspec.Struct, frozen=True):
    """What was erased, when and why; without `start` the whole meeting."""

    meeting: str
    reason: str
    at: int  # Unix time in ms
    start: int | None = None  # ms on the meeting's timeline
    end: int | None = None


def stricter_part(timeline: PolicyTimeline, start: int, end: int, policy: RecordPolicy) -> list[PolicyChange]:
    """Return the changes that make [start, end) at least as strict as `policy`, and leave the rest as it is."""
    here = timeline.at(start)
    changes = [PolicyChange(start, stricter(here, policy))]
    inner = sorted({change.at for change in timeline.changes if start < change.at < end})
    changes += [PolicyChange(at, stricter(timeline.at(at), policy)) for at in inner]
    changes.append(PolicyChange(end, timeline.at(end)))
    return changes


def strike(log: EventLog, stone: Tombstone, policy: RecordPolicy) -> list[Event]:
    """Let `policy` hold for the tombstone's part, also for what the log has; return the new events.

    OFF_RECORD takes the cues away, CHATHAM their speakers. A cue that only reaches into the part goes with it.
    ValueError when there is no such part.
    """
    start, end = stone.start, stone.end
    if start is None or end is None or not 0 <= start < end:
        msg = "a part begins at 0 or later and ends after its beginning"
        raise ValueError(msg)
    old = list(log.read(stone.meeting))
    timeline = PolicyTimeline(event.change for event in old if isinstance(event, PolicyEvent))
    changes = stricter_part(timeline, start, end, policy)
    with log.transaction() as db:
        drafts = [PolicyEvent(epoch="", seq=0, change=change) for change in changes]
        fresh = [added for draft in drafts if (added := log.add(stone.meeting, draft))]
        fresh += _comply(log, db, stone.meeting, [*old, *fresh])
        _bury(db, stone)
    strike_signals(log, stone.meeting)
    log.truncate()
    return fresh


def violates(events: Iterable[Event]) -> bool:
    """Tell whether the log has what the record policy, as it is now, forbids: a stricter one may reach back."""
    every = list(events)
    timeline = PolicyTimeline(event.change for event in every if isinstance(event, PolicyEvent))
    return any(_allowed(event.update, timeline) != event.update for event in every if isinstance(event, CaptionEvent))


def comply(log: EventLog, meeting: str) -> list[Event]:
    """Erase from the log what the record policy, as it is now, forbids; return the new events, none when it obeys."""
    if strike_signals(log, meeting):
        log.truncate()
    old = list(log.read(meeting))
    if not violates(old):
        return []
    with log.transaction() as db:
        fresh = _comply(log, db, meeting, old)
    log.truncate()
    return fresh


def _comply(log: EventLog, db: sqlite3.Connection, meeting: str, events: Sequence[Event]) -> list[Event]:
    """Overwrite what is forbidden, and tell readers with new revisions; within a transaction."""
    timeline = PolicyTimeline(event.change for event in events if isinstance(event, PolicyEvent))
    captions = [event for event in events if isinstance(event, CaptionEvent)]
    newest: dict[tuple[str, str], CueUpdate] = {}
    for event in captions:
        known = newest.get(_key(event))
        newest[_key(event)] = event.update if known is None or event.update.revision > known.revision else known
    for event in captions:
        left = _allowed(event.update, timeline)
        if left != event.update:
            log.overwrite(meeting, msgspec.structs.replace(event, update=left))
    fresh: list[Event] = []
    for (track, _), update in newest.items():
        left = _allowed(update, timeline)
        if left == update:
            continue
        draft = msgspec.structs.replace(left, revision=update.revision + 1, human=True)
        fresh += [added for added in [log.add(meeting, _caption(track, draft))] if added]
    _drop_statements(db, meeting, newest, timeline)
    return fresh


def _drop_statements(
    db: sqlite3.Connection, meeting: str, newest: dict[tuple[str, str], CueUpdate], timeline: PolicyTimeline
) -> None:
    """Take signed statements away from what is not on the record any more: they name somebody who was there."""
    rows = db.execute("SELECT id, track, first, last FROM statement WHERE meeting = ?", (meeting,)).fetchall()
    for name, track, first, last in rows:
        ends = [newest.get((track, cue)) for cue in (first, last)]
        known = [update.cue for update in ends if update is not None]
        policy = timeline.strictest(min(c.start for c in known), max(c.end for c in known)) if known else None
        if policy is not RecordPolicy.ON_RECORD or len(known) < len(ends):
            db.execute("DELETE FROM statement WHERE id = ?", (name,))


def _allowed(update: CueUpdate, timeline: PolicyTimeline) -> CueUpdate:
    """Return what may be left of an update under the policy as it is now."""
    cue = update.cue
    if update.status is CueStatus.RETRACTED and not (cue.text or cue.speaker or cue.words):
        return update
    return recordable(update, timeline.strictest(cue.start, cue.end)) or _empty(cue.id, update.revision)


def redact(log: EventLog, meeting: str, updates: Sequence[tuple[str, CueUpdate]]) -> list[Event]:
    """Keep these revisions, and put their cues in the place of all earlier ones; return the new events.

    So a name is gone from the history too, and an old version shows the cue as it may be shown.
    """
    wanted = {(track, update.cue.id): update.cue for track, update in updates}
    old = [event for event in log.read(meeting) if isinstance(event, CaptionEvent) and _key(event) in wanted]
    with log.transaction():
        for event in old:
            final = event.update.status is CueStatus.FINAL
            left = msgspec.structs.replace(event.update, cue=wanted[_key(event)]) if final else event.update
            log.overwrite(meeting, msgspec.structs.replace(event, update=left))
        fresh = [added for track, update in updates if (added := log.add(meeting, _caption(track, update)))]
    log.truncate()
    return fresh


def erase_meeting(log: EventLog, stone: Tombstone, tables: tuple[str, ...] = ()) -> None:
    """Take a whole meeting away; what stays is its id, its date and the tombstone. Files are the caller's.

    `tables` names further tables with a column `meeting`.
    """
    with log.transaction() as db:
        for table in (*_TABLES, *tables):
            db.execute(f"DELETE FROM {table} WHERE meeting = ?", (stone.meeting,))  # noqa: S608 - our own names
        db.execute(
            "UPDATE meeting SET title = ?, seq = 0, exported = 0, state = 'ended' WHERE id = ?", ("", stone.meeting)
        )
        _bury(db, stone)
    log.truncate()


def _bury(db: sqlite3.Connection, stone: Tombstone) -> None:
    row = (stone.meeting, stone.start, stone.end, stone.reason, stone.at)
    db.execute("INSERT INTO tombstone (meeting, start, end, reason, at) VALUES (?, ?, ?, ?, ?)", row)


def _key(event: CaptionEvent) -> tuple[str, str]:
    return event.track, event.update.cue.id


def _caption(track: str, update: CueUpdate) -> CaptionEvent:
    return CaptionEvent(epoch="", seq=0, track=track, update=update)


def _empty(cue: str, revision: int) -> CueUpdate:
    """Nothing is left of the cue, not even when it was said."""
    return CueUpdate(Cue(cue, 0, 0, "", "und"), revision, CueStatus.RETRACTED, human=True)


def tombstones_of(log: EventLog, meeting: str) -> tuple[Tombstone, ...]:
    """Return what was erased of a meeting, the oldest first."""
    query = "SELECT meeting, reason, at, start, end FROM tombstone WHERE meeting = ? ORDER BY at, rowid"
    return tuple(Tombstone(*row) for row in log.rows(query, (meeting,)))


def erased_meetings(log: EventLog) -> dict[str, Tombstone]:
    """Return the meetings that were erased whole, by id."""
    rows = log.rows("SELECT meeting, reason, at, start, end FROM tombstone WHERE start IS NULL ORDER BY at")
    return {row[0]: Tombstone(*row) for row in rows}
