"""YouTube Live: captions over HTTP, with UTC times, so that they stand beside what was said.

Source: "Closed Captions over HTTP for YouTube Live Streams". The seq rises by one for new captions and not for retries;
`<br>` breaks a line; a POST without a body is a heartbeat. Every answer is the server's time, and captions are given
times by that clock.
"""

from datetime import UTC, datetime

from captioner.publish.sinks.contract import Answer, Line, Post, Shape, with_query
from captioner.publish.sinks.platform import Platform, plain

_REGION = "region:reg1#cue1"


class YouTube(Platform):
    """Format of a YouTube live stream."""

    shape = Shape(width=40, lines=2, gap_ms=500, beat_ms=20_000)
    refused = frozenset({400, 401, 403})

    def post(self, line: Line) -> Post:
        """A time and the text; a `<` of the text is no mark-up. A line without text is a heartbeat."""
        url = with_query(self._url, f"seq={line.seq}")
        if not line.text:
            return plain(url, "")
        when = datetime.fromtimestamp(line.at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        safe = line.text.replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}").replace("\n", "<br>")
        return plain(url, f"{when} {_REGION}\n{safe}\n")

    def clock_ms(self, answer: Answer) -> int | None:
        """Return the server's time as Unix time in ms; None where the answer holds none."""
        try:
            told = datetime.fromisoformat(answer.body.decode("ascii").strip())
        except ValueError:
            return None
        return round(told.replace(tzinfo=told.tzinfo or UTC).timestamp() * 1000)
