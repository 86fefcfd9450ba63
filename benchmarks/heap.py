"""What a process has in memory, and whose it is: Python's, SQLite's, or what malloc keeps."""

import ctypes
import ctypes.util
import gc
import sys

import msgspec
import psutil


class Heap(msgspec.Struct, frozen=True):
    """One moment; None where this machine cannot tell."""

    memory_mb: float
    """Resident, as the system sees it."""
    handed_out_kb: float | None
    """What malloc has given and not taken back, SQLite's among it, Python's small blocks not (glibc)."""
    sqlite_kb: float | None
    """What SQLite says that it holds: nearly all of it pages of its databases."""
    blocks: int
    """Of Python's own allocator: all small objects."""
    objects: int
    """That the garbage collector knows."""


class _Mallinfo(ctypes.Structure):
    """`struct mallinfo2`, mallinfo(3)."""

    _fields_ = (
        *((name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks")),
        *((name, ctypes.c_size_t) for name in ("uordblks", "fordblks", "keepcost")),
    )


def heap() -> Heap:
    """Collect what is garbage, and look at what is left.

    Python remembers for up to 4,096 attributes where they were found, and holds the name with which each was asked for:
    a name that was made for the question alone stays until another takes its place. That is emptied, too.
    """
    gc.collect()
    sys._clear_type_cache()  # noqa: SLF001 - it is documented
    memory = round(psutil.Process().memory_info().rss / 2**20, 2)
    return Heap(memory, _handed_out(), _sqlite(), sys.getallocatedblocks(), len(gc.get_objects()))


def _handed_out() -> float | None:
    try:
        ask = ctypes.CDLL(None).mallinfo2
    except (AttributeError, OSError, TypeError):
        return None  # another C library
    ask.restype = _Mallinfo
    info = ask()
    return round(float(info.uordblks + info.hblkhd) / 1024, 1)


def _sqlite() -> float | None:
    name = ctypes.util.find_library("sqlite3")
    if name is None:
        return None  # it is built into this Python
    ask = ctypes.CDLL(name).sqlite3_memory_used
    ask.restype = ctypes.c_int64
    return round(float(ask()) / 1024, 1)
