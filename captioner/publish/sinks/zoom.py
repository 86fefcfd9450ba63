"""Zoom's closed captioning: the host copies an address with a token; each line is a POST with a rising seq.

Zoom answers 400 while the meeting or its captioning has not begun, 403 when the token is not its own, 405 for the wrong
method. Its guide says to post again after any of them; captions then begin by themselves.
"""

from urllib.parse import quote

from captioner.publish.sinks.contract import Line, Post, Shape, with_query
from captioner.publish.sinks.platform import Platform, plain


class Zoom(Platform):
    """Format of a Zoom meeting."""

    shape = Shape(width=80, lines=1, gap_ms=300)
    later = frozenset({400, 404, 405})

    def post(self, line: Line) -> Post:
        """One line of text, ended by a newline so that Zoom begins another."""
        url = with_query(self._url, f"seq={line.seq}&lang={quote(region(line.language), safe='')}")
        return plain(url, line.text + "\n")

    def ask_seq(self) -> Post:
        """Ask for the last seq that Zoom has taken."""
        base, _, query = self._url.partition("?")
        return Post("GET", f"{base.rstrip('/')}/seq?{query}")


_REGIONS = {"en": "en-US", "fr": "fr-FR", "de": "de-DE", "es": "es-ES", "pt": "pt-BR", "it": "it-IT", "zh": "zh-CN",
            "ja": "ja-JP", "ko": "ko-KR", "ar": "ar-SA", "ru": "ru-RU", "nl": "nl-NL"}  # fmt: skip


def region(language: str) -> str:
    """Return a tag with a region, as Zoom's examples have it, where the language alone is known."""
    return _REGIONS.get(language.lower(), language)
