"""The log's tables: one script for each version of the schema, in order; only ever appended to."""

MIGRATIONS = (
    """
CREATE TABLE meeting (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, started INTEGER NOT NULL, epoch TEXT NOT NULL,
    state TEXT NOT NULL, seq INTEGER NOT NULL, exported INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE event (
    meeting TEXT NOT NULL REFERENCES meeting(id), seq INTEGER NOT NULL, kind TEXT NOT NULL,
    track TEXT, cue TEXT, revision INTEGER, json BLOB NOT NULL,
    PRIMARY KEY (meeting, seq), UNIQUE (meeting, track, cue, revision)
) STRICT;
""",
    """
CREATE TABLE review (
    meeting TEXT PRIMARY KEY, state TEXT NOT NULL, seq INTEGER NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE TABLE version (
    meeting TEXT NOT NULL, number INTEGER NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
    note TEXT NOT NULL, PRIMARY KEY (meeting, number)
) STRICT;
CREATE TABLE statement (
    id TEXT PRIMARY KEY, meeting TEXT NOT NULL, track TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
    author TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE TABLE tombstone (
    meeting TEXT NOT NULL, start INTEGER, end INTEGER, reason TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE TABLE dismissed (
    meeting TEXT NOT NULL, track TEXT NOT NULL, cue TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    PRIMARY KEY (meeting, track, cue, start, end)
) STRICT;
""",
    """
CREATE TABLE invitation (
    id TEXT PRIMARY KEY, meeting TEXT NOT NULL, role TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL,
    label TEXT NOT NULL, revoked INTEGER NOT NULL
) STRICT;
CREATE TABLE passcode (meeting TEXT PRIMARY KEY, hash TEXT NOT NULL) STRICT;
""",
    """
CREATE TABLE setup (meeting TEXT PRIMARY KEY, json BLOB NOT NULL) STRICT;
""",
    """
ALTER TABLE invitation ADD COLUMN in_room INTEGER NOT NULL DEFAULT 0;
""",
    """
CREATE TABLE signal (
    meeting TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (meeting, at, kind, text)
) STRICT;
""",
    """
CREATE TABLE recording (
    meeting TEXT PRIMARY KEY, silent TEXT NOT NULL, digest TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
""",
    """
ALTER TABLE meeting ADD COLUMN rewritten INTEGER NOT NULL DEFAULT 0;
""",
)
