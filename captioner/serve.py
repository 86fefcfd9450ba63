"""The server's process: `captioner serve`, or supervised, with its settings on standard input as a lifeline."""

import os
import signal
import sys
import threading
from pathlib import Path

import msgspec

from captioner import messages
from captioner.config import ServerSettings, default_data
from captioner.errors import ExitCode
from captioner.quiet import only_shapes
from server.config import ServerConfig
from server.errors import ServerError
from server.main import run
from server.proxies import Header, Proxies
from viewer import FOLDER


def server_config(settings: ServerSettings) -> ServerConfig:
    """Return the server's own configuration."""
    data = Path(settings.data) if settings.data else default_data()
    return ServerConfig(
        host=settings.host,
        port=settings.port,
        data=data,
        viewer=FOLDER,
        backplane=os.environ.get("CAPTIONER_BACKPLANE", ""),  # it may hold a password: never in arguments
        edge=settings.edge,
        proxies=Proxies.parse(settings.proxies, Header(settings.proxy_header)),
        socket=Path(settings.socket) if settings.socket else None,
    )


def supervised() -> int:
    """Serve until standard input ends."""
    only_shapes()
    settings = msgspec.json.decode(messages.read_settings(), type=ServerSettings)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the supervisor decides

    def watch() -> None:
        messages.wait_for_end()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
    try:
        return run(server_config(settings), lambda url: messages.say(messages.Ready(url=url)))
    except ServerError as error:
        messages.say(messages.Failed(code=ExitCode(error.exit_code), problem=str(error), remedy=""))
        return error.exit_code


if __name__ == "__main__":
    sys.exit(supervised())
