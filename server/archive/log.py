"""The log of all meetings: the truth that everything else is a fold of. SQLite, WAL, synchronous=FULL.

What `append` returned is on the disk. Names and words that the record policy forbids never come here.
"""

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from captioner.captions.cue import CueUpdate, Meeting, MeetingState
from captioner.captions.event import CaptionEvent, Event, StateEvent
from server.archive.schema import MIGRATIONS
from server.archive.transaction import PAGES, transaction
from server.errors import LogCorrupt, LogInUse, LogTooNew, StorageError, StorageFull

FILE = "captions.sqlite3"
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})


class _Person(msgspec.Struct):
    human: bool = False


class _Author(msgspec.Struct):
    update: _Person


_author = msgspec.json.Decoder(_Author)


class Kept(msgspec.Struct, frozen=True):
    """A meeting as the log knows it."""

    meeting: Meeting
    epoch: str  # identity of the meeting's log
    state: MeetingState
    seq: int  # of the last event
    exported: int  # seq up to which the archive's files were written
    rewritten: int = 0  # rises whenever something is overwritten: every copy is made anew


def begin_anew(data: Path) -> None:
    """Remove the copy of a log that an edge left; StorageError when the folder cannot be used."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (data / "host.token").exists():
            msg = f"{data} holds the log of an origin: give the edge another data folder"
            raise StorageError(msg)
        for path in data.glob(f"{FILE}*"):
            path.unlink()
    except OSError as error:
        msg = f"the edge's folder {data} cannot be used ({error.strerror}): name another one"
        raise StorageError(msg) from error


class EventLog:
    """One process's log; every method blocks, and one thread at a time may call."""

    def __init__(self, data: Path) -> None:
        """Open or create the log in folder `data`; StorageError with what to do."""
        self._path = data / FILE
        with self._translated():
            self._db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=2)
        try:
            with self._translated():
                self._prepare()
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file; the log cannot be used after."""
        with contextlib.suppress(sqlite3.Error):  # what was committed is safe without the last checkpoint
            self._db.close()

    def open_meeting(self, meeting: Meeting, drafts: Sequence[Event]) -> Kept:
        """Keep a new meeting with its first events, all or nothing; their epoch and seq are given here."""
        epoch = secrets.token_hex(8)
        with self._transaction():
            row = (meeting.id, meeting.title, meeting.started, epoch, MeetingState.LIVE.value)
            self._db.execute(
                "INSERT INTO meeting (id, title, started, epoch, state, seq) VALUES (?, ?, ?, ?, ?, 0)", row
            )
            for draft in drafts:
                self._insert(meeting.id, draft)
        return self._kept("WHERE id = ?", meeting.id)[0]

    def append(self, meeting: str, draft: Event) -> Event | None:
        """Make `draft` durable and return it with epoch and seq; None when its cue's revision is not newer.

        None also for a machine's revision of a cue that a person revised.

        The meeting must be open. StorageFull when there is no room: the log is as before, and the caller may try again.
        """
        with self._transaction():
            return self._insert(meeting, draft)

    def replica(self, meeting: Meeting, epoch: str) -> Kept:
        """Return the copy of another server's meeting, made if needed; another epoch replaces it."""
        with self._transaction():
            known = self._db.execute("SELECT epoch FROM meeting WHERE id = ?", (meeting.id,)).fetchone()
            if known is not None and known[0] != epoch:
                self._erase(meeting.id)
            if known is None or known[0] != epoch:
                row = (meeting.id, meeting.title, meeting.started, epoch, MeetingState.LIVE.value)
                self._db.execute(
                    "INSERT INTO meeting (id, title, started, epoch, state, seq) VALUES (?, ?, ?, ?, ?, 0)", row
                )
        return self._kept("WHERE id = ?", meeting.id)[0]

    def copy(self, meeting: str, event: Event) -> bool:
        """Keep an event of another server's meeting as it is; False when it does not follow the last one."""
        with self._transaction():
            known = self._db.execute("SELECT epoch, seq FROM meeting WHERE id = ?", (meeting,)).fetchone()
            if known is None or known[0] != event.epoch or known[1] + 1 != event.seq:
                return False
            self._store(meeting, event)
        return True

    def erase(self, meeting: str) -> None:
        """Take a meeting with all its events out of the log; what was written is overwritten."""
        with self._transaction():
            self._erase(meeting)
        self.truncate()

    def read(self, meeting: str, after: int = 0) -> Iterator[Event]:
        """Yield the meeting's events after seq `after`, in order."""
        yield from self._events("SELECT json FROM event WHERE meeting = ? AND seq > ? ORDER BY seq", meeting, after)

    def read_kind(self, meeting: str, kind: str) -> Iterator[Event]:
        """Yield the meeting's events of one kind, in order."""
        yield from self._events("SELECT json FROM event WHERE meeting = ? AND kind = ? ORDER BY seq", meeting, kind)

    def _events(self, query: str, *values: str | int) -> Iterator[Event]:
        with self._translated():
            rows = self._db.execute(query, values).fetchall()
        decoder = msgspec.json.Decoder(Event)
        for (json,) in rows:
            try:
                event: Event = decoder.decode(json)
            except msgspec.DecodeError:
                raise LogCorrupt(self._corrupt()) from None
            yield event

    def versions(self, meeting: str, track: str, cue: str) -> list[CueUpdate]:
        """Return every kept revision of a cue, the oldest first."""
        with self._translated():
            rows = self._db.execute(
                "SELECT json FROM event WHERE meeting = ? AND track = ? AND cue = ? ORDER BY revision",
                (meeting, track, cue),
            ).fetchall()
        decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
        events = [decoder.decode(json) for (json,) in rows]
        return [event.update for event in events if isinstance(event, CaptionEvent)]

    def meetings(self) -> list[Kept]:
        """All meetings, the newest first."""
        return self._kept("ORDER BY started DESC, id")

    def find(self, meeting: str) -> Kept | None:
        """Return the meeting, if there is one."""
        found = self._kept("WHERE id = ?", meeting)
        return found[0] if found else None

    def mark_exported(self, meeting: str, seq: int) -> None:
        """Remember that the archive's files hold everything up to `seq`."""
        with self._transaction():
            self._db.execute("UPDATE meeting SET exported = ? WHERE id = ?", (seq, meeting))

    def backup(self, target: Path) -> None:
        """Copy the whole log, as it is now, into the fresh file `target`; StorageFull when there is no room for it."""
        from server.archive.backup import copy_open  # noqa: PLC0415 - it reads this module's names

        copy_open(self._db, target)

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Read from a table of its own that another subject keeps beside the log."""
        with self._translated():
            return self._db.execute(query, values).fetchall()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do several things durably or not at all: `add`, `overwrite`, and statements on tables beside the log."""
        with self._transaction():
            yield self._db

    def add(self, meeting: str, draft: Event) -> Event | None:
        """Append within a transaction; see `append`."""
        return self._insert(meeting, draft)

    def overwrite(self, meeting: str, event: Event) -> None:
        """Put `event` in the place of the one of its seq, within a transaction; nothing of the old content stays."""
        json = msgspec.json.encode(event)
        self._db.execute("UPDATE event SET json = ? WHERE meeting = ? AND seq = ?", (json, meeting, event.seq))
        self._db.execute("UPDATE meeting SET rewritten = rewritten + 1 WHERE id = ?", (meeting,))

    def truncate(self) -> None:
        """Empty the write-ahead log, so that what was overwritten is in no file; StorageFull when it cannot be."""
        with self._translated():
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def write(self, query: str, values: Sequence[object] = ()) -> None:
        """Write durably to a table that another subject keeps beside the log; StorageFull when there is no room."""
        with self._transaction():
            self._db.execute(query, values)

    def _insert(self, meeting: str, draft: Event) -> Event | None:
        if isinstance(draft, CaptionEvent):
            track, cue, revision = draft.track, draft.update.cue.id, draft.update.revision
            newest = self._db.execute(
                "SELECT revision, json FROM event WHERE meeting = ? AND track = ? AND cue = ? "
                "ORDER BY revision DESC LIMIT 1",
                (meeting, track, cue),
            ).fetchone()
            if newest is not None and (newest[0] >= revision or (not draft.update.human and _by_a_person(newest[1]))):
                return None
        epoch, last = self._db.execute("SELECT epoch, seq FROM meeting WHERE id = ?", (meeting,)).fetchone()
        event: Event = msgspec.structs.replace(draft, epoch=epoch, seq=last + 1)
        self._store(meeting, event)
        return event

    def _store(self, meeting: str, event: Event) -> None:
        track = cue = revision = None
        if isinstance(event, CaptionEvent):
            track, cue, revision = event.track, event.update.cue.id, event.update.revision
        kind = str(type(event).__struct_config__.tag)
        row = (meeting, event.seq, kind, track, cue, revision, msgspec.json.encode(event))
        self._db.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        self._db.execute("UPDATE meeting SET seq = ? WHERE id = ?", (event.seq, meeting))
        if isinstance(event, StateEvent):
            self._db.execute("UPDATE meeting SET state = ? WHERE id = ?", (event.state.value, meeting))

    def _erase(self, meeting: str) -> None:
        self._db.execute("DELETE FROM event WHERE meeting = ?", (meeting,))
        self._db.execute("DELETE FROM meeting WHERE id = ?", (meeting,))

    def _kept(self, clause: str, *values: str) -> list[Kept]:
        columns = "id, title, started, epoch, state, seq, exported, rewritten"
        query = f"SELECT {columns} FROM meeting {clause}"  # noqa: S608 - our own
        with self._translated():
            rows = self._db.execute(query, values).fetchall()
        return [Kept(Meeting(r[0], r[1], r[2]), r[3], MeetingState(r[4]), *r[5:]) for r in rows]

    def _prepare(self) -> None:
        # One server to a log: a second would give the same seq to other events.
        durable = ("journal_mode = WAL", "synchronous = FULL")
        for pragma in ("locking_mode = EXCLUSIVE", "secure_delete = ON", *durable, PAGES):
            self._db.execute(f"PRAGMA {pragma}").fetchall()
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            msg = f"{self._path} was written by a newer version: install that version, or name another data folder"
            raise LogTooNew(msg)
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            self._db.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")
        if self._db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise LogCorrupt(self._corrupt())
        self._db.execute("BEGIN IMMEDIATE")  # takes the lock for good, in the exclusive mode
        self._db.execute("ROLLBACK")
        with contextlib.suppress(OSError):  # not every file system knows modes
            os.chmod(self._path, 0o600)  # noqa: PTH101 - no link is followed that we did not make

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._translated(), transaction(self._db):
            yield

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn SQLite's errors into ours, with the remedy."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", None)
            code = code & 0xFF if isinstance(code, int) else sqlite3.SQLITE_ERROR
            if code in _FULL:
                msg = f"{self._path} cannot be written: free space on its disk; nothing that was kept is lost"
                raise StorageFull(msg) from error
            if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                msg = f"{self._path} is in use: end the other server, or name another data folder"
                raise LogInUse(msg) from error
            if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
                raise LogCorrupt(self._corrupt()) from error
            msg = f"{self._path} cannot be used ({error.__class__.__name__}): see the log of the server"
            raise StorageError(msg) from error

    def _corrupt(self) -> str:
        return (
            f"{self._path} is damaged: move it away together with the files beside it that begin with its name, keep "
            "them for repair, and start again; the files in the folder archive stay readable"
        )


def _by_a_person(json: bytes) -> bool:
    return _author.decode(json).update.human
