"""The conformance report, from what the tests of the last run said: docs/conformance.toml has the rows.

`python -m scripts.conformance FOLDER` reads the JUnit files of a run, writes the page beside them and exits with 1 when
a test of a row failed: `make test` does so. `--publish` writes the page and the outcomes into docs: `make conformance`.
Without a folder, the page in docs is written again from the outcomes that stand there.
"""

import argparse
import json
import re
import sys
import tomllib
import xml.etree.ElementTree as ET
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "docs" / "conformance.toml"
OUTCOMES = ROOT / "docs" / "conformance.json"
REPORT = ROOT / "docs" / "conformance.md"

HEAD = """# Conformance of the live page

Written by `python -m scripts.conformance` from [conformance.toml](conformance.toml) and from what the tests said; do
not edit. A row says "supports" only when each of its tests passed in the last run that was published here; otherwise
it names the tests that failed, were skipped or did not run. `make test` makes this report anew of each run, beside its
results in `.make/results`, and fails when a row's test fails; `make conformance` publishes it here. A row without a
test says why it has none. What a real screen reader says of a meeting is in [orca.md](../benchmarks/results/orca.md),
what the page costs in [viewer.md](../benchmarks/results/viewer.md).

"""
PASSED, SKIPPED, FAILED, NOT_RUN = "passed", "skipped", "failed", "did not run"
_WORST_FIRST = (FAILED, SKIPPED, PASSED)
_WITHOUT = {"no such content: ": "not applicable", "needs people: ": "not shown", "measured, not gated: ": "not shown"}


@dataclass(frozen=True)
class Run:
    """What one run of the tests said."""

    date: str = ""
    version: str = ""
    tests: dict[str, str] = field(default_factory=dict)  # by the name in the table; a test that is not here did not run

    def of(self, test: str) -> str:
        """Return the outcome of a test."""
        return self.tests.get(test, NOT_RUN)


def read(folder: Path, named: list[str], version: str) -> Run:
    """Read the JUnit files of a run; of a test with several cases the worst counts."""
    found: dict[str, list[str]] = {}
    dates = []
    for file in sorted(folder.glob("*.xml")):
        tree = ET.parse(file).getroot()  # noqa: S314 - our own runners wrote it
        dates += [suite.get("timestamp", "")[:10] for suite in tree.iter("testsuite")]
        for case in tree.iter("testcase"):
            tags = {child.tag for child in case}
            outcome = FAILED if tags & {"failure", "error"} else SKIPPED if "skipped" in tags else PASSED
            found.setdefault(_case(case), []).append(outcome)
    said = {test: found[_key(test)] for test in named if _key(test) in found}
    worst = {test: min(outcomes, key=_WORST_FIRST.index) for test, outcomes in said.items()}
    return Run(max(dates, default=""), version, worst)


def _case(case: ET.Element) -> str:
    """Name a case as its runner does: pytest with its module, Node.js by its title only."""
    module, name = case.get("classname", ""), case.get("name", "")
    return name if module == "test" else f"{module}::{name.partition('[')[0]}"


def _key(test: str) -> str:
    path, _, title = test.partition("::")
    return f"{path.removesuffix('.py').replace('/', '.')}::{title}" if path.endswith(".py") else title


def report(source: str, run: Run) -> str:
    """Return the page; ValueError when a row names a test that is not in the table of tests."""
    data = tomllib.loads(source)
    tests: dict[str, str] = data["tests"]
    lines, states = [], []
    for part in data["part"]:
        lines += [f"\n## {part['title']}\n", "| criterion | state | shown by |", "| --- | --- | --- |"]
        for name, how in part["rows"]:
            state, shown = _row(how, tests, run)
            states.append(state)
            lines.append(f"| {name} | {state} | {shown} |")
    counts = ", ".join(f"{state} {states.count(state)}" for state in sorted(set(states)))
    last = f"Last run: {run.date}, version {run.version}." if run.date else "No run was published."
    return HEAD + f"{last} {len(states)} rows: {counts}.\n" + "\n".join(lines) + "\n"


def _row(how: str | list[str], tests: dict[str, str], run: Run) -> tuple[str, str]:
    if isinstance(how, str):
        return next(state for start, state in _WITHOUT.items() if how.startswith(start)), how
    unknown = [name for name in how if name not in tests]
    if unknown or not how:
        msg = f"no such test in the table: {unknown}"
        raise ValueError(msg)
    outcomes = [run.of(tests[name]) for name in how]
    state = "fails" if FAILED in outcomes else "supports" if set(outcomes) == {PASSED} else "not shown"
    links = [_link(tests[name]) for name in how]
    marked = [link if said == PASSED else f"{link} (**{said}**)" for link, said in zip(links, outcomes, strict=True)]
    return state, "; ".join(marked)


def _link(test: str) -> str:
    path, _, title = test.partition("::")
    return f"[{title.removeprefix('test_').replace('_', ' ')}](../{path})"


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


def published() -> Run:
    """Return the outcomes that stand in docs."""
    return Run(**json.loads(OUTCOMES.read_text(encoding="utf-8"))) if OUTCOMES.is_file() else Run()


def main(arguments: list[str]) -> int:
    """Write the report; return 1 when a test of a row failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, nargs="?", help="with the JUnit files of a run")
    parser.add_argument("--publish", action="store_true", help="into docs, instead of into the folder")
    chosen = parser.parse_args(arguments)
    source = SOURCE.read_text(encoding="utf-8")
    if chosen.folder is None:
        REPORT.write_text(report(source, published()), encoding="utf-8")
        return 0
    named = list(tomllib.loads(source)["tests"].values())
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    run = read(chosen.folder, named, version)
    page = REPORT if chosen.publish else chosen.folder / "conformance.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(report(source, run), encoding="utf-8")
    if chosen.publish:
        OUTCOMES.write_text(json.dumps(asdict(run), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for test in named:
        if run.of(test) != PASSED:
            print(f"{run.of(test)}: {test}")
    print(f"The conformance report: {page}")
    return int(FAILED in run.tests.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
