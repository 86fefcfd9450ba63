"""EPUB 3. Source: W3C EPUB 3.3 and EPUB Accessibility 1.1. The same record gives the same bytes."""

import functools
import io
import uuid
import zipfile

import jinja2

from server.archive.export.content import facts, sections
from server.archive.export.imsc import xml_text
from server.archive.record import Record, TrackRecord
from server.archive.templating import environment

_CONTAINER = """\
<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
_STYLE = """\
body { line-height: 1.5; }
.time { font-size: 0.8em; }
aside { border-left: 0.2em solid; padding-left: 1em; }
"""
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say


def epub(record: Record, track: TrackRecord) -> bytes:
    """Return the track as a .epub file; a chapter for each point of the agenda."""
    chapters = [
        (f"part-{number}", heading.title if heading else record.meeting.title, parts)
        for number, (heading, parts) in enumerate(sections(record, track), 1)
    ]
    names = [(name, title) for name, title, _ in chapters]
    identifier = record.uri() or uuid.uuid5(uuid.NAMESPACE_URL, f"{record.epoch}/{track.track.id}").urn
    files = {
        "META-INF/container.xml": _CONTAINER,
        "EPUB/package.opf": _render("package.opf", record, track, chapters=names, identifier=identifier),
        "EPUB/nav.xhtml": _render("nav.xhtml", record, track, chapters=names),
        "EPUB/about.xhtml": _render("about.xhtml", record, track, facts=facts(record, track)),
        "EPUB/style.css": _STYLE,
    }
    for name, title, parts in chapters:
        shown = {"title": title, "parts": parts, "language": track.track.language}
        files[f"EPUB/{name}.xhtml"] = _render("chapter.xhtml", record, track, **shown)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype", _EPOCH), "application/epub+zip", zipfile.ZIP_STORED)
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), xml_text(content), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _render(template: str, record: Record, track: TrackRecord, **values: object) -> str:
    return _environment().get_template(f"export/{template}").render(record=record, track=track, **values)


@functools.cache
def _environment() -> jinja2.Environment:
    return environment()
