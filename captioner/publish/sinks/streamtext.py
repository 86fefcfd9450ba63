"""StreamText's ingestion shape: a stream of characters in numbered posts. Other software takes captions by it too.

The receiver joins the posts to one stream; a line therefore ends with its own newline.
"""

from dataclasses import replace
from urllib.parse import quote

from captioner.publish.sinks.contract import Line, Post, Shape, with_query
from captioner.publish.sinks.platform import Platform, plain


class StreamText(Platform):
    """Format of StreamText's caption posts."""

    shape = Shape(width=64, lines=1, gap_ms=200)

    def post(self, line: Line) -> Post:
        """The line's characters, with language in the address and in the headers."""
        post = plain(with_query(self._url, f"seq={line.seq}&lang={quote(line.language, safe='')}"), line.text + "\n")
        return replace(post, headers={**post.headers, "Content-Language": line.language})
