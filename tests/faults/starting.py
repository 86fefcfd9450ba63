"""Starts our child processes quickly, for tests that need hundreds: all is imported once, and each is a fork.

One job a line on standard input, {"module", "folder"}: the module runs as `python -m` would run it, with the folder's
files `in`, `out` and `err` as its standard streams. One line is answered when it has ended: its exit code. It ends without
taking the interpreter apart, which would take longer than all the rest.
"""

import importlib
import json
import os
import runpy
import sys
import threading
from pathlib import Path

MODULES = ("captioner.output", "captioner.pipeline", "captioner.serve")


def become(job):
    """Run the job in this process, which is a fork."""
    for descriptor, (name, flags) in enumerate((("in", os.O_RDONLY), ("out", os.O_WRONLY), ("err", os.O_WRONLY))):
        opened = os.open(Path(job["folder"], name), flags)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.argv[:] = [job["module"]]
    code = 0
    try:
        runpy.run_module(job["module"], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code or 0
    except BaseException:  # noqa: BLE001 - what the interpreter does
        sys.excepthook(*sys.exc_info())
        code = 1
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main():
    for module in MODULES:
        importlib.import_module(module)
    for module in MODULES:
        del sys.modules[module]  # what it imports stays; it runs afresh
    while line := sys.stdin.buffer.raw.readline():  # unbuffered: a fork has read nothing ahead
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            become(job)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
