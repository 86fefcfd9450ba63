"""Runs a program under a unit's system call filter, as systemd would: `python confined.py ERRNO NAMES... -- PROGRAM...`."""

import ctypes
import errno
import os
import sys

_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000


def confine(names, refused):
    """Allow these system calls alone; others fail with `refused`, or end the process when it is 0."""
    lib = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    lib.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(lib.seccomp_init(ctypes.c_uint32(_ERRNO | refused if refused else _KILL)))
    for name in names:
        number = lib.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # others are of other machines
            lib.seccomp_rule_add(context, ctypes.c_uint32(_ALLOW), ctypes.c_int(number), ctypes.c_uint(0))
    code = lib.seccomp_load(context)
    if code:
        raise OSError(-code, "the filter cannot be loaded")


if __name__ == "__main__":
    at = sys.argv.index("--")
    word = sys.argv[1]
    confine(sys.argv[2:at], getattr(errno, word) if word else 0)
    os.execv(sys.argv[at + 1], sys.argv[at + 1 :])  # noqa: S606 - what the test names
