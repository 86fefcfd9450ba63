import ctypes
import sys

import psutil
import pytest

from captioner.memory import Trimmer


def test_memory_is_given_back_once_a_minute():
    times = iter([0.0, 59.0, 60.0, 60.0, 61.0, 119.0, 120.5, 120.5, 500.0, 500.0])
    asked = []
    trimmer = Trimmer(lambda pad: asked.append(pad) or 1, lambda: next(times))
    counts = []
    for _ in range(6):  # each looks at the clock, and again when it trims
        trimmer()
        counts.append(len(asked))
    assert counts == [0, 1, 1, 1, 2, 3]
    assert asked == [0, 0, 0]


def test_a_machine_without_such_a_call_loses_nothing(monkeypatch):
    def no_library(_):
        raise OSError

    monkeypatch.setattr("captioner.memory.ctypes.CDLL", no_library)
    now = 0.0
    trimmer = Trimmer(clock=lambda: now)
    now = 100.0
    trimmer()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="malloc_trim is glibc's")
def test_what_was_freed_is_the_machines_again():
    if not hasattr(ctypes.CDLL(None), "malloc_trim"):
        pytest.skip("this C library has no malloc_trim")
    now = 0.0
    trimmer = Trimmer(clock=lambda: now)
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = (
        ctypes.c_void_p,
        [ctypes.c_size_t],
        [ctypes.c_void_p],
    )
    pieces = [libc.malloc(60_000) for _ in range(1_000)]  # 60 MB in pieces that stay in the heap
    for piece in pieces:
        ctypes.memset(piece, 1, 60_000)
    for piece in pieces[:-1]:  # the last one keeps the heap from shrinking by itself
        libc.free(piece)
    before = psutil.Process().memory_info().rss
    now = 61.0
    trimmer()
    after = psutil.Process().memory_info().rss
    libc.free(pieces[-1])
    assert before - after > 30_000_000
