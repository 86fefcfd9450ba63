"""What the source says of each field: the comment behind it, or the text below it. For documents, never for running."""

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any, get_args

import msgspec


def notes(kind: type) -> dict[str, str]:
    """Return what the source says of a class's own fields, by name; empty where there is no source."""
    try:
        source = textwrap.dedent(inspect.getsource(kind))
    except (OSError, TypeError):
        return {}
    lines = source.splitlines()
    (top,) = ast.parse(source).body
    body = top.body if isinstance(top, ast.ClassDef) else []
    found: dict[str, str] = {}
    for number, node in enumerate(body):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        below = body[number + 1] if number + 1 < len(body) else None
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str):
            found[node.target.id] = inspect.cleandoc(below.value.value)
        else:
            _, behind, comment = lines[node.lineno - 1][node.end_col_offset or 0 :].partition("#")
            text = comment.partition("# noqa")[0].strip()
            if behind and text and not text.startswith(("noqa", "type:")):
                found[node.target.id] = text
    return found


def noted(components: dict[str, Any], kinds: Iterable[object]) -> dict[str, Any]:
    """Return schemas with the fields' notes as their descriptions."""
    known = {kind.__name__: kind for kind in _structs(kinds)}
    for name, schema in components.items():
        kind = known.get(name)
        if kind is None:
            continue
        said = {key: text for base in reversed(kind.__mro__) if base is not object for key, text in notes(base).items()}
        for field in msgspec.structs.fields(kind):
            text = said.get(field.name)
            where = schema["properties"].get(field.encode_name)
            if text and where is not None:
                schema["properties"][field.encode_name] = {"description": text} | where
    return components


def as_json(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document as who reads it as JSON gets it: lists for tuples."""
    made: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document))
    return made


def _structs(kinds: Iterable[object]) -> Iterator[type[msgspec.Struct]]:
    """Yield the structs that types are made of."""
    waiting, seen = list(kinds), set[int]()
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if id(kind) in seen or not isinstance(kind, type) or not issubclass(kind, msgspec.Struct):
            continue
        seen.add(id(kind))
        yield kind
        waiting += [field.type for field in msgspec.structs.fields(kind)]
