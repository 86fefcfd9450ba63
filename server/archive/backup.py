"""Copies of the log: made whole, checked, and put back without losing what was there. Every function blocks."""

import contextlib
import errno
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from captioner.captions.event import Event
from server.archive.backup_recordings import bring_back
from server.archive.log import FILE
from server.archive.schema import MIGRATIONS
from server.errors import LogCorrupt, LogInUse, LogTooNew, StorageError, StorageFull
from server.tokens import make_data_folder

_BESIDE = ("", "-wal", "-shm", "-journal")
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Contents(msgspec.Struct, frozen=True):
    """What a copy holds."""

    meetings: int
    events: int
    recordings: int = 0
    """Published recordings that were put in their place."""
    lost: int = 0
    """Published recordings that are not beside the copy: attach them again."""


def copy_open(database: sqlite3.Connection, target: Path) -> None:
    """Copy an open log into the fresh file `target`, for its owner only, as one moment of it; StorageError."""
    with _translated(target):
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with contextlib.closing(sqlite3.connect(target)) as copy:
            database.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE").fetchall()  # one file, with nothing beside it
        _to_disk(target)


def copy_closed(data: Path, target: Path) -> None:
    """Copy the log of a server that does not run, as it is; LogInUse when one runs."""
    log = data / FILE
    if not log.is_file():
        msg = f"there is no log in {data}: name the server's data folder"
        raise StorageError(msg)
    with _translated(log), contextlib.closing(_open(log, "rw")) as database:
        database.execute("SELECT count(*) FROM meeting").fetchone()  # LogInUse; the copying would wait for ever
        copy_open(database, target)


def check(copy: Path) -> Contents:
    """Read all of a copy and say what it holds; LogCorrupt or LogTooNew when it is no whole log of ours."""
    damaged = f"{copy} is no whole copy of a log: take another one"
    if not copy.is_file():
        msg = f"there is no file {copy}"
        raise StorageError(msg)
    try:
        with contextlib.closing(_open(copy, "ro")) as database:
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version > len(MIGRATIONS):
                msg = f"{copy} was made by a newer version: install that version"
                raise LogTooNew(msg)
            if version < 1 or database.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                raise LogCorrupt(damaged)
            meetings = database.execute(
                "SELECT seq, (SELECT count(*) FROM event WHERE meeting = meeting.id) FROM meeting"
            ).fetchall()
            decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
            events = 0
            for (json,) in database.execute("SELECT json FROM event"):
                decoder.decode(json)
                events += 1
    except (sqlite3.DatabaseError, msgspec.DecodeError) as error:
        raise LogCorrupt(damaged) from error
    if any(seq != count for seq, count in meetings):
        raise LogCorrupt(damaged)
    return Contents(len(meetings), events)


def restore(copy: Path, data: Path, *, force: bool) -> tuple[Contents, Path | None]:
    """Put a copy in the place of the log; return what it holds and where the log that was there is now.

    Nothing is changed unless all of it can be done: the copy is checked and on the disk before the old log is moved.
    Every meeting gets another epoch: readers, edges and Redis, who may know more of it than the copy, begin anew. The
    archive's files are written anew at the next start. StorageError also when a server runs, and when there is a
    log and `force` is False.
    """
    held = check(copy)
    make_data_folder(data)
    log, fresh = data / FILE, data / f"{FILE}.restored"
    if log.exists():
        _no_server(log)
        if not force:
            msg = f"{data} has a log already: give another --data, or --force to move the old log aside"
            raise StorageError(msg)
    try:
        with _translated(log):
            shutil.copyfile(copy, fresh)
            os.chmod(fresh, 0o600)  # noqa: PTH101 - no link is followed that we did not make
            with contextlib.closing(sqlite3.connect(fresh, isolation_level=None)) as database:
                _begin_anew(database)
                recordings, lost = bring_back(database, copy, data)
            _to_disk(fresh)
            aside = _aside(log) if log.exists() else None
            fresh.replace(log)
            _to_disk(data)
    finally:
        fresh.unlink(missing_ok=True)
    return msgspec.structs.replace(held, recordings=recordings, lost=lost), aside


def _begin_anew(database: sqlite3.Connection) -> None:
    decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
    versions = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'version'").fetchone()
    database.execute("BEGIN")
    for (meeting,) in database.execute("SELECT id FROM meeting").fetchall():
        epoch = secrets.token_hex(8)
        database.execute("UPDATE meeting SET exported = 0, epoch = ? WHERE id = ?", (epoch, meeting))
        if versions:
            database.execute("UPDATE version SET epoch = ? WHERE meeting = ?", (epoch, meeting))
        seqs = database.execute("SELECT seq FROM event WHERE meeting = ?", (meeting,)).fetchall()
        for (seq,) in seqs:
            at = (meeting, seq)
            (json,) = database.execute("SELECT json FROM event WHERE meeting = ? AND seq = ?", at).fetchone()
            fresh = msgspec.json.encode(msgspec.structs.replace(decoder.decode(json), epoch=epoch))
            database.execute("UPDATE event SET json = ? WHERE meeting = ? AND seq = ?", (fresh, *at))
    database.execute("COMMIT")


def _aside(log: Path) -> Path:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    number = 0
    while (aside := log.with_name(f"{log.name}.before-{stamp}" + (f"-{number}" if number else ""))).exists():
        number += 1
    for end in _BESIDE:
        beside = log.with_name(log.name + end)
        if beside.exists():
            beside.replace(aside.with_name(aside.name + end))
    return aside


def _no_server(log: Path) -> None:
    try:
        with contextlib.closing(_open(log, "rw")) as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            msg = f"{log} is in use: end the server first"
            raise LogInUse(msg) from error  # a damaged log is in nobody's use


def _open(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=2, isolation_level=None)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            msg = f"{path} is in use by a server: give its address with --url"
            raise LogInUse(msg) from error
        if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
            msg = f"{path} cannot be written: free space on its disk"
            raise StorageFull(msg) from error
        msg = f"{path} is damaged or no log"
        raise LogCorrupt(msg) from error
    except FileExistsError as error:
        msg = f"{path} exists already: give another name"
        raise StorageError(msg) from error
    except OSError as error:
        kind = StorageFull if error.errno in _NO_ROOM else StorageError
        msg = f"{path} cannot be written ({error.strerror}): free space on its disk, or name another place"
        raise kind(msg) from error
