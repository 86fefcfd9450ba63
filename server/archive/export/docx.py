"""DOCX (ISO/IEC 29500) with real headings, languages and a bookmark at each cue, for lists of headings and links."""

import io
import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from docx import Document
from docx.document import Document as Made
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from captioner.captions.cue import CueUpdate, right_to_left
from captioner.captions.segments import join
from server.archive.export.content import Heading, Turn, clock, facts, parts
from server.archive.export.imsc import xml_text
from server.archive.record import Missing, Paragraph, Record, Remark, TrackRecord

_NOT_A_NAME = re.compile(r"[^A-Za-z0-9_]")
MAX_NAME = 40  # characters that Word allows in a bookmark's name


def docx(record: Record, track: TrackRecord) -> bytes:
    """Return the track as a .docx file."""
    document = Document()
    _describe(document, record, track)
    document.add_heading(xml_text(record.meeting.title), 0)
    document.add_paragraph(record.date)
    document.add_paragraph(track.quality)
    for name, value in facts(record, track):
        document.add_paragraph(xml_text(f"{name}: {value}"))
    document.add_heading("Text", 1)
    body = document.element.body
    marks = itertools.count(1)
    made = []
    for part in parts(record, track):
        match part:
            case Heading(title=title):
                made.append(_paragraph(_run(title), "Heading2"))
            case Missing():
                made.append(_paragraph(_run(f"[{part}]")))
            case Turn(paragraph=said, opens=opens):
                made.append(_turn(said, marks, opens=opens))
            case Remark():
                made.append(_paragraph(_run(f"Dissenting statement by {part.author}, {part.date}"), "Heading3"))
                made += [_paragraph(_run(line)) for line in part.text.splitlines()]
    holder = parse_xml(f"<w:body {nsdecls('w')}>{''.join(made)}</w:body>")
    last = body.sectPr
    for element in list(holder):
        last.addprevious(element)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def bookmark(cue: str) -> str:
    """Return the name of a cue's bookmark: Word allows letters, digits and '_', and 40 characters."""
    return f"cue_{_NOT_A_NAME.sub('_', cue)}"[:MAX_NAME]


def _describe(document: Made, record: Record, track: TrackRecord) -> None:
    properties = document.core_properties
    started = datetime.fromtimestamp(record.meeting.started / 1000, UTC).replace(tzinfo=None)
    properties.title = xml_text(record.meeting.title)[:255]
    properties.language = track.track.language
    properties.created = properties.modified = started
    properties.author = properties.last_modified_by = ""
    properties.comments = track.quality
    properties.subject = "Transcript"
    if record.about.licence:
        properties.keywords = xml_text(record.about.licence)[:255]


def _turn(said: Paragraph, marks: Iterator[int], *, opens: bool) -> str:
    runs = [_run(f"{clock(said.start)} ")]
    if opens:
        runs.append(_run(f"{said.speaker}: ", bold=True))
    text = ""
    for update in said.cues:
        longer = join(text, update.cue.text)
        runs.append(_cue(update, next(marks), longer[len(text) : len(longer) - len(update.cue.text)]))
        text = longer
    return _paragraph("".join(runs), rtl=right_to_left(said.language))


def _cue(update: CueUpdate, number: int, gap: str) -> str:
    name = quoteattr(bookmark(update.cue.id))
    begin, end = f'<w:bookmarkStart w:id="{number}" w:name={name}/>', f'<w:bookmarkEnd w:id="{number}"/>'
    return begin + _run(gap + update.cue.text, update.cue.language) + end


def _paragraph(runs: str, style: str = "", *, rtl: bool = False) -> str:
    kind = f"<w:pStyle w:val={quoteattr(style)}/>" if style else ""
    return f"<w:p><w:pPr>{kind}{'<w:bidi/>' if rtl else ''}</w:pPr>{runs}</w:p>"


def _run(text: str, language: str = "", *, bold: bool = False) -> str:
    rtl = bool(language) and right_to_left(language)
    kind = "w:bidi" if rtl else "w:eastAsia" if language.split("-", maxsplit=1)[0] in {"zh", "ja", "ko"} else "w:val"
    tag = f"<w:lang {kind}={quoteattr(language)}/>" if language else ""
    style = f"{'<w:b/>' if bold else ''}{'<w:rtl/>' if rtl else ''}{tag}"
    return f'<w:r><w:rPr>{style}</w:rPr><w:t xml:space="preserve">{escape(xml_text(text))}</w:t></w:r>'
