"""Writes docs/conformance.md from docs/conformance.toml: `python -m scripts.conformance`."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "docs" / "conformance.toml"
REPORT = ROOT / "docs" / "conformance.md"

HEAD = """# Conformance of the live page

Written by `python -m scripts.conformance` from [conformance.toml](conformance.toml); do not edit. Each test named here
runs in `make test`, which fails when one of them fails, when a row names a test that does not exist, or when this page
is out of date. A row without a test says why it has none. What a real screen reader says of a meeting is in
[orca.md](../benchmarks/results/orca.md), what the page costs in [viewer.md](../benchmarks/results/viewer.md).

"""


def report(source: str) -> str:
    """Return the page; ValueError when a row names a test that is not in the table of tests."""
    data = tomllib.loads(source)
    tests: dict[str, str] = data["tests"]
    shown = sum(isinstance(how, list) for part in data["part"] for _, how in part["rows"])
    total = sum(len(part["rows"]) for part in data["part"])
    text = HEAD + f"{shown} of {total} rows are shown by tests.\n"
    for part in data["part"]:
        text += f"\n## {part['title']}\n\n| criterion | shown by |\n| --- | --- |\n"
        text += "".join(f"| {name} | {_how(how, tests)} |\n" for name, how in part["rows"])
    return text


def _how(how: str | list[str], tests: dict[str, str]) -> str:
    if isinstance(how, str):
        return how
    unknown = [name for name in how if name not in tests]
    if unknown:
        msg = f"no such test in the table: {unknown}"
        raise ValueError(msg)
    links = []
    for name in how:
        path, _, title = tests[name].partition("::")
        links.append(f"[{title.removeprefix('test_').replace('_', ' ')}](../{path})")
    return "; ".join(links)


def missing(source: str, root: Path) -> list[str]:
    """Return the tests of the table that are in no test file."""
    found = []
    for test in tomllib.loads(source)["tests"].values():
        path, _, title = test.partition("::")
        file = root / path
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        pattern = rf"^(?:async )?def {re.escape(title)}\(" if path.endswith(".py") else rf'^test\("{re.escape(title)}"'
        if not re.search(pattern, text, re.MULTILINE):
            found.append(test)
    return found


if __name__ == "__main__":
    REPORT.write_text(report(SOURCE.read_text(encoding="utf-8")), encoding="utf-8")
