# ruff: noqa: RUF001 - letters of several scripts are what this is about
"""Names as they sound: spellings, scripts and mishearings of one name fall together. Pure, and rough on purpose."""

import re
import unicodedata

_HAN = re.compile(r"[\u3400-\u9fff]")


def fold(text: str) -> str:
    """Return a form in which spellings of one name meet: no case, no accents, Latin letters where there is a way."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(_LETTERS.get(char, char) for char in plain if char.isalnum() or _HAN.match(char))


def sound(key: str) -> str:
    """Return how a folded name sounds, roughly: what listeners confuse falls together, inner vowels are left out."""
    heard = key
    for written, spoken in _SOUNDS:
        heard = heard.replace(written, spoken)
    heard = re.sub(r"(.)\1+", r"\1", heard)
    return heard[:1] + re.sub(r"[aeiou]", "", heard[1:])


_SOUNDS = (
    ("sch", "s"), ("tch", "c"), ("sh", "s"), ("ch", "c"), ("ph", "f"), ("gh", "g"), ("kh", "k"), ("th", "t"),
    ("dh", "d"), ("zh", "s"), ("ts", "s"), ("tz", "s"), ("ck", "k"), ("qu", "k"), ("x", "ks"), ("c", "k"),
    ("q", "k"), ("z", "s"), ("v", "f"), ("w", "f"), ("b", "p"), ("d", "t"), ("g", "k"), ("j", "y"), ("y", "i"),
    ("h", ""),
)  # fmt: skip
_LETTERS = {
    **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziiklmnoprstufye", strict=True)),
    "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ь": "", "ю": "yu", "я": "ya",
    "і": "i", "ї": "i", "є": "e", "ґ": "g", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i",
    "أ": "a", "إ": "i", "آ": "a", "ا": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh",
    "د": "d", "ذ": "dh", "ر": "r", "ز": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z",
    "ع": "a", "غ": "gh", "ف": "f", "ق": "q", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "u",
    "ي": "i", "ى": "a", "ة": "a", "ء": "", "ئ": "", "ؤ": "u",
}  # fmt: skip
