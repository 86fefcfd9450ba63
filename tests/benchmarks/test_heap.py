import gc
import sqlite3

import pytest

from benchmarks.heap import heap


def test_what_is_kept_is_seen_and_what_was_let_go_is_not():
    class Node:
        def __init__(self):
            self.other = self

    gc.collect()
    before = heap()
    kept = [Node() for _ in range(5_000)]
    full = heap()
    assert full.objects - before.objects >= 4_900
    assert full.blocks - before.blocks >= 4_900
    del kept
    assert heap().objects - before.objects < 1_000
    assert before.memory_mb > 1


def test_large_blocks_are_handed_out_by_malloc():
    before = heap().handed_out_kb
    if before is None:
        pytest.skip("another C library than glibc")
    block = bytearray(4 << 20)
    assert heap().handed_out_kb - before > 4_000
    del block
    assert heap().handed_out_kb - before < 1_000


def test_the_pages_of_a_database_are_sqlites():
    before = heap().sqlite_kb
    if before is None:
        pytest.skip("SQLite is built into this Python")
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE t (x)")
    database.execute("INSERT INTO t VALUES (zeroblob(1000000))")
    if heap().sqlite_kb == before:
        pytest.skip("this Python uses another SQLite")
    assert heap().sqlite_kb - before > 900
    database.close()
    assert heap().sqlite_kb - before < 100
