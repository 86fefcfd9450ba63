"""What holds for every database of the archive: a transaction, what a number is, how much of it stays in memory."""

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Annotated

import msgspec

PAGES_KIB = 2_000  # of a database's pages stay in a connection's memory: as in most builds of SQLite
PAGES = f"cache_size = -{PAGES_KIB}"  # the pragma: negative is KiB


Whole = Annotated[int, msgspec.Meta(ge=1 - 2**53, le=2**53 - 1)]
"""A number that comes from outside: a column holds it, and JavaScript tells it from its neighbours."""


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Do several things or none: what fails leaves the database as it was, and is raised."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                db.execute("ROLLBACK")
