"""The one HTTP client of the outputs: no proxies, no redirects, and only the address that was checked.

The name is resolved once and checked; every connection then goes to that address, while TLS still proves the
name. A name that comes to point elsewhere changes nothing; one whose server is gone is resolved, and checked, again.
"""

import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from captioner.publish.sinks.addresses import BadAddress, Lookup, port_of, resolve, split, system_lookup
from captioner.publish.sinks.contract import Answer, HttpFormat, Line, NoAnswer, Outcome, Post, Shape, Verdict

_DIGITS = 12  # of a seq; nobody speaks so many lines
_MOST = 64 * 1024  # bytes of an answer; platforms send a few
SCHEMES = frozenset({"http", "https"})


def unix_ms() -> int:
    """Return Unix time."""
    return time.time_ns() // 1_000_000


class Pin:
    """One server's checked address."""

    def __init__(self, host: str, port: int, *, private: bool, lookup: Lookup = system_lookup) -> None:
        """Resolve at the first connection."""
        self._host, self._port, self._private, self._lookup = host, port, private, lookup
        self._known: str | None = None

    def connect(self, timeout: float) -> socket.socket:
        """Return a connected socket; OSError or NoAnswer where that fails now, BadAddress where it may not be."""
        if self._known is not None:
            try:
                return socket.create_connection((self._known, self._port), timeout)
            except OSError:
                self._known = None
        last: OSError | None = None
        for address in resolve(self._host, self._port, private=self._private, lookup=self._lookup):
            try:
                connection = socket.create_connection((address, self._port), timeout)
            except OSError as error:
                last = error
            else:
                self._known = address
                return connection
        raise last or OSError


class _Connection(http.client.HTTPConnection):
    """A connection over a socket that is there."""

    def __init__(self, host: str, port: int, connected: socket.socket) -> None:
        super().__init__(host, port)
        self.sock = connected


class HttpClient:
    """Sends requests to one server, a connection each: a kept one could be dead, and the line would be in doubt."""

    def __init__(self, url: str, *, private: bool, timeout_s: float = 8.0, lookup: Lookup = system_lookup) -> None:
        """Take any address of the server; BadAddress when it is none."""
        parts = split(url, SCHEMES)
        self._host, self._port, self._tls = parts.hostname or "", port_of(parts), parts.scheme == "https"
        self._default = parts.port is None
        self._pin = Pin(self._host, self._port, private=private, lookup=lookup)
        self._timeout = timeout_s
        self._context = ssl.create_default_context() if self._tls else None

    def send(self, post: Post) -> Answer:
        """Send and wait for the answer; NoAnswer when none comes, BadAddress when the server may not be spoken to."""
        parts = urlsplit(post.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            raw = self._pin.connect(self._timeout)
        except OSError as error:
            msg = "the server cannot be reached"
            raise NoAnswer(msg) from error
        try:
            with contextlib.closing(self._wrap(raw)) as connected:
                connection = _Connection(self._host, self._port, connected)
                connection.request(post.method, target, body=post.body or None, headers=self._headers(post))
                response = connection.getresponse()
                return Answer(response.status, response.read(_MOST), _seconds(response.getheader("Retry-After")))
        except ssl.SSLCertVerificationError as error:
            msg = "the server's certificate does not prove its name"
            raise NoAnswer(msg) from error
        except TimeoutError as error:
            msg = "no answer in time"
            raise NoAnswer(msg) from error
        except (OSError, http.client.HTTPException) as error:
            msg = "the connection broke"
            raise NoAnswer(msg) from error

    def _wrap(self, raw: socket.socket) -> socket.socket:
        raw.settimeout(self._timeout)
        if self._context is None:
            return raw
        try:
            return self._context.wrap_socket(raw, server_hostname=self._host)
        except BaseException:
            raw.close()
            raise

    def _headers(self, post: Post) -> dict[str, str]:
        host = f"[{self._host}]" if ":" in self._host else self._host
        headers = {"Host": host if self._default else f"{host}:{self._port}", "User-Agent": "captioner",
                   "Connection": "close", **post.headers}  # fmt: skip
        if post.method == "POST":
            headers["Content-Length"] = str(len(post.body))
        return headers


class HttpCarrier:
    """Takes lines to a platform by its format."""

    def __init__(self, platform: HttpFormat, client: HttpClient, clock: Callable[[], int] = unix_ms) -> None:
        """Join a format and the client of its server; `clock` is Unix time in ms."""
        self._platform, self._client, self._clock = platform, client, clock

    @property
    def shape(self) -> Shape:
        """The platform's."""
        return self._platform.shape

    def deliver(self, line: Line) -> Outcome:
        """One request; what comes back is judged by the format."""
        asked = self._clock()
        try:
            answer = self._client.send(self._platform.post(line))
        except NoAnswer as error:
            return Outcome(Verdict.AGAIN, note=str(error))
        middle = (asked + self._clock()) // 2
        verdict = self._platform.verdict(answer)
        wait = 0 if answer.retry_after_s is None else round(answer.retry_after_s * 1000)
        if verdict is not Verdict.ACCEPTED:
            return Outcome(verdict, wait, f"the platform answers {answer.status}")
        told = self._platform.clock_ms(answer)
        return Outcome(verdict, wait, ahead_ms=None if told is None else told - middle)

    def last_seq(self) -> int | None:
        """Ask the platform, where it tells."""
        post = self._platform.ask_seq()
        if post is None:
            return None
        try:
            answer = self._client.send(post)
        except (NoAnswer, BadAddress):
            return None
        text = answer.body.decode(errors="replace").strip()
        return int(text) if answer.status == http.HTTPStatus.OK and text.isdecimal() and len(text) < _DIGITS else None

    def close(self) -> None:
        """Nothing is kept open."""


def _seconds(header: str | None) -> float | None:
    """Return a Retry-After in seconds; dates are not worth a parser here."""
    if header is None or not header.strip().isdecimal():
        return None
    return float(header.strip()[:6])
