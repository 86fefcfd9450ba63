"""What is open: the list of published records and the words in them, in a file that can be made anew from the log.

Only what the public may read comes here. SQLite with FTS5; words are made comparable by `folding` before.
"""

import contextlib
import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from captioner.captions.cue import Origin
from captioner.captions.labels import is_label
from server.archive import folding
from server.archive.catalogue_schema import SCRIPT, VERSION
from server.archive.record import Record
from server.archive.transaction import PAGES, transaction
from server.errors import StorageError

FILE = "search.sqlite3"
_COLUMNS = (
    "n, id, title, started, length, series, series_key, licence, languages, tracks, automatic, version, epoch, seq, "
    "updated, deleted, reason"
)

_STONE = (
    "INSERT INTO meeting (n, id, title, started, length, series, series_key, licence, languages, tracks, automatic, "
    "version, epoch, seq, updated, deleted, reason) "
    "VALUES (?, ?, '', 0, 0, '', '', '', '[]', '[]', 0, 0, '', 0, ?, 1, ?)"
)
_SPEAKS = " AND n IN (SELECT meeting FROM language WHERE code = ?)"


@dataclass(frozen=True, slots=True)
class Entry:
    """A published record in the lists, or what is left of one that was taken away."""

    n: int
    id: str
    title: str
    started: int  # Unix time in ms
    length: int  # ms
    series: str
    series_key: str
    licence: str  # URI
    languages: tuple[str, ...]
    tracks: tuple[str, ...]
    automatic: bool
    version: int  # 0: the log as it is
    epoch: str
    seq: int
    updated: int  # Unix time in ms
    deleted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who spoke on the record, and where first in which meeting."""

    key: str
    name: str
    meetings: int = 0
    turns: int = 0


@dataclass(frozen=True, slots=True)
class Spoken:
    """A meeting in which somebody spoke."""

    entry: Entry
    turns: int
    track: str
    cue: str
    start: int  # ms


@dataclass(frozen=True, slots=True)
class Window:
    """Which changes are asked for."""

    since: int = 0  # Unix time in ms
    until: int = 2**62
    series: str = ""  # its key
    language: str = ""


def slug(name: str) -> str:
    """Return a name's address: readable where it is Latin, and always its own."""
    folded, _ = folding.fold(name)
    readable = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:40]
    digest = hashlib.sha256(folded.encode()).hexdigest()[:8]
    return f"{readable}-{digest}" if readable else digest


