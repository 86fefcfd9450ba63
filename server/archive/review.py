"""What is kept of the review beside the log: where a record stands, its versions, statements, refused proposals."""

import secrets

import msgspec

from captioner.captions.cue import MAX_NAME, clean_text
from server.archive.log import EventLog
from server.archive.publication import Review, State, Version
from server.archive.transaction import Whole

MAX_STATEMENT = 10_000  # characters; longer ones are documents of their own
MAX_NOTE = 500  # characters of a version's note, and of a reason
MAX_STATEMENTS = 200  # for a meeting


class Statement(msgspec.Struct, frozen=True):
    """A signed dissenting statement on a stretch of cues."""

    id: str
    track: str
    first: str  # cue
    last: str  # cue
    author: str
    text: str
    at: int  # Unix time in ms


class Dismissed(msgspec.Struct, frozen=True):
    """A proposal of the redaction helper that a person has refused."""

    track: str
    cue: str
    start: Whole
    end: Whole


def review_of(log: EventLog, meeting: str) -> Review:
    """Return where the record stands."""
    rows = log.rows("SELECT state, seq, by, at FROM review WHERE meeting = ?", (meeting,))
    return Review(State(rows[0][0]), *rows[0][1:]) if rows else Review()


def versions_of(log: EventLog, meeting: str) -> tuple[Version, ...]:
    """Return the published versions, the first one first."""
    query = "SELECT number, epoch, seq, at, note FROM version WHERE meeting = ? ORDER BY number"
    return tuple(Version(*row) for row in log.rows(query, (meeting,)))


def store_review(log: EventLog, meeting: str, review: Review, version: Version | None = None) -> None:
    """Keep where the record stands, and with it a new version."""
    with log.transaction() as db:
        values = (meeting, review.state.value, review.seq, review.by, review.at)
        db.execute("INSERT OR REPLACE INTO review (meeting, state, seq, by, at) VALUES (?, ?, ?, ?, ?)", values)
        if version is not None:
            row = (meeting, version.number, version.epoch, version.seq, version.at, version.note)
            db.execute("INSERT INTO version (meeting, number, epoch, seq, at, note) VALUES (?, ?, ?, ?, ?, ?)", row)


def statements_of(log: EventLog, meeting: str) -> tuple[Statement, ...]:
    """Return the statements, the oldest first."""
    query = "SELECT id, track, first, last, author, text, at FROM statement WHERE meeting = ? ORDER BY at, id"
    return tuple(Statement(*row) for row in log.rows(query, (meeting,)))


def make_statement(track: str, first: str, last: str, author: str, text: str, at: int) -> Statement:
    """Check what was written; ValueError with what is wrong."""
    author, text = clean_text(author), "\n".join(clean_text(line) for line in text.splitlines()).strip()
    if not author or len(author) > MAX_NAME:
        msg = f"a statement is signed: write a name of at most {MAX_NAME} characters"
        raise ValueError(msg)
    if not text or len(text) > MAX_STATEMENT:
        msg = f"write the statement, in at most {MAX_STATEMENT} characters"
        raise ValueError(msg)
    return Statement(secrets.token_hex(8), track, first, last, author, text, at)


def store_statement(log: EventLog, meeting: str, statement: Statement) -> None:
    """Keep a statement; ValueError when there are too many."""
    with log.transaction() as db:
        count = db.execute("SELECT COUNT(*) FROM statement WHERE meeting = ?", (meeting,)).fetchone()[0]
        if count >= MAX_STATEMENTS:
            msg = f"there are {MAX_STATEMENTS} statements: take one away first"
            raise ValueError(msg)
        row = (meeting, *msgspec.structs.astuple(statement))
        db.execute(
            "INSERT INTO statement (meeting, id, track, first, last, author, text, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )


def drop_statement(log: EventLog, meeting: str, statement: str) -> bool:
    """Take a statement away; False when there is none of this id."""
    with log.transaction() as db:
        done = db.execute("DELETE FROM statement WHERE meeting = ? AND id = ?", (meeting, statement))
        return done.rowcount > 0


def dismissed_of(log: EventLog, meeting: str) -> frozenset[Dismissed]:
    """Return the proposals that were refused."""
    query = "SELECT track, cue, start, end FROM dismissed WHERE meeting = ?"
    return frozenset(Dismissed(*row) for row in log.rows(query, (meeting,)))


def dismiss(log: EventLog, meeting: str, refused: Dismissed) -> None:
    """Remember that a proposal was refused."""
    with log.transaction() as db:
        row = (meeting, *msgspec.structs.astuple(refused))
        db.execute("INSERT OR IGNORE INTO dismissed (meeting, track, cue, start, end) VALUES (?, ?, ?, ?, ?)", row)
