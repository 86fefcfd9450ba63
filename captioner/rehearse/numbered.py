"""Stand-ins of the platforms whose posts are numbered: Zoom, YouTube Live, StreamText."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from captioner.rehearse.standin import Numbers, Reply, Request, text_of

_ZOOM = ("id", "ns", "expire", "sparams", "signature")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}( region:\w+#\w+)?")
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_LONGEST = 2_000  # characters in one post; nobody reads more at once


class Numbered:
    """What the three share."""

    def __init__(self) -> None:
        """Nothing has come."""
        self.lines: list[str] = []
        self._numbers = Numbers()
        self._others: list[str] = []

    @property
    def violations(self) -> list[str]:
        """All of them."""
        return [*self._others, *self._numbers.violations]

    def wrong(self, what: str) -> None:
        """Note a violation."""
        self._others.append(what)

    def text(self, request: Request) -> str:
        """Return the text of the body."""
        return text_of(request, self._others)

    def take(self, request: Request, text: str) -> None:
        """Count a post and keep its text if it is new."""
        if self._numbers.take(request.one("seq"), request.body):
            self.lines.append(text)

    @property
    def last(self) -> int:
        """The last seq."""
        return self._numbers.last


class ZoomStandin(Numbered):
    """`POST …/closedcaption?id&ns&expire&sparams&signature&seq&lang`; 400 until `started`."""

    path = "/closedcaption?id=200610693&ns=R2F1&expire=86400&sparams=id%2Cns%2Cexpire&signature=c2ln"

    def __init__(self) -> None:
        """The meeting runs."""
        super().__init__()
        self.started = True

    def answer(self, request: Request) -> Reply:
        """As Zoom."""
        if any(not request.one(name) for name in _ZOOM) or request.one("signature") != "c2ln":
            self.wrong("the copied address was changed")
            return Reply(403)
        if request.path == "/closedcaption/seq" and request.method == "GET":
            return Reply(200, str(self.last).encode())
        if request.path != "/closedcaption":
            self.wrong(f"the path is {request.path}")
            return Reply(404)
        if request.method != "POST":
            self.wrong(f"the method is {request.method}")
            return Reply(405)
        if not self.started:
            return Reply(400)
        if not re.fullmatch(r"[a-z]{2,3}-[A-Z]{2}", request.one("lang")):
            self.wrong("lang is no tag such as en-US")
        text = self.text(request)
        if not text.strip() or len(text) > _LONGEST:
            self.wrong("a post without text, or with a page of it")
        self.take(request, text.removesuffix("\n"))
        return Reply(200, b"OK")


class YouTubeStandin(Numbered):
    """`POST …&seq`: pairs of a UTC time and a text; an empty body is a heartbeat; every answer is the server's time."""

    path = "/closedcaption?cid=abcd-efgh"

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Nothing has come; `clock` is the server's."""
        super().__init__()
        self.heartbeats = 0
        self.times: list[str] = []
        self._clock = clock

    def answer(self, request: Request) -> Reply:
        """As YouTube's ingestion."""
        if request.method != "POST" or request.path != "/closedcaption" or request.one("cid") != "abcd-efgh":
            self.wrong("method, path or stream are not as copied")
            return Reply(400)
        now = self._clock().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3].encode()
        if not request.body:
            self.heartbeats += 1
            if request.one("seq") != str(self.last):
                self.wrong("a heartbeat has not the seq of the last captions")
            return Reply(200, now)
        rows = self.text(request).removesuffix("\n").split("\n")
        if len(rows) % 2 or any(not _TIME.fullmatch(row) for row in rows[::2]):
            self.wrong("not a UTC time and a text, each on its row")
            return Reply(400)
        self.times += [row[:23] for row in rows[::2]]
        self.take(request, "\n".join(row.replace("<br>", "\n") for row in rows[1::2]))
        return Reply(200, now)


class StreamTextStandin(Numbered):
    """`POST …&seq&lang`: one stream of characters, cut anywhere; backspaces delete."""

    path = "/captions/ingest?event=demo&key=secret"

    def answer(self, request: Request) -> Reply:
        """As a receiver of StreamText's posts."""
        if request.method != "POST" or request.one("event") != "demo" or request.one("key") != "secret":
            self.wrong("method or address are not as copied")
            return Reply(403)
        if not _TAG.fullmatch(request.one("lang")):
            self.wrong("lang is no language")
        self.take(request, self.text(request).removesuffix("\n"))
        return Reply(200)
