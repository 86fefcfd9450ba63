"""YouTube Live: captions over HTTP, with UTC times, so that they stand beside what was said.

Source: "Closed Captions over HTTP for YouTube Live Streams". The seq rises by one for new captions and not for retries;
`<br>` breaks a line; a POST without a body is a heartbeat, answered with the server's time.
"""

from datetime import UTC, datetime

from captioner.publish.sinks.contract import Answer, Line, Post, Shape, Verdict, by_status, with_query

_LATER = frozenset({404})
_REFUSED = frozenset({400, 401, 403})
_REGION = "region:reg1#cue1"


class YouTube:
    """Format of a YouTube live stream."""

    shape = Shape(width=40, lines=2, gap_ms=500)

    def __init__(self, url: str) -> None:
        """Take the ingestion address as YouTube Studio shows it."""
        self._url = url

    def post(self, line: Line) -> Post:
        """A time and the text; a `<` of the text is no mark-up."""
        when = datetime.fromtimestamp(line.at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        safe = line.text.replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}").replace("\n", "<br>")
        return self._post(line.seq, f"{when} {_REGION}\n{safe}\n".encode())

    def heartbeat(self, seq: int) -> Post:
        """Ask for the server's time; `seq` is that of the last caption."""
        return self._post(seq, b"")

    def _post(self, seq: int, body: bytes) -> Post:
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        return Post("POST", with_query(self._url, f"seq={seq}"), headers, body)

    def verdict(self, answer: Answer) -> Verdict:
        """By status."""
        return by_status(answer, _LATER, _REFUSED)

    def ask_seq(self) -> None:
        """The platform does not tell."""
