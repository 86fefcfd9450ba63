"""Full-text search in the catalogue: all words of a query, with what was found marked and the way to its moment."""

from dataclasses import dataclass
from typing import Any

from server.archive import folding
from server.archive.catalogue import Catalogue

MANY = 1_000  # hits from which on the newest come first instead of the best: ranking more takes too long
SNIPPET = 240  # characters


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue that has all the words."""

    meeting: str
    title: str
    started: int  # Unix time in ms
    track: str
    cue: str
    start: int  # ms
    language: str
    speaker: str
    pieces: tuple[tuple[str, bool], ...]  # text, with whether it was asked for


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of hits."""

    hits: tuple[Hit, ...]
    total: int  # at most MANY + 1: more are not counted
    more: bool  # there is another page


def search(catalogue: Catalogue, query: str, limit: int, offset: int = 0, language: str = "", series: str = "") -> Hits:
    """Return a page of the cues with all words of the query; the best first, of very many the newest."""
    terms = folding.parse(query)
    if not terms:
        return Hits((), 0, more=False)
    clause = "words MATCH ?"
    values: list[str | int] = [" ".join(term.fts() for term in terms)]
    if language:
        clause, values = f"{clause} AND c.language = ?", [*values, language]
    if series:
        clause, values = f"{clause} AND m.series_key = ?", [*values, series]
    tables = "words JOIN cue c ON c.n = words.rowid JOIN meeting m ON m.n = c.meeting"
    count = f"SELECT COUNT(*) FROM (SELECT 1 FROM {tables} WHERE {clause} LIMIT {MANY + 1})"  # noqa: S608 - our own
    total = catalogue.db.execute(count, values).fetchone()[0]
    order = "words.rowid DESC" if total > MANY else "rank, words.rowid DESC"
    rows = catalogue.db.execute(
        "SELECT m.id, m.title, m.started, c.track, c.cue, c.start, c.language, c.speaker, c.text "  # noqa: S608 - our own
        f"FROM {tables} WHERE {clause} ORDER BY {order} LIMIT ? OFFSET ?",
        [*values, limit + 1, offset],
    ).fetchall()
    hits = tuple(_hit(row, terms) for row in rows[:limit])
    return Hits(hits, total, more=len(rows) > limit)


def _hit(row: tuple[Any, ...], terms: list[folding.Term]) -> Hit:
    meeting, title, started, track, cue, start, language, speaker, text = row
    return Hit(meeting, title, started, track, cue, start, language, speaker, _snippet(text, terms))


def _snippet(text: str, terms: list[folding.Term]) -> tuple[tuple[str, bool], ...]:
    """Return the text, or of a long one what stands about the first hit."""
    pieces = folding.marked(text, terms)
    if len(text) <= SNIPPET:
        return tuple(pieces)
    before = 0
    for piece, hit in pieces:
        if hit:
            break
        before += len(piece)
    start = max(0, before - SNIPPET // 3)
    start = text.rfind(" ", 0, start) + 1 if start else 0
    shown = text[start : start + SNIPPET]
    ends = ("\u2026" if start else "", "\u2026" if start + SNIPPET < len(text) else "")
    return tuple(folding.marked(f"{ends[0]}{shown}{ends[1]}", terms))
