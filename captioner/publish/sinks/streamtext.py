"""StreamText's ingestion shape: a stream of characters in numbered posts. Other software takes captions by it too.

The receiver joins the posts to one stream; a line therefore ends with its own newline.
"""

from urllib.parse import quote

from captioner.publish.sinks.contract import Answer, Line, Post, Shape, Verdict, by_status, with_query

_LATER = frozenset({404})
_REFUSED = frozenset({401, 403})


class StreamText:
    """Format of StreamText's caption posts."""

    shape = Shape(width=64, lines=1, gap_ms=200)

    def __init__(self, url: str) -> None:
        """Take the caption address."""
        self._url = url

    def post(self, line: Line) -> Post:
        """The line's characters, with language in the address and in the headers."""
        url = with_query(self._url, f"seq={line.seq}&lang={quote(line.language, safe='')}")
        headers = {"Content-Type": "text/plain; charset=utf-8", "Content-Language": line.language}
        return Post("POST", url, headers, (line.text + "\n").encode())

    def verdict(self, answer: Answer) -> Verdict:
        """By status."""
        return by_status(answer, _LATER, _REFUSED)

    def ask_seq(self) -> None:
        """The platform does not tell."""
