"""Atom and RSS of what was published, a sitemap, and the description of the search for browsers. Pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from feedgen.feed import FeedGenerator
from lxml import etree

from server.archive.catalogue import Entry
from server.archive.export.imsc import xml_text
from server.archive.metadata import identifier
from server.archive.settings import ArchiveSettings
from server.archive.templating import day, machine

NEWEST = 50  # entries of a feed
MAX_ADDRESSES = 50_000  # of a sitemap, as sitemaps.org sets
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"


def feed(entries: Sequence[Entry], settings: ArchiveSettings, address: str, path: str, title: str) -> FeedGenerator:
    """Return the feed of a list; `atom_str` and `rss_str` write it. `path` is where it is served."""
    made = FeedGenerator()
    made.id(f"{address}{path}")
    made.title(xml_text(title))
    made.description(f"Transcripts: {xml_text(title)}")
    made.link(href=f"{address}{path}", rel="self")
    made.link(href=f"{address}/archive/", rel="alternate")
    made.author(name=settings.name, email=settings.email)
    made.updated(_moment(max((entry.updated for entry in entries), default=0)))
    for entry in entries:
        one = made.add_entry(order="append")
        one.id(identifier(address, entry.id))
        one.guid(identifier(address, entry.id), permalink=True)
        one.title(xml_text(entry.title))
        one.link(href=f"{address}/archive/{entry.id}/")
        one.published(_moment(entry.started))
        one.updated(_moment(entry.updated))
        one.summary(_summary(entry))
        if entry.series:
            one.category(term=xml_text(entry.series))
        if entry.licence:
            one.rights(entry.licence)
    return made


def sitemap(pages: Iterable[tuple[str, int | None]], address: str) -> bytes:
    """Return a sitemap of (path, when it changed in ms)."""
    root = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap={None: _SITEMAP})
    for count, (path, changed) in enumerate(pages):
        if count == MAX_ADDRESSES:
            break
        url = etree.SubElement(root, f"{{{_SITEMAP}}}url")
        etree.SubElement(url, f"{{{_SITEMAP}}}loc").text = f"{address}{path}"
        if changed is not None:
            etree.SubElement(url, f"{{{_SITEMAP}}}lastmod").text = machine(changed)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def opensearch(settings: ArchiveSettings, address: str) -> bytes:
    """Return the OpenSearch description, by which browsers offer the archive's search."""
    root = etree.Element(f"{{{_OPENSEARCH}}}OpenSearchDescription", nsmap={None: _OPENSEARCH})
    etree.SubElement(root, f"{{{_OPENSEARCH}}}ShortName").text = xml_text(settings.name)[:16]
    etree.SubElement(root, f"{{{_OPENSEARCH}}}Description").text = xml_text(f"Search: {settings.name}")
    where = {"type": "text/html", "template": f"{address}/search?q={{searchTerms}}&page={{startPage?}}"}
    etree.SubElement(root, f"{{{_OPENSEARCH}}}Url", where)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _summary(entry: Entry) -> str:
    quality = "made automatically, not an authoritative record" if entry.automatic else "made or corrected by a person"
    return f"Transcript of {day(entry.started)} in {', '.join(entry.languages) or 'no language'}; {quality}."


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
