"""What pages without script say, in the reader's language: the one of the address, else the browser's, else English."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

NAMES = {"ar": "العربية", "zh": "中文", "en": "English", "fr": "Français", "ru": "Русский", "es": "Español"}
"""The languages of the interface, each by its own name: the same as the viewer's."""
ENGLISH = "en"
FOLDER = Path(__file__).parent / "locales"
_HOLDER = re.compile(r"\{(\w+)\}")
_OPEN = ("/archive", "/search", "/series", "/speakers")  # where "language" names that of transcripts
_MOST = 50  # entries of Accept-Language; more are nobody's languages


@cache
def texts(language: str) -> dict[str, str]:
    """Return the texts of a language by their keys."""
    return dict(tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8")))


def preferred(accept: str) -> str:
    """Return the language of an Accept-Language header that there is (RFC 9110, 12.5.4); English when none is."""
    found = ENGLISH
    best = 0.0
    for each in accept.split(",")[:_MOST]:
        tag, _, weight = each.partition(";")
        language = tag.strip().split("-")[0].lower()
        quality = _quality(weight)
        if language in NAMES and quality > best:
            found, best = language, quality
    return found


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(float(value), 1.0)
    except ValueError:
        return 0.0


class Reader(msgspec.Struct, frozen=True):
    """Who reads a page: the language, whether the address names it, and the address without it."""

    language: str = ENGLISH
    chosen: bool = False
    here: str = ""
    """The path and the query of the page; "" for a page that stands in one language only."""

    @property
    def direction(self) -> str:
        """Return the page's `dir`."""
        return "rtl" if self.language == "ar" else "ltr"

    def say(self, key: str, **values: Any) -> str:
        """Return a text with its {values}."""
        text = texts(self.language).get(key) or texts(ENGLISH)[key]
        return _HOLDER.sub(lambda match: str(values[match[1]]), text)

    def to(self, href: str) -> str:
        """Return an address on this server that keeps the language the reader has chosen."""
        return _with(href, self.language) if self.chosen else href

    def choices(self) -> list[tuple[str, str, str]]:
        """Return each language as (code, its own name, address of this page in it)."""
        return [(code, name, _with(self.here, code)) for code, name in NAMES.items()] if self.here else []


def reader(target: str, accept: str) -> Reader:
    """Return who reads the page at `target` (path and query), as the address and the browser say."""
    parts = urlsplit(target)
    query = parse_qsl(parts.query, keep_blank_values=True)
    ours = _parameter(parts.path)
    named = next((value for name, value in query if name == ours and value in NAMES), "")
    rest = urlencode([pair for pair in query if pair[0] != ours])
    return Reader(named or preferred(accept), bool(named), f"{parts.path}?{rest}" if rest else parts.path)


def _with(href: str, language: str) -> str:
    address, mark, fragment = href.partition("#")
    joined = "&" if "?" in address else "?"
    return f"{address}{joined}{_parameter(address)}={language}{mark}{fragment}"


def _parameter(path: str) -> str:
    """Return the name with which an address chooses the interface's language."""
    return "interface" if path.startswith(_OPEN) else "language"
