"""Text made comparable for search in six languages and more; pure.

Letters are compared by NFKC and without case; marks on Latin, Greek, Arabic and Hebrew letters are left out; the forms
of alef and ya are one letter each, so are the Cyrillic ye and yo. Scripts without spaces become pairs of characters.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_SAME = {
    "\u0622": "\u0627", "\u0623": "\u0627", "\u0625": "\u0627", "\u0671": "\u0627",  # alef; then ya, waw, ta marbuta
    "\u0649": "\u064a", "\u0626": "\u064a", "\u06cc": "\u064a", "\u0624": "\u0648", "\u0629": "\u0647",
    "\u06a9": "\u0643", "\u0451": "\u0435", "\u0640": "",  # kaf, yo, tatweel
}  # fmt: skip
_SCRIPTS = ("LATIN", "GREEK")  # whose marks are left out
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u00ad]"
)
_WIDE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u0e00-\u0e7f"
_TOKEN = re.compile(rf"[{_WIDE}]+|[^\W_{_WIDE}](?:[^\W_{_WIDE}]|[\u0900-\u0dff])*")
_QUERY = re.compile(r'"([^"]*)"|(\S+)')
MAX_TERMS = 12  # of a query; more find nothing more
MAX_QUERY = 300  # characters


@dataclass(frozen=True, slots=True)
class Term:
    """What must be found: tokens that follow each other."""

    tokens: tuple[str, ...]
    prefix: bool  # the last one may go on

    def fts(self) -> str:
        """Return it in the language of FTS5."""
        return f'"{" ".join(self.tokens)}"{" *" if self.prefix else ""}'


def fold(text: str) -> tuple[str, list[int]]:
    """Return the text made comparable, and for each of its characters the place in `text` (NFC)."""
    made: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for one in _fold_letter(letter):
            made.append(one)
            places.append(place)
    return "".join(made), places


def tokens(text: str) -> list[str]:
    """Return the text as what the index holds: words; of scripts without spaces each pair, and the last character."""
    found: list[str] = []
    for match in _TOKEN.finditer(_folded(text)):
        found += _pairs(match[0]) if is_wide(match[0]) else [match[0]]
    return found


def parse(query: str) -> list[Term]:
    """Return what a query asks for: all its words, phrases in quotes, and beginnings of words with `*`."""
    terms: list[Term] = []
    for phrase, word in _QUERY.findall(unicodedata.normalize("NFC", query[:MAX_QUERY])):
        found = _query_tokens(phrase or word)
        if found:
            beginning = word.endswith("*") or (len(found) == 1 and len(found[0]) == 1 and is_wide(found[0]))
            terms.append(Term(tuple(found), beginning))
    return terms[:MAX_TERMS]


def marked(text: str, terms: Sequence[Term]) -> list[tuple[str, bool]]:
    """Return the text in pieces, each with whether it was asked for."""
    text = unicodedata.normalize("NFC", text)
    folded, places = fold(text)
    hit = [False] * len(text)
    for term in terms:
        for start, end in _hits(folded, term):
            last = places[end - 1] + 1
            while last < len(text) and not _fold_letter(text[last]):  # marks on the last letter
                last += 1
            hit[places[start] : last] = [True] * (last - places[start])
    pieces: list[tuple[str, bool]] = []
    for letter, found in zip(text, hit, strict=True):
        if pieces and pieces[-1][1] == found:
            pieces[-1] = (pieces[-1][0] + letter, found)
        else:
            pieces.append((letter, found))
    return pieces


def _hits(folded: str, term: Term) -> Iterator[tuple[int, int]]:
    """Yield where the tokens of a term stand; each is marked for itself, so that what is between stays unmarked."""
    for token in term.tokens:
        wide = is_wide(token)
        before, after = ("", "") if wide else (r"(?<![^\W_])", "" if term.prefix else r"(?![^\W_])")
        for match in re.finditer(f"{before}{re.escape(token)}{after}", folded):
            yield match.span()


def _query_tokens(text: str) -> list[str]:
    """Return a query's tokens: as in the index, but without the last single character of a longer run."""
    found: list[str] = []
    for match in _TOKEN.finditer(_folded(text)):
        run = match[0]
        if not is_wide(run) or len(run) == 1:
            found.append(run)
        else:
            found += _pairs(run)[:-1]
    return found


def _folded(text: str) -> str:
    return "".join(map(_fold_letter, unicodedata.normalize("NFC", text)))


@lru_cache(maxsize=65_536)
def _fold_letter(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    return "".join(map(_bare, unicodedata.normalize("NFKC", letter).casefold()))


def _bare(letter: str) -> str:
    letter = _SAME.get(letter, letter)
    if not letter or _MARKS.fullmatch(letter):
        return ""
    if not letter.isascii() and unicodedata.name(letter, "").startswith(_SCRIPTS):
        return "".join(one for one in unicodedata.normalize("NFD", letter) if not unicodedata.combining(one))
    return letter


def is_wide(token: str) -> bool:
    """Tell whether a token is of a script without spaces."""
    return re.match(f"[{_WIDE}]", token) is not None


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run))]
