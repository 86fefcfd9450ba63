"""Names and terms of a meeting, put right in what the recogniser heard.

A file has a term a line, written as it shall be read, and after "=" what the recogniser makes of it, if known:

    DCAD = decad, D-card
    Andrea Saks
    Secretariat

Only what is written almost alike is replaced, so that nothing is put into anybody's mouth: silence stays silence.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from captioner.captions.cue import Word, clean_text
from captioner.streaming.policy import normal

MAX_TERMS = 1_000
MAX_LENGTH = 100  # characters of a term
_SHORTEST = 3  # letters: shorter words are too often something else
_FUZZY = 6  # letters from which a term may be a little misspelt ...
_ALIKE = 0.8  # ... by so much (difflib's ratio) ...
_SPLIT = 0.9  # ... or so much, with a word more ...
_UNSURE = 0.75  # ... where the recogniser was not sure of it
_MORE = 3  # a term may be heard as so many words more: "D C A D"


class GlossaryError(ValueError):
    """A glossary that cannot be used; the message names the line."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term as it shall be read, and the keys of its forms."""

    text: str
    key: str
    aliases: frozenset[str] = frozenset()

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())


def key(text: str) -> str:
    """Return letters and digits only, without case: "D-CAD" and "d c a d" are alike."""
    return "".join(c for c in normal(text) if c.isalnum())


def parse(text: str) -> tuple[Term, ...]:
    """Read a glossary; GlossaryError with the number of the line that is wrong."""
    terms: dict[str, Term] = {}
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        bare = line.split("#", maxsplit=1)[0]
        written, _, heard = bare.partition("=")
        term = clean_text(written)
        if not clean_text(bare):
            continue
        if not key(term) or len(term) > MAX_LENGTH:
            msg = f"line {number}: a term has letters, and at most {MAX_LENGTH} characters"
            raise GlossaryError(msg)
        aliases = frozenset(found for part in heard.split(",") if len(found := key(part)) >= _SHORTEST)
        before = terms.get(key(term))
        terms[key(term)] = Term(term, key(term), aliases | (before.aliases if before else frozenset()))
    if len(terms) > MAX_TERMS:
        msg = f"a glossary has at most {MAX_TERMS} terms, not {len(terms)}"
        raise GlossaryError(msg)
    return tuple(terms.values())


def hint(terms: Sequence[Term], longest: int = 160) -> str:
    """Return the first terms as a text of at most `longest` characters, as context for the recogniser."""
    chosen: list[str] = []
    for term in terms:
        if sum(len(text) + 2 for text in chosen) + len(term.text) > longest:
            break
        chosen.append(term.text)
    return ", ".join(chosen)


def corrected(words: Sequence[Word], terms: Sequence[Term]) -> list[Word]:
    """Return `words` with glossary terms where something almost alike was heard; times are kept."""
    if not terms:
        return list(words)
    longest = max(term.words for term in terms) + _MORE
    out: list[Word] = []
    index = 0
    while index < len(words):
        groups = [words[index : index + count] for count in range(min(longest, len(words) - index), 0, -1)]
        found = next(((g, term) for g in groups if (term := _exact(g, terms))), None)
        found = found or next(((g, term) for g in reversed(groups) if (term := _almost(g, terms))), None)
        out.append(_replaced(*found) if found else words[index])
        index += len(found[0]) if found else 1
    return out


def _exact(group: Sequence[Word], terms: Sequence[Term]) -> Term | None:
    said = key("".join(word.text for word in group))
    if len(said) < _SHORTEST:
        return None
    return next((t for t in terms if said in t.aliases or (said == t.key and len(group) <= t.words + _MORE)), None)


def _almost(group: Sequence[Word], terms: Sequence[Term]) -> Term | None:
    """Find a term that was misspelt: as many words, or one more; alike; and the recogniser was unsure."""
    if min(word.probability for word in group) > _UNSURE or any(_stops(word.text) for word in group[:-1]):
        return None
    said = key("".join(word.text for word in group))
    return next((term for term in terms if _alike(said, term, len(group))), None)


def _alike(said: str, term: Term, words: int) -> bool:
    if len(term.key) < _FUZZY or said[:1] != term.key[0] or not term.words <= words <= term.words + 1:
        return False
    enough = _ALIKE if words == term.words else _SPLIT
    matcher = difflib.SequenceMatcher(None, term.key, said, autojunk=False)
    return matcher.real_quick_ratio() >= enough and matcher.ratio() >= enough


def _stops(text: str) -> bool:
    return text.rstrip()[-1:] in ".?!,;:"


def _replaced(group: Sequence[Word], term: Term) -> Word:
    first, last = group[0].text, group[-1].text.rstrip()
    space = first[: len(first) - len(first.lstrip())]
    bare = last.rstrip(".,;:?!…»”\"'")
    spelled = len(group) > 1 and all(len(key(word.text)) == 1 for word in group)
    end = "" if spelled and last.endswith(".") else last[len(bare) :]  # "D.C.A.D." carries no full stop of a sentence
    return Word(group[0].start, group[-1].end, f"{space}{term.text}{end}", max(word.probability for word in group))
