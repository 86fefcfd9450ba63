"""How a forbidden word may lie in bytes, and all bytes that a folder holds, also packed ones."""

import base64
import io
import unicodedata
import urllib.parse
import zipfile
from collections.abc import Iterator
from pathlib import Path


def needles(word: str) -> set[bytes]:
    """Return the forms in which a word may lie in a byte string."""
    found: set[bytes] = set()
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, word)
        raw = text.encode()
        found |= {raw, text.encode("utf-16-le"), text.encode("utf-16-be")}
        quoted = urllib.parse.quote(text)
        found |= {quoted.encode(), quoted.lower().encode()}
        found.add(text.encode("ascii", "backslashreplace"))
        found.add("".join(c if c.isascii() else f"\\u{ord(c):04x}" for c in text).encode())
        for skip in range(3):  # base64 of the word at each place in a group of three
            code = base64.b64encode(b"\0" * skip + raw)
            found.add(code[4 if skip else 0 : len(code) - (len(code) % 4) - 4])
    return {needle for needle in found if len(needle) > 7}  # noqa: PLR2004 - shorter ones are in everything


def pieces(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file, and what is in zip files."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        yield str(path.relative_to(folder)), content
        yield from unpacked(str(path.relative_to(folder)), content)


def unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what is in a zip file."""
    if content[:2] == b"PK" and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for inner in packed.namelist():
                yield f"{name}!{inner}", packed.read(inner)
