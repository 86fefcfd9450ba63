"""A server in a process of its own, with the limits that a test wants; ends when standard input does.

python serving.py FOLDER JSON      JSON: {"limits": {...}, "timing": {...}, "proxies": [...]}
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path

from server.config import ServerConfig, Timing
from server.limits import Limits
from server.main import run
from server.proxies import Proxies
from viewer import FOLDER


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

    threading.Thread(target=end, daemon=True).start()
    run(config, lambda url: print(url, flush=True))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main()
