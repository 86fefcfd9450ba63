"""The readers' guides: `docs/guides/*.md`, and a folder for each other language, as values for a template.

Only what the guides use of Markdown is read: headings, paragraphs, lists of one depth, numbered lists, `code`,
**strong** and [links](address). Everything else is text.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from server.wording import ENGLISH

_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)")
_HEADING = re.compile(r"(#{1,3}) (.+)")
_ITEM = re.compile(r"(?:(-)|\d+\.) (.+)")
_PARTS = re.compile(r"\s*\n\s*")


class Span(msgspec.Struct, frozen=True):
    """A piece of a line."""

    kind: Literal["text", "code", "strong", "link"]
    text: str
    href: str = ""


class Block(msgspec.Struct, frozen=True):
    """A heading (`level` 1 to 3), a paragraph, or a list with an entry a line."""

    kind: Literal["heading", "paragraph", "list", "numbers"]
    lines: tuple[tuple[Span, ...], ...]
    level: int = 0


class Guide(msgspec.Struct, frozen=True):
    """A guide: its name in the address, its title and what it says."""

    name: str
    title: str
    blocks: tuple[Block, ...]


def parse(name: str, text: str) -> Guide:
    """Read a guide; ValueError when it does not begin with a title."""
    blocks = tuple(_blocks(text))
    if not blocks or blocks[0].kind != "heading" or blocks[0].level != 1:
        msg = f"guide {name}: the first line must be a title, '# ...'"
        raise ValueError(msg)
    title = "".join(span.text for span in blocks[0].lines[0])
    return Guide(name, title, blocks[1:])


def load(folder: Path) -> dict[str, Guide]:
    """Read the guides of a folder, in the order of their file names."""
    return {path.stem: parse(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.md"))}


def folder(language: str = ENGLISH) -> Path:
    """Return where a language's guides are: beside this file where the package is installed, else in the repository."""
    here = Path(__file__).resolve().parent
    installed = here / "guides"
    english = installed if installed.is_dir() else here.parent / "docs" / "guides"
    return english if language == ENGLISH else english / language


def _blocks(text: str) -> Iterable[Block]:
    for raw in re.split(r"\n\s*\n", text.strip()):
        part = raw.strip()
        heading = _HEADING.fullmatch(part)
        if heading:
            yield Block("heading", (_spans(heading[2]),), len(heading[1]))
            continue
        lines = _joined(part)
        items = [_ITEM.fullmatch(line) for line in lines]
        if all(items):
            found = [item for item in items if item]
            kind: Literal["list", "numbers"] = "list" if found[0][1] else "numbers"
            yield Block(kind, tuple(_spans(item[2]) for item in found))
        else:
            yield Block("paragraph", (_spans(_PARTS.sub(" ", part)),))


def _joined(part: str) -> list[str]:
    """Return the lines, each with the indented ones that continue it."""
    lines: list[str] = []
    for line in part.splitlines():
        if lines and line.startswith("  "):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line.strip())
    return lines


def _spans(text: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    at = 0
    for match in _INLINE.finditer(text):
        if match.start() > at:
            spans.append(Span("text", text[at : match.start()]))
        code, strong, label, href = match.groups()
        if code:
            spans.append(Span("code", code))
        elif strong:
            spans.append(Span("strong", strong))
        else:
            spans.append(Span("link", label, _address(href)))
        at = match.end()
    if at < len(text):
        spans.append(Span("text", text[at:]))
    return tuple(spans)


def _address(href: str) -> str:
    """Return the address on the server of a link between two guides' files."""
    name, dot, rest = href.partition(".md")
    return f"/help/{name}{rest}" if dot and "/" not in name else href
