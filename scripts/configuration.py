"""Writes docs/configuration.md from the code: `python -m scripts.configuration`."""

import ast
import dataclasses
import enum
import importlib
import re
import sys
import types
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import typer

from captioner.cli import app
from captioner.defaults import Defaults
from captioner.publish.sinks.settings import OutputSettings
from server.archive.settings import ArchiveSettings
from server.config import Timing
from server.interface.notes import notes
from server.limits import Limits
from server.setup import Item, MeetingSetup, Person

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "configuration.md"

ENVIRONMENT = {
    "CAPTIONER_BACKPLANE": "`captioner serve`: address of Redis for several machines, as `redis://HOST:6379/0`. It may "
    "hold a password; therefore it is no option",
    "CAPTIONER_TRUSTED_PROXIES": "`captioner serve`: see `--trusted-proxy`; several with a blank between them",
    "CAPTIONER_PROXY_HEADER": "`captioner serve`: see `--proxy-header`",
    "CAPTIONER_MODELS": "folder of the models; otherwise the user's cache",
    "CAPTIONER_OUTPUT_PRIVATE": "`--output KIND=@FILE`: 1 lets the address be of this machine or its own network",
    "CAPTIONER_NO_APT": "set-up (`make`): anything here, and no Debian package is installed",
    "HF_ENDPOINT": "`captioner models fetch`: a mirror of the model hub, instead of https://huggingface.co",
    "PIP_CERT": "`captioner models fetch`: file of further certificates, as pip takes it",
    "REQUESTS_CA_BUNDLE": "the same, as other programs take it",
    "XDG_DATA_HOME": "where the menu entry of `captioner setup` goes; otherwise `~/.local/share`",
    "DISPLAY": "`--open`: whether there is a desktop",
    "WAYLAND_DISPLAY": "the same",
    "SPEECH_DIR": "`python -m benchmarks`: folder of recordings with references",
    "HTTP_EXAMPLES": "`make fuzz EXAMPLES=`: requests for each address",
    "LEAK_EXAMPLES": "`tests/faults/test_nothing_leaks.py`: sets of secrets, for a longer look (with `--timeout=3600`)",
}
"""Every variable of the environment that is read, and what for."""

FILES: tuple[tuple[str, str, type, dict[str, str]], ...] = (
    (
        "setup.toml",
        (
            "In the user's folder of settings; written by `captioner setup`, read by `captioner live`. An option goes "
            "before it."
        ),
        Defaults,
        {},
    ),
    (
        "outputs.toml",
        (
            "In the data folder, readable by its owner alone. One table for each output: `[name]`. See "
            "[outputs.md](outputs.md)."
        ),
        OutputSettings,
        {},
    ),
    (
        "archive.toml",
        "In the server's data folder; read at its start. See [archive.md](archive.md).",
        ArchiveSettings,
        {},
    ),
    (
        "PLAN.toml",
        (
            "A meeting's plan: `captioner meeting new PLAN.toml`, or the host's form. Other names are refused. See "
            "[host.md](host.md)."
        ),
        MeetingSetup,
        {
            "policy": "record",
            "start": "Date and time of the beginning, so that points of the agenda may have a time of day (`at`).",
        },
    ),
    ("[[agenda]] of a plan", "A point of the agenda.", Item, {"at_ms": "at"}),
    ("[[roster]] of a plan", "Somebody who may speak.", Person, {}),
)
"""Name, what it is, its type, and what a file calls differently or has beside the type."""

_PLACES = ("server", "captioner/captions/cue.py", "captioner/captions/wire.py")
_NO_LIMITS = {
    "EXIT_OK", "EXIT_USAGE", "EXIT_PORT", "EXIT_STORAGE",  # in README.md
    "VERSION", "LAYOUT", "DAY_MS",  # of formats; and of days
}  # fmt: skip
_HEAD = """# Configuration

Made from the code by `python -m scripts.configuration`; do not edit. A test holds this page to the code.

An option goes before a variable of the environment, and this before a file. Secrets (tokens, passcodes, addresses of
outputs and of Redis) are never options: everybody on a machine can read those. What of the server can only be changed
in the code stands here too, so that nobody has to guess. How recognition is tuned: [benchmarks.md](benchmarks.md).

"""


class Constant(typing.NamedTuple):
    """A number of the code that is a limit or a time."""

    module: str
    name: str
    value: float
    about: str


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command's whole name and its description."""

    def walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
            return
        for key in sorted(inner):
            yield from walk(f"{name} {key}", inner[key])

    yield from walk("captioner", typer.main.get_command(app))


def options(command: Any) -> Iterator[tuple[str, str, str, str]]:
    """Yield name, values, default and meaning of what a command takes."""
    for one in command.params:
        option = one.param_type_name == "option"
        names = "/".join((*one.opts, *one.secondary_opts)) if option else (one.metavar or one.name.upper())
        about = one.help or ""
        if one.envvar:
            about += f" Environment: `{one.envvar}`."
        default = "needed" if one.required else _shown(one.default)
        yield names, _values(one), default, about


