"""Splitting a caption into lines as its language is read: phrases stay together, and lines are of like length. Pure."""

import itertools
import re
import unicodedata

_WIDE = frozenset("WF")
_NO_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_NOT_FIRST = frozenset(
    "、。，．・：；？！」』）】〕》〉ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ,.:;?!)]}%\u0e46\u0e2f"
)
_NOT_LAST = frozenset("「『（【〔《〈([{")
_LEADERS = {
    "en": "a an the of to in on at by for from with and or but nor as that which who my your his her its our their "
    "this is are was were be not no mr mrs ms dr",
    "fr": "le la les l' un une des du de d' à au aux en dans par pour sur avec et ou mais que qui ne se ce cette ces "
    "mon ton son notre votre leur m mme",
    "de": "der die das den dem des ein eine einen einem einer eines zu in an auf bei von mit für und oder aber dass im "
    "am nicht herr frau",
    "es": "el la los las un una unos unas de del a al en por para con y o e u pero que no su sus mi tu",
    "pt": "o a os as um uma de do da dos das em no na por para com e ou mas que não seu sua",
    "it": "il lo la i gli le un uno una di del della dei a al in nel per con e o ma che non si",
    "nl": "de het een van te in op aan bij voor met en of maar dat niet",
}
_LEADING = {language: frozenset(words.split()) for language, words in _LEADERS.items()}
_FULL = ".!?…。！？؟।"
_PART = ",;:、，；：،؛—–"


def columns(text: str) -> int:
    """Return how wide a text is: 2 for a wide character and 1 for any other, so never less than its characters."""
    return sum(2 if unicodedata.east_asian_width(character) in _WIDE else 1 for character in text)


def split(text: str, language: str, width: int) -> list[str]:
    """Return lines of at most `width` columns; joined by spaces (or nothing, where none stood) they are the text.

    A line breaks best after a sentence, then after a clause, and worst behind a word that leads to the next one, such
    as an article; among like breaks those win that make the lines even. A word that is wider than a line is cut.
    """
    pieces = [part for piece in _pieces(text) for part in _cut(piece, width)]
    if not pieces:
        return []
    widths = [columns(piece) for piece in pieces]
    leading = _LEADING.get(language.lower().partition("-")[0], frozenset())
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]  # lines, badness, where the last of them begins
    for end in range(1, len(pieces) + 1):
        best.append(_best(pieces, widths, leading, best, end, width))
    cuts = [len(pieces)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][2])
    cuts.reverse()
    return ["".join(pieces[a:b]).strip() for a, b in itertools.pairwise(cuts)]


def blocks(text: str, language: str, width: int, lines: int) -> list[str]:
    """Return what is shown together: up to `lines` lines, joined by newlines."""
    parts = split(text, language, width)
    return ["\n".join(parts[at : at + lines]) for at in range(0, len(parts), lines)]


def _best(
    pieces: list[str],
    widths: list[int],
    leading: frozenset[str],
    best: list[tuple[int, float, int]],
    end: int,
    width: int,
) -> tuple[int, float, int]:
    """The fewest lines, then the least badness, for the pieces up to `end`."""
    found: tuple[int, float, int] | None = None
    length = 0
    for begin in range(end - 1, -1, -1):
        length += widths[begin]
        trailing = len(pieces[end - 1]) - len(pieces[end - 1].rstrip())
        if length - trailing > width and begin != end - 1:
            break
        lines, badness, _ = best[begin]
        slack = max(0, width - length + trailing) / width
        cost = badness + slack * slack + (0.0 if end == len(pieces) else _penalty(pieces[end - 1], leading))
        if found is None or (lines + 1, cost) < found[:2]:
            found = (lines + 1, cost, begin)
    return found or (1, 0.0, 0)


def _penalty(piece: str, leading: frozenset[str]) -> float:
    word = piece.strip()
    if word[-1:] in _FULL:
        return -0.6
    if word[-1:] in _PART:
        return -0.3
    return 0.5 if word.casefold() in leading or word.casefold().endswith("l'") else 0.0


def _pieces(text: str) -> list[str]:
    """Words with the spaces behind them; characters where a script has no spaces."""
    pieces: list[str] = []
    for word in re.findall(r"\S+\s*", text.strip()):
        if not _NO_SPACES.search(word):
            pieces.append(word)
            continue
        current = ""
        for character in word:
            if current and _may_break(current, character):
                pieces.append(current)
                current = ""
            current += character
        pieces.append(current)
    return pieces


def _may_break(before: str, after: str) -> bool:
    """Tell whether a line may end between two characters of a script without spaces."""
    last = before[-1]
    if after.isspace() or after in _NOT_FIRST or last in _NOT_LAST or unicodedata.category(after).startswith("M"):
        return False
    # Thai, Lao and Khmer: a vowel that is written before its consonant stays with it
    if "\u0e40" <= last <= "\u0e44" or "\u0ec0" <= last <= "\u0ec4":
        return False
    return bool(_NO_SPACES.match(last) or _NO_SPACES.match(after))


def _cut(piece: str, width: int) -> list[str]:
    """Cut what is wider than a line."""
    if columns(piece.strip()) <= width:
        return [piece]
    parts, current = [], ""
    for character in piece.strip():
        if current and columns(current + character) > width:
            parts.append(current)
            current = ""
        current += character
    return [*parts, current + piece[len(piece.rstrip()) :]]
