"""vMix: a title's text is set by a GET to its web controller, normally at http://127.0.0.1:8088."""

from urllib.parse import urlencode

from captioner.publish.sinks.contract import Answer, Line, Post, Shape, Verdict, by_status

_LATER = frozenset({404, 500})  # 500: there is no such input, or the title is not loaded yet
_REFUSED = frozenset({401, 403})


class VMix:
    """Format of a vMix title."""

    shape = Shape(width=42, lines=2, gap_ms=1000)

    def __init__(self, url: str, source: str = "Captions", field: str = "Message.Text") -> None:
        """Take the controller's address, the title's name or number, and the name of its text field."""
        self._url = url.rstrip("/")
        self._source = source
        self._field = field

    def post(self, line: Line) -> Post:
        """Set the text; what stood there before is replaced."""
        query = {"Function": "SetText", "Input": self._source, "SelectedName": self._field, "Value": line.text}
        return Post("GET", f"{self._url}/API/?{urlencode(query)}")

    def verdict(self, answer: Answer) -> Verdict:
        """By status."""
        return by_status(answer, _LATER, _REFUSED)

    def ask_seq(self) -> None:
        """The platform does not tell."""
