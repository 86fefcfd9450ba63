import sqlite3

import pytest

from server.archive.catalogue import Catalogue
from server.archive.log import EventLog
from server.archive.transaction import PAGES_KIB, transaction


@pytest.fixture
def db():
    made = sqlite3.connect(":memory:", isolation_level=None)
    made.execute("CREATE TABLE t (n INTEGER)")
    yield made
    made.close()


def rows(db):
    return [row[0] for row in db.execute("SELECT n FROM t")]


def test_all_or_nothing(db):
    with transaction(db):
        db.execute("INSERT INTO t VALUES (1)")
        db.execute("INSERT INTO t VALUES (2)")
    with pytest.raises(sqlite3.ProgrammingError), transaction(db):
        db.executemany("INSERT INTO t VALUES (?)", [(3,), ("no such", "row")])
    assert rows(db) == [1, 2]
    assert not db.in_transaction


@pytest.mark.parametrize("kind", [EventLog, Catalogue])
def test_a_database_keeps_so_much_in_memory_and_no_more(kind, tmp_path):
    opened = kind(tmp_path)
    assert opened._db.execute("PRAGMA cache_size").fetchone() == (-PAGES_KIB,), "whatever this SQLite's own default is"
    opened.close()
