"""The text of a WebVTT cue as a tree. Source: W3C WebVTT, section 6.4."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from captioner.captions.errors import VttSyntaxError
from captioner.captions.vtt_settings import SPACES, Scanner

_REFERENCE = re.compile("&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[A-Za-z0-9]{1,32};?)")
_DATA = re.compile("[^<]+")
_TAG = re.compile("<([^>]*)(>?)")
_NAMES = frozenset({"c", "i", "b", "u", "ruby", "rt", "v", "lang"})


@dataclass(slots=True)
class Node:
    """A tag with what is inside; the root has no name."""

    name: str = ""  # c, i, b, u, ruby, rt, v or lang
    annotation: str = ""  # of v the speaker, of lang the language
    classes: tuple[str, ...] = ()
    children: list["Node | str | int"] = field(default_factory=list)  # str: text; int: a time in ms

    def text(self) -> str:
        """Return the text without tags."""
        return "".join(_said(child) for child in self.children)

    def nodes(self, name: str) -> Iterator["Node"]:
        """Yield the tags of a name, in reading order."""
        for child in self.children:
            if isinstance(child, Node):
                if child.name == name:
                    yield child
                yield from child.nodes(name)


@dataclass(frozen=True, slots=True)
class TextProblem:
    """What is wrong in a cue's text, and where it begins (characters from 0)."""

    at: int
    problem: str


def parse_text(text: str) -> tuple[Node, list[TextProblem]]:
    """Return the tree of a cue's text and what does not conform in it; never fails."""
    root = Node()
    path = [root]
    problems: list[TextProblem] = []
    at = 0
    while at < len(text):
        if data := _DATA.match(text, at):
            problems += [TextProblem(at + place, "'&' must be written as &amp;") for place in _loose(data[0])]
            path[-1].children.append(html_text(data[0]))
            at = data.end()
            continue
        tag = _TAG.match(text, at)
        problem = _tag(tag[1] if tag else "", path)
        if problem or not (tag and tag[2]):
            problems.append(TextProblem(at, problem or "a tag must end with '>'"))
        at = tag.end() if tag else at + 1
    problems += [
        TextProblem(len(text), f"</{node.name}> is missing") for node in path[1:] if not _whole_voice(node, root)
    ]
    return root, problems


def html_text(text: str) -> str:
    """Return text with its character references replaced, as HTML does."""
    return _REFERENCE.sub(lambda match: html.unescape(match[0]), text)


def _said(child: Node | str | int) -> str:
    if isinstance(child, str):
        return child
    return child.text() if isinstance(child, Node) else ""


def _whole_voice(node: Node, root: Node) -> bool:
    return node.name == "v" and root.children == [node]


def _loose(text: str) -> list[int]:
    return [place for place, letter in enumerate(text) if letter == "&" and not _closed(text, place)]


def _closed(text: str, place: int) -> bool:
    match = _REFERENCE.match(text, place)
    return match is not None and match[0].endswith(";") and html.unescape(match[0]) != match[0]


def _tag(inner: str, path: list[Node]) -> str:
    """Follow one tag; return what is wrong with it, if anything."""
    if inner.startswith("/"):
        return _end(inner[1:], path)
    if inner[:1].isascii() and inner[:1].isdigit():
        return _time(inner, path)
    head, annotation = _split(inner)
    name, *classes = head.split(".")
    if name not in _NAMES or (name == "rt" and path[-1].name != "ruby"):
        return "this tag is not known: '<' in text must be written as &lt;"
    nested = name == "v" and any(node.name == "v" for node in path)
    note = annotation if name in {"v", "lang"} else ""
    node = Node(name, note, tuple(kind for kind in classes if kind))
    path[-1].children.append(node)
    path.append(node)
    return "<v> must not stand inside another" if nested else ""


def _split(inner: str) -> tuple[str, str]:
    for place, letter in enumerate(inner):
        if letter in SPACES:
            return inner[:place], re.sub(f"[{SPACES}]+", " ", html_text(inner[place:]).strip(SPACES))
    return inner, ""


def _end(name: str, path: list[Node]) -> str:
    if len(path) > 1 and path[-1].name == name:
        path.pop()
    elif name == "ruby" and path[-1].name == "rt":
        del path[-2:]
    else:
        return "this end tag closes nothing"
    return ""


def _time(inner: str, path: list[Node]) -> str:
    scanner = Scanner(inner, 1)
    try:
        value = scanner.timestamp()
    except VttSyntaxError:
        return "a time inside a cue must be written as <00:00:00.000>"
    if scanner.at != len(inner):
        return "a time inside a cue must be written as <00:00:00.000>"
    path[-1].children.append(value)
    return ""
