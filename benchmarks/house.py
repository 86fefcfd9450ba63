"""The real server in a process of its own, and a publisher for it: for measurements of what readers get."""

import secrets
import subprocess
import sys
from pathlib import Path

import msgspec

from captioner import messages
from captioner.captions.cue import CueUpdate, RecordPolicy, Track
from captioner.config import ServerSettings
from captioner.publish.server import ServerSink, Target
from captioner.publish.sink import Emitted
from server.tokens import host_token

TITLE = "A meeting"


class Server:
    """It can be killed and started again on its port."""

    def __init__(self, data: Path) -> None:
        """Start it on a data folder."""
        self.data = data
        self.port = 0
        self.start()

    def start(self) -> None:
        """Start it, on the port that it had before."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "captioner.serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        settings = msgspec.json.encode(ServerSettings("127.0.0.1", self.port, str(self.data))) + b"\n"
        if self.process.stdin is None or self.process.stdout is None:
            msg = "the server's pipes are not open"
            raise RuntimeError(msg)
        self.process.stdin.write(settings)
        self.process.stdin.flush()
        ready = messages.read(self.process.stdout.readline())
        if not isinstance(ready, messages.Ready):
            msg = f"the server is not ready: {ready}"
            raise RuntimeError(msg)  # noqa: TRY004 - no type of ours is wrong
        self.url = ready.url.rstrip("/")
        self.port = int(self.url.rsplit(":", 1)[1])

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


class Publisher:
    """Publishes one track."""

    def __init__(
        self, server: Server, track: Track | None = None, policy: RecordPolicy = RecordPolicy.ON_RECORD
    ) -> None:
        """Connect with the host's token."""
        address = server.url.replace("http", "ws", 1) + "/ws"
        token = host_token(server.data)
        identity = secrets.token_hex(4)
        self.sink = ServerSink(Target(address, token, "m1", TITLE, track or Track("floor", "en"), policy, identity))
        self.sink.start(10)

    def push(self, update: CueUpdate) -> None:
        """Publish one update."""
        self.sink.push(Emitted(update, 0, 0))

    def close(self, *, end: bool = False) -> None:
        """Go, or end the meeting."""
        self.sink.close(end=end, timeout=5 if end else 1)
