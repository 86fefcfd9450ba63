"""Microsoft Teams' CART captions: the organiser copies an address with the meeting's id and a token.

Every POST is a new line of 80 to 120 characters; nothing can be changed afterwards. 404 or 400: the meeting or its
captions have not begun; 401 and 403: the token has expired.
"""

from captioner.publish.sinks.contract import Answer, Line, Post, Shape, Verdict, by_status

_LATER = frozenset({400, 404})
_REFUSED = frozenset({401, 403})


class Teams:
    """Format of a Teams meeting."""

    shape = Shape(width=100, lines=1, gap_ms=500)

    def __init__(self, url: str) -> None:
        """Take the address as the organiser copied it."""
        self._url = url

    def post(self, line: Line) -> Post:
        """One line of text."""
        return Post("POST", self._url, {"Content-Type": "text/plain; charset=utf-8"}, line.text.encode())

    def verdict(self, answer: Answer) -> Verdict:
        """By status."""
        return by_status(answer, _LATER, _REFUSED)

    def ask_seq(self) -> None:
        """The platform does not tell."""
