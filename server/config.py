"""What a server is started with; parsed once by whoever starts it."""

from dataclasses import dataclass, field
from pathlib import Path

from server.limits import Limits
from server.proxies import Proxies


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the server waits for what, in seconds. Tests shorten it."""

    ping_s: float = 2.0
    """Between two signs of life to every client; equals wire.HEARTBEAT_MS."""
    silent_s: float = 4.0
    """A publisher that says nothing for so long is shown as absent: it reports every second or two."""
    hello_s: float = 10.0
    """A client must say hello so soon."""
    head_s: float = 10.0
    """The head of a connection's first request must have come so soon."""
    dead_s: float = 20.0
    """A connection whose WebSocket pings stay unanswered for about so long is closed."""
    lease_s: float = 10.0
    """A person who took over a track and is gone keeps it for so long."""
    finish_s: float = 10.0
    """When the host ends a meeting, its captioners get so long to caption what was heard."""
    close_s: float = 2.0
    """At the end, clients get so long to take what is left for them."""


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Where to listen, where to keep, what to show."""

    data: Path
    """Folder of the log, the host's token and the archive; created when missing."""
    viewer: Path
    """Folder of the viewer's static files, `live.html` among them."""
    host: str = "127.0.0.1"
    """Address to listen on; anything but loopback lets the whole network read."""
    port: int = 8080
    """0 takes any free port."""
    limits: Limits = field(default_factory=Limits)
    timing: Timing = field(default_factory=Timing)
    proxies: Proxies = field(default_factory=Proxies)
    """Whom to believe about where a request comes from."""
    socket: Path | None = None
    """Listen on this Unix socket instead of an address, for a proxy on this machine."""
    backplane: str = ""
    """Address of Redis, for several machines; a secret. "" for one machine."""
    edge: bool = False
    """Serve readers from the backplane; `data` is then only a copy, begun anew at every start."""