class Catalogue:
    """One connection to the file; every method blocks, and one thread at a time may call."""

    def __init__(self, data: Path) -> None:
        """Open or create the file; one of another version, or damaged, is made anew and is empty then."""
        self._path = data / FILE
        try:
            self._db = self._open()
        except sqlite3.DatabaseError:
            self._discard()
            try:
                self._db = self._open()
            except sqlite3.Error as error:
                msg = f"{self._path} cannot be used ({error.__class__.__name__}): free space on its disk"
                raise StorageError(msg) from error

    @property
    def db(self) -> sqlite3.Connection:
        """Return the connection, for searching."""
        return self._db

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def put(self, record: Record, at: int) -> bool:
        """Take a public record, in the place of what was known of its meeting; False when it is known as it is."""
        digest = _digest(record)
        known = self._db.execute(
            "SELECT n, digest FROM meeting WHERE id = ? AND deleted = 0", (record.meeting.id,)
        ).fetchone()
        if known and known[1] == digest:
            return False
        with self._transaction():
            number = self._clear(record.meeting.id)
            self._insert(record, number, digest, at)
        return True

    def remove(self, meeting: str, at: int, reason: str = "") -> None:
        """Take a record away; what stays is its id, when and why. Nothing of its words stays in the file."""
        with self._transaction():
            number = self._clear(meeting)
            if number is None:
                return
            self._db.execute(_STONE, (number, meeting, at, reason))
        self.scrub()

    def scrub(self) -> None:
        """Leave nothing in the file of words that were taken away: FTS5 keeps them until it merges."""
        self._db.execute("INSERT INTO words (words) VALUES ('optimize')")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def bury(self, meeting: str, at: int, reason: str) -> None:
        """Remember a removal from before, unless the record is here again."""
        with self._transaction():
            if self._db.execute("SELECT 1 FROM meeting WHERE id = ?", (meeting,)).fetchone() is None:
                self._db.execute(_STONE, (None, meeting, at, reason))

    def removals(self) -> list[tuple[str, int, str]]:
        """Return (meeting, when, why) of all that was taken away."""
        return list(self._db.execute("SELECT id, updated, reason FROM meeting WHERE deleted = 1 ORDER BY updated"))

    def saw(self, meeting: str, seq: int) -> None:
        """Remember up to which event of its log a meeting was looked at."""
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO seen VALUES (?, ?)", (meeting, seq))

    def seen(self) -> dict[str, int]:
        """Return up to which event of its log each meeting was looked at."""
        return dict(self._db.execute("SELECT id, seq FROM seen"))

    def entry(self, meeting: str) -> Entry | None:
        """Return what is known of a meeting, also that it was taken away."""
        found = self._entries("WHERE id = ?", meeting)
        return found[0] if found else None

    def entries(self, limit: int, offset: int = 0, series: str = "", language: str = "") -> tuple[list[Entry], int]:
        """Return a page of the list, the newest meeting first, and how many there are in all."""
        clause, values = "deleted = 0", []
        if series:
            clause, values = f"series_key = ? AND {clause}", [series]
        if language:
            clause, values = clause + _SPEAKS, [*values, language]
        count = self._db.execute(f"SELECT COUNT(*) FROM meeting WHERE {clause}", values).fetchone()[0]  # noqa: S608 - ours
        order = "ORDER BY started DESC, id LIMIT ? OFFSET ?"
        return self._entries(f"WHERE {clause} {order}", *values, limit, offset), count

    def changes(self, limit: int, wanted: "Window", after: tuple[int, str] = (0, "")) -> list[Entry]:
        """Return what changed, removals too, the oldest change first; `after` is the last one's (updated, id).

        Reading on from a place, not from a number, misses nothing when a record changes meanwhile.
        """
        clause = "updated BETWEEN ? AND ? AND (updated, id) > (?, ?)"
        values: list[str | int] = [wanted.since, wanted.until, *after]
        if wanted.series:
            clause, values = f"{clause} AND series_key = ?", [*values, wanted.series]
        if wanted.language:
            clause, values = clause + _SPEAKS, [*values, wanted.language]
        return self._entries(f"WHERE {clause} ORDER BY updated, id LIMIT ?", *values, limit)

    def series(self) -> list[tuple[str, str, int]]:
        """Return (key, name, number of meetings) of all series, by name."""
        query = (
            "SELECT series_key, MIN(series), COUNT(*) FROM meeting WHERE deleted = 0 AND series_key <> '' "
            "GROUP BY series_key ORDER BY 2"
        )
        return [tuple(row) for row in self._db.execute(query)]

    def languages(self) -> list[tuple[str, int]]:
        """Return (code, number of meetings) of all languages."""
        return list(self._db.execute("SELECT code, COUNT(*) FROM language GROUP BY code ORDER BY code"))

    def speakers(self, limit: int, offset: int = 0) -> tuple[list[Speaker], int]:
        """Return a page of those who spoke on the record, by name, and how many there are."""
        query = "SELECT key, MIN(name), COUNT(*), SUM(turns) FROM speaker GROUP BY key ORDER BY 2, 1 LIMIT ? OFFSET ?"
        count = self._db.execute("SELECT COUNT(DISTINCT key) FROM speaker").fetchone()[0]
        return [Speaker(*row) for row in self._db.execute(query, (limit, offset))], count

    def speaker(self, key: str, limit: int, offset: int = 0) -> tuple[Speaker | None, list[Spoken]]:
        """Return somebody and a page of the meetings, the newest first."""
        who = self._db.execute(
            "SELECT key, MIN(name), COUNT(*), SUM(turns) FROM speaker WHERE key = ? GROUP BY key", (key,)
        ).fetchone()
        query = (
            "SELECT s.turns, s.track, s.cue, s.start, m.id FROM speaker s JOIN meeting m ON m.n = s.meeting "
            "WHERE s.key = ? ORDER BY m.started DESC, m.id LIMIT ? OFFSET ?"
        )
        spoken = []
        for turns, track, cue, start, meeting in self._db.execute(query, (key, limit, offset)).fetchall():
            entry = self.entry(meeting)
            if entry:
                spoken.append(Spoken(entry, turns, track, cue, start))
        return (Speaker(*who) if who else None), spoken

    def earliest(self) -> int:
        """Return the time of the first change, in ms; 0 in an empty catalogue."""
        return self._db.execute("SELECT MIN(updated) FROM meeting").fetchone()[0] or 0

    def verify(self) -> list[str]:
        """Return what is wrong with the file; nothing when it is whole."""
        problems = [row[0] for row in self._db.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
        try:
            self._db.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError:
            problems.append("the index of words does not fit the words")
        return problems

    def _entries(self, clause: str, *values: str | int) -> list[Entry]:
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM meeting {clause}", values)  # noqa: S608 - our own
        return [_entry(row) for row in rows]

    def _insert(self, record: Record, number: int | None, digest: str, at: int) -> None:
        cues = [(track, update.cue) for track in record.tracks for update in track.cues]
        languages = sorted({cue.language for _, cue in cues} | {track.track.language for track in record.tracks})
        automatic = any(track.track.origin is Origin.AUTOMATIC for track in record.tracks)
        about, meeting = record.about, record.meeting
        length = max((cue.end for _, cue in cues), default=0)
        row = (
            number, meeting.id, meeting.title, meeting.started, length, about.series,
            slug(about.series) if about.series else "", about.licence, json.dumps(languages),
            json.dumps([track.track.id for track in record.tracks]), automatic, about.version, record.epoch, record.seq,
            at, digest,
        )  # fmt: skip
        number = self._db.execute(
            "INSERT INTO meeting (n, id, title, started, length, series, series_key, licence, languages, tracks, "
            "automatic, version, epoch, seq, updated, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        ).lastrowid
        self._db.executemany("INSERT INTO language VALUES (?, ?)", [(number, code) for code in languages])
        speakers: dict[str, list[str | int | None]] = {}
        last = self._db.execute("SELECT COALESCE(MAX(n), 0) FROM cue").fetchone()[0]
        rows = []
        for place, (track, cue) in enumerate(cues, last + 1):
            folded = " ".join(folding.tokens(cue.text))
            rows.append((place, number, track.track.id, cue.id, cue.start, cue.language, cue.speaker, cue.text, folded))
            if cue.speaker and not is_label(cue.speaker):
                key = slug(cue.speaker)
                known = speakers.setdefault(key, [key, cue.speaker, number, 0, track.track.id, cue.id, cue.start])
                known[3] = int(known[3] or 0) + 1
        self._db.executemany("INSERT INTO cue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._db.executemany("INSERT INTO words (rowid, folded) VALUES (?, ?)", ((row[0], row[8]) for row in rows))
        self._db.executemany("INSERT INTO speaker VALUES (?, ?, ?, ?, ?, ?, ?)", speakers.values())

    def _clear(self, meeting: str) -> int | None:
        """Take everything of a meeting away; return its number for the next row."""
        found = self._db.execute("SELECT n FROM meeting WHERE id = ?", (meeting,)).fetchone()
        if found is None:
            return None
        number: int = found[0]
        self._db.execute(
            "INSERT INTO words (words, rowid, folded) SELECT 'delete', n, folded FROM cue WHERE meeting = ?", (number,)
        )
        for table in ("cue", "speaker", "language"):
            self._db.execute(f"DELETE FROM {table} WHERE meeting = ?", (number,))  # noqa: S608 - our own
        self._db.execute("DELETE FROM meeting WHERE n = ?", (number,))
        return number

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=10)
        try:
            for pragma in ("secure_delete = ON", "journal_mode = WAL", "synchronous = NORMAL", PAGES):
                db.execute(f"PRAGMA {pragma}").fetchall()
            version = db.execute("PRAGMA user_version").fetchone()[0]
            _check(version)
            if version == 0:
                db.executescript(f"BEGIN IMMEDIATE; {SCRIPT} PRAGMA user_version = {VERSION}; COMMIT;")
            db.execute("SELECT COUNT(*) FROM meeting").fetchone()
        except BaseException:
            db.close()
            raise
        return db

    def _discard(self) -> None:
        for end in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                self._path.with_name(self._path.name + end).unlink(missing_ok=True)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with transaction(self._db):
            yield


def _check(version: int) -> None:
    if version not in (0, VERSION):
        msg = "another version"
        raise sqlite3.DatabaseError(msg)


def _entry(row: tuple[object, ...]) -> Entry:
    values = list(row)
    values[8], values[9] = tuple(json.loads(str(row[8]))), tuple(json.loads(str(row[9])))
    values[10], values[15] = bool(row[10]), bool(row[15])
    return Entry(*values)  # type: ignore[arg-type]


def _digest(record: Record) -> str:
    """Tell two states of a record apart: its log, what was released of it, and what is known beside it."""
    words = [
        (t.track, u.revision, u.cue.id, u.cue.start, u.cue.speaker, u.cue.text) for t in record.tracks for u in t.cues
    ]
    told = repr((record.epoch, record.seq, record.meeting, record.about, record.off_record, words))
    return hashlib.sha256(told.encode()).hexdigest()
