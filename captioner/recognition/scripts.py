"""Which tokens belong to a script that a language is not written in.

A decoder that is unsure falls into another script: English speech became kana in the middle of a sentence. Such tokens
are never right, so they are forbidden; Latin letters and punctuation are allowed everywhere, for names.
"""

from collections.abc import Mapping, Sequence

_LATIN = frozenset(
    ("ca", "da", "de", "en", "es", "eu", "fi", "fr", "gl", "id", "it", "ms", "nl", "no", "pt", "sv", "sw")
)
# lead bytes of UTF-8: from 0xCC on they tell the script; 0xE2 is punctuation
_FIRST_OTHER = 0xCC
_PUNCTUATION = frozenset((0xE2,))
_OWN = {
    "ru": frozenset(range(0xD0, 0xD4)),
    "ar": frozenset((*range(0xD8, 0xDC), 0xEF)),
    "zh": frozenset((*range(0xE3, 0xEA), 0xEF)),
}


def _bytes_of_symbols() -> dict[str, int]:
    """Return the byte of each symbol of byte-level BPE: printable bytes are themselves, the rest from U+0100 on."""
    shown = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {chr(byte): byte for byte in shown}
    hidden = (byte for byte in range(0x100) if byte not in set(shown))
    return table | {chr(0x100 + number): byte for number, byte in enumerate(hidden)}


def foreign_tokens(vocabulary: Mapping[str, int], language: str) -> list[int]:
    """Return the ids of tokens (byte-level BPE) in scripts that `language` does not use; none if it is not known."""
    own = _OWN.get(language)
    if own is None and language not in _LATIN:
        return []
    allowed = _PUNCTUATION | (own or frozenset())
    table = _bytes_of_symbols()
    foreign = []
    for token, number in vocabulary.items():
        if token.startswith("<|"):
            continue
        values = (table.get(symbol, 0) for symbol in token)
        if any(value >= _FIRST_OTHER and value not in allowed for value in values):
            foreign.append(number)
    return sorted(foreign)


def scripts(words: Sequence[str]) -> dict[str, list[int]]:
    """Return the tokens of each script that one of the languages above has for its own; "" is Latin and the rest."""
    table = _bytes_of_symbols()
    groups: dict[str, list[int]] = {language: [] for language in ("", *_OWN)}
    for number, word in enumerate(words):
        values = [table.get(symbol, 0) for symbol in word]
        own = (language for language, leads in _OWN.items() if any(value in leads for value in values))
        groups[next(own, "")].append(number)
    return groups
