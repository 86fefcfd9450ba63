"""What the platforms that are told by HTTP have in common."""

from typing import ClassVar

from captioner.publish.sinks.contract import Answer, Line, Post, Verdict, by_status

_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


class Platform:
    """Judges by status, numbers nothing and tells no time, unless a platform's own format says otherwise."""

    later: ClassVar[frozenset[int]] = frozenset({404})
    """Statuses of a meeting that has not begun."""
    refused: ClassVar[frozenset[int]] = frozenset({401, 403})
    """Statuses of an address or a secret that no longer holds."""

    def __init__(self, url: str) -> None:
        """Take the address as it was copied from the platform."""
        self._url = url

    def verdict(self, answer: Answer) -> Verdict:
        """By status."""
        return by_status(answer, self.later, self.refused)

    def ask_seq(self) -> Post | None:
        """The platform does not tell."""
        return None

    def clock_ms(self, answer: Answer) -> int | None:  # noqa: ARG002 - for those that do
        """The platform does not tell."""
        return None


class OneLine(Platform):
    """A POST of plain text for each line, to the very address; nothing can be changed afterwards."""

    later = frozenset({400, 404})

    def post(self, line: Line) -> Post:
        """One line of text."""
        return plain(self._url, line.text)


def plain(url: str, text: str) -> Post:
    """Return a POST of plain text."""
    return Post("POST", url, _PLAIN, text.encode())
