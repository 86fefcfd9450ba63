"""All formats of the archive, by the end of a file's name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from server.archive.export.brf import brf, brf_uncontracted
from server.archive.export.chapters import chapters
from server.archive.export.docx import docx
from server.archive.export.epub import epub
from server.archive.export.html import html, large
from server.archive.export.imsc import imsc
from server.archive.export.json_words import json_words
from server.archive.export.podcast import podcast
from server.archive.export.srt import srt
from server.archive.export.text import text
from server.archive.export.vtt import vtt
from server.archive.record import Record, TrackRecord

Render = Callable[[Record, TrackRecord], str | bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a track."""

    ending: str
    """Of the file's name, without the point before it."""
    name: str
    """For readers."""
    media_type: str
    render: Render
    text: bool = True
    """UTF-8, and worth compressing on its way."""
    attachment: bool = False
    """Kept by a browser instead of shown."""

    def __call__(self, record: Record, track: TrackRecord) -> bytes:
        """Return the file's bytes."""
        made = self.render(record, track)
        return made if isinstance(made, bytes) else made.encode()

    @property
    def content_type(self) -> str:
        """Return the value of the HTTP header."""
        return f"{self.media_type}; charset=utf-8" if self.text else self.media_type


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS = {
    made.ending: made
    for made in (
        Format("vtt", "WebVTT captions", "text/vtt", vtt),
        Format("srt", "SubRip captions", "application/x-subrip", srt),
        Format("ttml", "IMSC 1.1 captions", "application/ttml+xml", imsc),
        Format("txt", "Plain text", "text/plain", text),
        Format("html", "Web page that stands alone", "text/html", html, attachment=True),
        Format("large.html", "Large print", "text/html", large, attachment=True),
        Format("docx", "Word document", _WORD, docx, text=False, attachment=True),
        Format("epub", "EPUB book", "application/epub+zip", epub, text=False, attachment=True),
        Format("brf", "Contracted Braille", "application/x-brf", brf, text=False, attachment=True),
        Format("g1.brf", "Uncontracted Braille", "application/x-brf", brf_uncontracted, text=False, attachment=True),
        Format("json", "JSON with word times", "application/json", json_words),
        Format("podcast.json", "JSON for podcast players", "application/json", podcast),
        Format("chapters.vtt", "Chapters", "text/vtt", chapters),
    )
}
"""The formats in the order in which they are offered."""


def find(record: Record, name: str) -> Iterator[tuple[TrackRecord, Format]]:
    """Yield which track and format a file's name can mean: one at most, unless a track's id ends like a format."""
    for track in record.tracks:
        ending = name.removeprefix(f"{track.track.id}.")
        if ending != name and ending in FORMATS:
            yield track, FORMATS[ending]
