"""The tables of the catalogue. It is made from the log: another version of the schema is simply made anew."""

VERSION = 1
SCRIPT = """
CREATE TABLE meeting (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, started INTEGER NOT NULL,
    length INTEGER NOT NULL, series TEXT NOT NULL, series_key TEXT NOT NULL, licence TEXT NOT NULL,
    languages TEXT NOT NULL, tracks TEXT NOT NULL, automatic INTEGER NOT NULL, version INTEGER NOT NULL,
    epoch TEXT NOT NULL, seq INTEGER NOT NULL, updated INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '', digest TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX meeting_list ON meeting (deleted, started DESC, id);
CREATE INDEX meeting_series ON meeting (series_key, deleted, started DESC);
CREATE INDEX meeting_updated ON meeting (updated, id);
CREATE TABLE seen (id TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE language (meeting INTEGER NOT NULL, code TEXT NOT NULL, PRIMARY KEY (code, meeting)) STRICT, WITHOUT ROWID;
CREATE TABLE speaker (
    key TEXT NOT NULL, name TEXT NOT NULL, meeting INTEGER NOT NULL, turns INTEGER NOT NULL, track TEXT NOT NULL,
    cue TEXT NOT NULL, start INTEGER NOT NULL, PRIMARY KEY (key, meeting)
) STRICT, WITHOUT ROWID;
CREATE TABLE cue (
    n INTEGER PRIMARY KEY, meeting INTEGER NOT NULL, track TEXT NOT NULL, cue TEXT NOT NULL, start INTEGER NOT NULL,
    language TEXT NOT NULL, speaker TEXT NOT NULL, text TEXT NOT NULL, folded TEXT NOT NULL
) STRICT;
CREATE INDEX cue_meeting ON cue (meeting);
CREATE VIRTUAL TABLE words USING fts5 (
    folded, content='cue', content_rowid='n', tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
);
"""
