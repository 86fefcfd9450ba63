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
)