def _values(one: Any) -> str:
    kind = one.type_descriptor.annotation
    while typing.get_origin(kind) in {typing.Union, types.UnionType, list, tuple}:
        kind = next(each for each in typing.get_args(kind) if each is not type(None))
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return ", ".join(str(each.value) for each in kind)
    if kind is bool:
        return "yes or no" if one.secondary_opts else "flag"
    low, high = getattr(one, "min", None), getattr(one, "max", None)
    words = {int: "whole number", float: "number", Path: "path", str: "text"}.get(kind, "text")
    return words if low is None and high is None else f"{'' if low is None else low} to {'' if high is None else high}"


def _shown(value: object) -> str:
    if value is None or value in ("", (), []):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, enum.Enum):
        return f"`{value.value}`"
    if isinstance(value, tuple | list):
        return " ".join(_shown(each) for each in value)
    return f"`{value:_}`" if isinstance(value, int) and abs(value) >= 10_000 else f"`{value}`"  # noqa: PLR2004 - digits


def constants() -> Iterator[Constant]:
    """Yield the public numbers of the server and the wire, and a client's allowance, with the comment behind each."""
    for place in _PLACES:
        path = ROOT / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else (path,):
            source = file.read_text(encoding="utf-8")
            lines = source.splitlines()
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            for node in ast.parse(source).body:
                if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
                    continue
                name = node.targets[0].id
                named = name.isupper() and (name[0] != "_" or name.endswith(("BURST", "RATE")))
                value = getattr(importlib.import_module(module), name) if named else None
                if isinstance(value, bool) or not isinstance(value, int | float) or name in _NO_LIMITS:
                    continue
                about = lines[node.end_lineno - 1][node.end_col_offset :].strip().removeprefix("#").strip()
                yield Constant(module, name, value, about)


def variables(root: Path = ROOT) -> set[str]:
    """Return the variables of the environment that the code reads."""
    found: set[str] = set()
    for folder in ("captioner", "server", "models", "benchmarks", "tests"):
        for file in (root / folder).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            found |= set(re.findall(r'environ(?:\.get\(|\[)\s*"([A-Z][A-Z0-9_]+)"(?!\] = )', text))
            found |= set(re.findall(r'environ\[.*\n?.*envvar="([A-Z_]+)"', text))
            found |= set(re.findall(r'envvar="([A-Z][A-Z0-9_]+)"', text))
            found |= {name for names in re.findall(r"for variable in \(([^)]*)\)", text)
                      for name in re.findall(r'"([A-Z_]+)"', names)}  # fmt: skip
    for file in (root / "scripts").glob("*.sh"):
        found |= set(re.findall(r"\$\{?(CAPTIONER_[A-Z_]+)", file.read_text(encoding="utf-8")))
    return found


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [f"| {' | '.join(head)} |", "| " + " | ".join("---" for _ in head) + " |"]
    lines += ["| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n\n"


def fields(kind: type) -> Iterator[tuple[str, str, str]]:
    """Yield name, default and meaning of a struct's or dataclass's fields."""
    said = notes(kind)
    if dataclasses.is_dataclass(kind):
        for one in dataclasses.fields(kind):
            if one.default is not dataclasses.MISSING and not dataclasses.is_dataclass(one.default):
                yield one.name, _shown(one.default), said.get(one.name, "")
        return
    for each in msgspec.structs.fields(kind):
        yield each.encode_name, "needed" if each.required else _shown(each.default), said.get(each.name, "")


def _file(kind: type, differs: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    known = set()
    for name, default, about in fields(kind):
        known.add(name)
        yield f"`{differs.get(name, name)}`", "`on_record`" if differs.get(name) == "record" else default, about
    for name, about in differs.items():
        if name not in known:
            yield f"`{name}`", "none", about


def page() -> str:
    """Return the page."""
    text = _HEAD + "## Commands\n\n"
    for name, command in commands():
        rows = list(options(command))
        text += f"### {name}\n\n{(command.help or '').strip().partition(chr(10))[0]}\n\n"
        if rows:
            text += _table(("takes", "values", "default", "what"), ((f"`{r[0]}`", *r[1:]) for r in rows))
    text += "## Environment\n\n"
    text += _table(("variable", "what for"), ((f"`{name}`", about) for name, about in sorted(ENVIRONMENT.items())))
    text += "## Files\n\nAll are TOML in UTF-8. "
    text += "A glossary (`--glossary`) is text, a term a line: `DCAD = decad, D-card`.\n\n"
    for name, about, kind, differs in FILES:
        text += f"### {name}\n\n{about}\n\n" + _table(("name", "default", "what"), _file(kind, differs))
    text += "## The server's times\n\nSeconds.\n\n"
    text += _table(("name", "value", "what"), ((f"`{name}`", *rest) for name, *rest in fields(Timing)))
    text += "## The server's connections\n\n"
    text += _table(("name", "value", "what"), ((f"`{name}`", *rest) for name, *rest in fields(Limits)))
    text += "## Limits and times in the code\n\n"
    rows = ((f"`{one.name}`", _shown(one.value), one.about, f"`{one.module}`") for one in constants())
    return (text + _table(("name", "value", "unit and what for", "where"), rows)).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")
