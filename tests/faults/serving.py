"""A server in a process of its own, with the limits that a test wants; ends when standard input does.

python serving.py FOLDER JSON      JSON: {"limits": {...}, "timing": {...}, "proxies": [...]}
"""

import asyncio
import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from server.archive.thread import LogThread
from server.config import ServerConfig, Timing
from server.limits import Limits
from server.main import run
from server.proxies import Proxies
from server.session import Session
from viewer import FOLDER


def break_in():
    """Put bugs at the places where what clients send is worked on, and where a library or the loop reports them."""
    receive, find, append = Session.receive, LogThread.find, LogThread.append

    def faulty_receive(session, frame):
        if "boom" in str(frame):
            asyncio.get_running_loop().call_soon(fail, str(frame))
            asyncio.get_running_loop().create_task(fail_later(str(frame)))
            logging.getLogger("library").warning("what came was %s", frame)
            fail(str(frame))
        return receive(session, frame)

    async def faulty_find(thread, meeting):
        if "boom" in meeting:
            try:
                fail(meeting)
            except ValueError as error:
                raise KeyError(meeting, str(error)) from error
        return await find(thread, meeting)

    async def faulty_append(thread, meeting, event):
        if "append-fault" in str(event):
            fail(str(event))
        return await append(thread, meeting, event)

    Session.receive, LogThread.find, LogThread.append = faulty_receive, faulty_find, faulty_append


def fail(words):
    raise ValueError(words)


async def fail_later(words):
    fail(words)


def main():
    """Serve until standard input ends."""
    wanted = json.loads(sys.argv[2])
    config = ServerConfig(
        data=Path(sys.argv[1]), viewer=FOLDER, port=0,
        limits=Limits(**wanted.get("limits", {})), timing=Timing(**wanted.get("timing", {})),
        proxies=Proxies.parse(wanted.get("proxies", ["loopback", "unix"])),
    )  # fmt: skip

    def end():
        sys.stdin.read()
        os.kill(os.getpid(), signal.SIGTERM)

    if wanted.get("faulty"):
        break_in()
    threading.Thread(target=end, daemon=True).start()
    run(config, lambda url: print(url, flush=True))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main()
