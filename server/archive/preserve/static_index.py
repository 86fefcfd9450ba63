"""The index of a static export: for each word the transcripts that have it, in small scripts that a page loads.

Pages opened from a disk may not fetch, but may load scripts. Transcripts are numbered; 1,000 of them are a block, and
the words of a block lie in 64 files by their first letters. A search reads one file a word and block; a transcript that
changes touches the files of its own block only.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from server.archive.folding import is_wide

BLOCK = 1_000  # transcripts
SHARDS = 64  # files of a block
_FORM = re.compile(r'captionerPart\("[^"]*", (.*)\);\n', re.DOTALL)
_decoder = msgspec.json.Decoder(dict[str, str])


class Index:
    """The index in a folder; changes are kept in memory until `flush`."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it must be there."""
        self._folder = folder
        self._waiting: dict[int, Collection[str]] = {}

    def put(self, number: int, tokens: Collection[str]) -> None:
        """Let a transcript have these words and no others."""
        self._waiting[number] = tokens

    def remove(self, number: int) -> None:
        """Let a transcript have no words."""
        self._waiting[number] = ()

    def flush(self) -> None:
        """Write the files whose content is another now; OSError when the disk refuses."""
        for block in sorted({number // BLOCK for number in self._waiting}):
            changed = {n % BLOCK: tokens for n, tokens in self._waiting.items() if n // BLOCK == block}
            self._rewrite(block, changed)
        self._waiting.clear()

    def _rewrite(self, block: int, changed: dict[int, Collection[str]]) -> None:
        fresh: list[dict[str, int]] = [{} for _ in range(SHARDS)]
        for number, tokens in changed.items():
            for token in tokens:
                words = fresh[shard_of(token)]
                words[token] = words.get(token, 0) | 1 << number
        gone = ~sum(1 << number for number in changed)
        for shard, added in enumerate(fresh):
            path = self._folder / f"b{block}-{shard}.js"
            known = {token: unpack(packed) & gone for token, packed in _read(path).items()}
            for token, mask in added.items():
                known[token] = known.get(token, 0) | mask
            packed = {token: pack(known[token]) for token in sorted(known) if known[token]}
            replace(path, script(f"b{block}-{shard}", packed))


def shard_of(token: str) -> int:
    """Return which of a block's files has a word: by its first two letters, of scripts without spaces by the first."""
    second = 0 if len(token) == 1 or is_wide(token) else ord(token[1])
    return (ord(token[0]) * 31 + second) % SHARDS


def pack(mask: int) -> str:
    """Write a set of numbers, given as bits, as "1,3-9"."""
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in _runs(mask))


def unpack(packed: str) -> int:
    """Read what `pack` wrote."""
    mask = 0
    for part in packed.split(","):
        first, _, last = part.partition("-")
        mask |= ((1 << int(last or first) - int(first) + 1) - 1) << int(first)
    return mask


def script(key: str, value: object) -> bytes:
    """Return a script that hands a value to the page."""
    text = msgspec.json.encode(value).decode().replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f'captionerPart("{key}", {text});\n'.encode()


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and only when its content is another."""
    try:
        if path.read_bytes() == content:
            return
    except OSError:
        pass  # not there, or not readable: written anew
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    fresh.replace(path)


def clean(folder: Path, kept: Iterable[str]) -> None:
    """Take away what is in a folder and none of these names."""
    names = set(kept)
    for path in folder.iterdir():
        if path.name not in names:
            path.unlink()


def _read(path: Path) -> dict[str, str]:
    try:
        found = _FORM.fullmatch(path.read_text(encoding="utf-8"))
        return _decoder.decode(found[1]) if found else {}
    except (OSError, UnicodeError, msgspec.DecodeError):
        return {}


def _runs(mask: int) -> Iterator[tuple[int, int]]:
    start = 0
    while mask:
        skip = (mask & -mask).bit_length() - 1
        mask >>= skip
        start += skip
        length = (~mask & mask + 1).bit_length() - 1
        yield start, start + length - 1
        mask >>= length
        start += length
