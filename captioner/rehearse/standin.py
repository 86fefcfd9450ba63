"""What every stand-in shares: requests as values, judges that answer them, faults, and an HTTP server around both."""

import contextlib
import enum
import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import parse_qs, urlsplit

_MOST = 1 << 20  # bytes of a request; a caption has a few hundred


class Fault(enum.Enum):
    """What goes wrong with a request."""

    NONE = enum.auto()
    ERROR = enum.auto()
    """A 5xx answer; the line is not taken."""
    BUSY = enum.auto()
    """A 429 or 503 with Retry-After; the line is not taken."""
    LOST_BEFORE = enum.auto()
    """The connection breaks before the line is taken."""
    LOST_AFTER = enum.auto()
    """The line is taken, and no answer comes in time."""


class Faults:
    """Draws faults from a seed, so that a failure can be looked at again."""

    def __init__(self, rate: float = 0.0, seed: int = 1) -> None:
        """`rate`: the share of requests that fail."""
        self._rate, self._random = rate, random.Random(seed)  # noqa: S311 - reproducible, not a secret
        self.injected = 0

    def draw(self) -> Fault:
        """Return what happens to the next request."""
        if self._random.random() >= self._rate:
            return Fault.NONE
        self.injected += 1
        return self._random.choice([Fault.ERROR, Fault.BUSY, Fault.LOST_BEFORE, Fault.LOST_AFTER])


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    # names in lower case
    body: bytes

    def one(self, name: str) -> str:
        """Return the parameter that must stand there once; "" where it does not."""
        values = self.query.get(name, [])
        return values[0] if len(values) == 1 else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Judge(Protocol):
    """A platform's rules."""

    @property
    def lines(self) -> list[str]:
        """What was taken, in order."""
        ...

    @property
    def violations(self) -> list[str]:
        """What was wrong with the requests."""
        ...

    def answer(self, request: Request) -> Reply:
        """Check a request and answer as the platform would."""
        ...


class Numbers:
    """The rule of numbered posts: one more for each new text, the same for a retry, and never anything else."""

    def __init__(self) -> None:
        """Begin before 1."""
        self.last = 0
        self._body = b""
        self.violations: list[str] = []

    def take(self, seq: str, body: bytes) -> bool:
        """Check a post; return whether it brings a new text."""
        if not seq.isdecimal() or int(seq) < 1:
            self.violations.append("seq is missing, or no number from 1")
            return False
        number = int(seq)
        if number == self.last:
            if body != self._body:
                self.violations.append(f"seq {number} came with two texts")
            return False
        if number != self.last + 1:
            self.violations.append(f"seq {number} came after {self.last}")
        self.last, self._body = number, body
        return True


def text_of(request: Request, violations: list[str]) -> str:
    """Return the body of a `text/plain` POST in UTF-8, noting what is wrong with it."""
    kind = request.headers.get("content-type", "").replace(" ", "").lower()
    if kind not in {"text/plain", "text/plain;charset=utf-8"}:
        violations.append(f"content type is {kind or 'missing'}, not text/plain in UTF-8")
    try:
        return request.body.decode("utf-8")
    except UnicodeDecodeError:
        violations.append("the body is not UTF-8")
        return ""


class HttpStandin:
    """Serves a judge on this machine while entered; `url` is its address without a path."""

    def __init__(self, judge: Judge, faults: Faults | None = None, late_s: float = 1.0) -> None:
        """`late_s`: how long an answer that comes too late takes; longer than the client's patience."""
        self.judge = judge
        self.requests = 0
        self._faults, self._late = faults or Faults(), late_s
        self._lock, self._stop = threading.Lock(), threading.Event()
        standin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 10

            def do_POST(self) -> None:
                standin.serve(self)

            do_GET = do_PUT = do_POST  # noqa: N815 - the base's names

            def log_message(self, *_: object) -> None:
                """Say nothing: lines are somebody's words."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="stand-in", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request, or fail as the faults say."""
        length = min(int(handler.headers.get("Content-Length") or 0), _MOST)
        parts = urlsplit(handler.path)
        request = Request(
            handler.command,
            parts.path,
            parse_qs(parts.query, keep_blank_values=True),
            {name.lower(): value for name, value in handler.headers.items()},
            handler.rfile.read(length),
        )
        with self._lock:
            self.requests += 1
            fault = self._faults.draw()
            reply = self.judge.answer(request) if fault in {Fault.NONE, Fault.LOST_AFTER} else Reply(500)
        handler.close_connection = True
        if fault is Fault.LOST_BEFORE:
            return
        if fault is Fault.LOST_AFTER:
            self._stop.wait(self._late)
            return
        if fault is Fault.BUSY:
            reply = Reply(503, headers={"Retry-After": "0"})
        handler.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(len(reply.body)), "Connection": "close"}.items():
            handler.send_header(name, value)
        with contextlib.suppress(ConnectionError):  # a client that lost its patience
            handler.end_headers()
            handler.wfile.write(reply.body)
