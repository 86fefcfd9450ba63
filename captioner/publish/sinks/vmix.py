"""vMix: a title's text is set by a GET to its web controller, normally at http://127.0.0.1:8088."""

from urllib.parse import urlencode

from captioner.publish.sinks.contract import Line, Post, Shape
from captioner.publish.sinks.platform import Platform


class VMix(Platform):
    """Format of a vMix title."""

    shape = Shape(width=42, lines=2, gap_ms=1000)
    later = frozenset({404, 500})  # 500: there is no such input, or the title is not loaded yet

    def __init__(self, url: str, source: str = "Captions", field: str = "Message.Text") -> None:
        """Take the controller's address, the title's name or number, and the name of its text field."""
        super().__init__(url.rstrip("/"))
        self._source = source
        self._field = field

    def post(self, line: Line) -> Post:
        """Set the text; what stood there before is replaced."""
        query = {"Function": "SetText", "Input": self._source, "SelectedName": self._field, "Value": line.text}
        return Post("GET", f"{self._url}/API/?{urlencode(query)}")
