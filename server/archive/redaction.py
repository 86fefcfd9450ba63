"""Finds names and affiliations in what was said, and takes them out. Pure.

Three finders: the meeting's roster (exact, by sound, and misheard), self-introductions and addresses in six languages,
and what a person marks. Nothing is removed that a person has not decided; a removal replaces exactly the span and
rewrites nothing else. The cue's times stay.
"""

import enum
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from rapidfuzz import fuzz

from captioner.captions.cue import Cue, Word
from server.archive import introductions
from server.archive.sounds import fold, sound

REMOVED = {
    "en": "[name removed]",
    "fr": "[nom supprimé]",
    "es": "[nombre suprimido]",
    "ru": "[имя удалено]",
    "ar": "[حُذف الاسم]",
    "zh": "[姓名已删除]",
}
_MARKS = tuple(REMOVED.values())
_EXACT_BELOW = 5  # letters: a shorter name is compared exactly, or every "and" would be an Anna
_FUZZY = 79  # of 100: rapidfuzz's ratio from which a longer word may be a misheard name
_FUZZY_LOWER = 86  # where the text has capitals and the word has none
_SOUND = 90  # of 100: for the same comparison of the sounds
_WINDOW = 1  # a name may be heard as so many words more than it has
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_]+(?:['\u2019-][^\W_]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_JOINS = re.compile(r"[\s\u00b7'\u2019-]*")
_PARTICLES = frozenset(("van", "von", "der", "den", "de", "del", "della", "da", "dos", "di", "la", "le", "bin", "ibn"))


class Kind(enum.StrEnum):
    """Why a span is proposed."""

    NAME = "name"  # in the roster
    AFFILIATION = "affiliation"  # in the roster
    INTRODUCTION = "introduction"  # somebody is named or addressed in this place of a sentence
    BODY = "body"  # somebody speaks for an organisation


class Person(msgspec.Struct, frozen=True):
    """One of the roster; `aliases` are other spellings, as in another script."""

    name: str
    affiliation: str = ""
    aliases: tuple[str, ...] = ()


class Candidate(msgspec.Struct, frozen=True):
    """A span of a cue's text that may have to go."""

    cue: str
    start: int  # characters
    end: int
    text: str
    kind: Kind
    score: int  # 0..100; below 100 it was heard otherwise than it is written


_Found = tuple[int, int, Kind, int]  # start, end, why, score


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    key: str
    lower: bool


@dataclass(frozen=True, slots=True)
class _Term:
    key: str
    sound: str
    words: int
    kind: Kind
    han: bool


def find(cues: Sequence[Cue], roster: Iterable[Person] = ()) -> list[Candidate]:
    """Propose spans in the cues of one track, in their order; a name that two cues share is proposed in both."""
    text, places = _join(cues)
    cased = sum(1 for char in text if char.isupper()) > len(text) / 200  # does the recogniser write capitals at all?
    found: list[_Found] = [*_by_roster(text, _terms(roster), cased=cased), *_by_pattern(text)]
    candidates: list[Candidate] = []
    for start, end, kind, score in _merge(found):
        for index, (from_, to) in enumerate(places):
            low, high = max(start, from_), min(end, to)
            if low < high and text[low:high].strip():
                cue = cues[index]
                candidates.append(Candidate(cue.id, low - from_, high - from_, text[low:high], kind, score))
    return candidates


def remove(cue: Cue, spans: Iterable[tuple[int, int]]) -> Cue:
    """Return the cue without these spans of characters, and without a speaker; its times are as before.

    Words keep their times where they are outside of every span.
    """
    ordered = _merge_spans(spans, len(cue.text))
    mark = REMOVED.get(cue.language.split("-", maxsplit=1)[0].lower(), REMOVED["en"])
    text, position = "", 0
    for start, end in ordered:
        text += cue.text[position:start] + mark
        position = end
    text += cue.text[position:]
    return msgspec.structs.replace(cue, text=text, speaker="", words=_words(cue, ordered, mark))


def _words(cue: Cue, spans: Sequence[tuple[int, int]], mark: str) -> tuple[Word, ...]:
    if "".join(word.text for word in cue.words).strip() != cue.text:
        return ()  # they say something else than the text, and might say a name
    kept: list[Word] = []
    position = -(len(cue.words[0].text) - len(cue.words[0].text.lstrip())) if cue.words else 0
    inside = -1
    for word in cue.words:
        start, end = position, position + len(word.text)
        position = end
        hit = next((i for i, span in enumerate(spans) if span[0] < end and start < span[1]), None)
        if hit is None:
            kept.append(word)
        elif hit == inside:
            kept[-1] = msgspec.structs.replace(kept[-1], end=word.end)
        else:
            kept.append(Word(word.start, word.end, (" " if word.text.startswith(" ") else "") + mark))
            inside = hit
    return tuple(kept)


def _merge_spans(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(0, s), min(e, length)) for s, e in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _join(cues: Sequence[Cue]) -> tuple[str, list[tuple[int, int]]]:
    """Put cues together, so that a name over two of them is found; where each stands."""
    text, places = "", []
    for cue in cues:
        if text:
            text += "" if _HAN.match(text[-1:]) and _HAN.match(cue.text[:1]) else " "
        places.append((len(text), len(text) + len(cue.text)))
        text += cue.text
    return text, places


def _terms(roster: Iterable[Person]) -> list[_Term]:
    terms: dict[tuple[str, Kind], _Term] = {}
    for person in roster:
        for name in (person.name, *person.aliases):
            whole = _tokens(name)
            _add(terms, whole, Kind.NAME)
            for token in whole:
                if not _HAN.search(name) and len(token.key) > 2 and token.key not in _PARTICLES:  # noqa: PLR2004
                    _add(terms, [token], Kind.NAME)
            if _HAN.search(name) and len(whole) == 3:  # noqa: PLR2004 - a family name and two characters
                _add(terms, whole[1:], Kind.NAME)
        if person.affiliation:
            _add(terms, _tokens(person.affiliation), Kind.AFFILIATION)
    return sorted(terms.values(), key=lambda term: -len(term.key))


def _add(terms: dict[tuple[str, Kind], _Term], tokens: Sequence[_Token], kind: Kind) -> None:
    key = "".join(token.key for token in tokens)
    if len(key) > 1 and (key, kind) not in terms:
        terms[key, kind] = _Term(key, sound(key), len(tokens), kind, bool(_HAN.search(key)))


def _by_roster(text: str, terms: Sequence[_Term], *, cased: bool) -> Iterable[_Found]:
    """Yield for each term its best places that do not overlap: the likeliest first, of those the shortest."""
    tokens = _tokens(text)
    longest = max((term.words for term in terms), default=0) + _WINDOW
    memo: dict[tuple[str, int, bool], list[tuple[int, int]]] = {}
    places: dict[int, list[tuple[int, int, int]]] = {}
    for first, token in enumerate(tokens):
        key = ""
        for count, last in enumerate(tokens[first : first + longest], 1):
            if key and not _JOINS.fullmatch(text, tokens[first + count - 2].end, last.start):
                break  # a name does not go on behind a comma or a full stop
            key += last.key
            lower = cased and token.lower
            if (key, count, lower) not in memo:
                likely = ((i, _likeness(key, term, count, lower=lower)) for i, term in enumerate(terms))
                memo[key, count, lower] = [(i, score) for i, score in likely if score]
            for i, score in memo[key, count, lower]:
                places.setdefault(i, []).append((score, token.start, last.end))
    for i, found in places.items():
        taken: list[tuple[int, int]] = []
        for score, start, end in sorted(found, key=lambda place: (-place[0], place[2] - place[1])):
            if all(end <= other[0] or other[1] <= start for other in taken):
                taken.append((start, end))
                yield start, end, terms[i].kind, score


def _likeness(key: str, term: _Term, words: int, *, lower: bool) -> int:
    """Return 1..100 when `key` may be the term, as it is written or as it was heard; else 0."""
    surplus = abs(words - term.words)
    if key == term.key:
        return 100 - surplus
    if term.han:
        same = sum(a == b for a, b in zip(key, term.key, strict=False))
        return 80 if len(key) == len(term.key) >= 3 and same >= len(key) - 1 else 0  # noqa: PLR2004 - one homophone
    if surplus > _WINDOW or len(term.key) < _EXACT_BELOW or abs(len(key) - len(term.key)) > max(2, len(term.key) // 3):
        return 0
    if lower and term.words == 1 and len(term.key) < 7:  # noqa: PLR2004 - an ordinary short word, written as one
        return 0
    needed = (_FUZZY_LOWER if lower else _FUZZY) + 4 * surplus
    written = fuzz.ratio(key, term.key)
    heard = 0.0
    if len(term.sound) >= 4 and written >= needed - 20:  # noqa: PLR2004 - fewer consonants are in too many words
        heard = fuzz.ratio(sound(key), term.sound, score_cutoff=_SOUND + 2 * surplus)
    return min(99, int(max(written if written >= needed else 0, heard))) - surplus if heard or written >= needed else 0


def _by_pattern(text: str) -> Iterable[_Found]:
    for pattern in (*introductions.CASED, *introductions.CASED_SELF, *introductions.CASELESS):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            if groups.get("name") and introductions.is_name(groups["name"]):
                yield *match.span("name"), Kind.INTRODUCTION, 90
            if groups.get("body") and introductions.is_name(groups["body"]):
                yield *match.span("body"), Kind.BODY, 60


def _merge(found: Iterable[_Found]) -> list[_Found]:
    """Put overlapping proposals together; the surest says the kind."""
    merged: list[_Found] = []
    for one in sorted(found, key=lambda each: (each[0], -each[1])):
        if merged and one[0] < merged[-1][1]:
            last = merged[-1]
            best = max(last, one, key=lambda each: each[3])
            merged[-1] = (last[0], max(last[1], one[1]), best[2], best[3])
        else:
            merged.append(one)
    return merged


def _tokens(text: str) -> list[_Token]:
    tokens = []
    for match in _WORD.finditer(text):
        key = fold(match[0])
        if key:
            tokens.append(_Token(match.start(), match.end(), key, match[0][0].islower()))
    return tokens


def has_removed(text: str) -> bool:
    """Tell whether a name was removed from a text."""
    return any(mark in text for mark in _MARKS)
