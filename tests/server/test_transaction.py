import sqlite3

import pytest

from server.archive.transaction import transaction


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
