"""Webex's third-party captions: the host copies a link; each line is a POST of plain text."""

from captioner.publish.sinks.contract import Answer, Line, Post, Shape, Verdict, by_status

_LATER = frozenset({400, 404})
_REFUSED = frozenset({401, 403})


class Webex:
    """Format of a Webex meeting."""

    shape = Shape(width=80, lines=1, gap_ms=500)

    def __init__(self, url: str) -> None:
        """Take the link as the host copied it."""
        self._url = url

    def post(self, line: Line) -> Post:
        """One line of text."""
        return Post("POST", self._url, {"Content-Type": "text/plain; charset=utf-8"}, line.text.encode())

    def verdict(self, answer: Answer) -> Verdict:
        """By status."""
        return by_status(answer, _LATER, _REFUSED)

    def ask_seq(self) -> None:
        """The platform does not tell."""
