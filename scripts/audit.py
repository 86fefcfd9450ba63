"""Are known weaknesses in what we depend on? `make audit`.

Exit codes: 0 all was checked and nothing is known; 1 something is known; 3 nothing is known, but not all could be
checked, for example where the package registry has no advisories. Silence of a registry is no clean bill.

`make audit ADVISORIES=FOLDER` asks a copy of the Python advisories instead: a clone of PyPA's advisory database, for
machines without a network. What became known after the copy was made is not in it, and is said to be unchecked.
"""

import argparse
import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from scripts.advisories import Advisories, NoAdvisories, answering

ROOT = Path(__file__).parent.parent
CLEAN, FOUND, UNCHECKED = 0, 1, 3
LOCKS = ("requirements/runtime.txt", "requirements/dev.txt")
_FRESH_DAYS = 30  # of a copy of advisories
_SHOWN = 5  # names of packages that were not checked


class Weakness(msgspec.Struct):
    """Of pip-audit: one advisory."""

    id: str
    fix_versions: tuple[str, ...] = ()


class Package(msgspec.Struct):
    """Of pip-audit: a dependency; with a reason when it was not checked."""

    name: str
    version: str = ""
    vulns: tuple[Weakness, ...] = ()
    skip_reason: str = ""


class PipReport(msgspec.Struct):
    """What `pip-audit --format json` writes."""

    dependencies: tuple[Package, ...]


class Counts(msgspec.Struct):
    """Of npm: advisories by severity."""

    total: int


class Scanned(msgspec.Struct):
    """Of npm: how many dependencies."""

    total: int


class Meta(msgspec.Struct):
    """Of npm."""

    vulnerabilities: Counts
    dependencies: Scanned


class NpmReport(msgspec.Struct):
    """What `npm audit --json` writes when it could ask."""

    metadata: Meta
    vulnerabilities: dict[str, object] = {}


class Finding(msgspec.Struct, frozen=True):
    """What came of one list of dependencies."""

    what: str
    checked: int
    unchecked: int
    weaknesses: tuple[str, ...] = ()
    why: str = ""


def of_pip(what: str, output: bytes, errors: str) -> Finding:
    """Read pip-audit's report; nothing was checked when there is none."""
    try:
        report = msgspec.json.decode(output, type=PipReport)
    except msgspec.DecodeError:
        last = (errors.strip().splitlines() or ["it says nothing"])[-1]
        return Finding(what, 0, 0, why=f"pip-audit gave no report: {last[:200]}")
    skipped = [each for each in report.dependencies if each.skip_reason]
    known = tuple(
        f"{each.name} {each.version}: {one.id}, mended in {', '.join(one.fix_versions) or 'no version yet'}"
        for each in report.dependencies
        for one in each.vulns
    )
    names = ", ".join(each.name for each in skipped[:_SHOWN])
    why = f"the registry has no data of {names}{' and others' if len(skipped) > _SHOWN else ''}" if skipped else ""
    return Finding(what, len(report.dependencies) - len(skipped), len(skipped), known, why)


def of_npm(what: str, output: bytes) -> Finding:
    """Read npm's report; nothing was checked when it could not ask."""
    try:
        report = msgspec.json.decode(output, type=NpmReport)
    except msgspec.DecodeError:
        return Finding(what, 0, 0, why="the registry has no advisories for npm")
    known = tuple(sorted(report.vulnerabilities)) if report.metadata.vulnerabilities.total else ()
    return Finding(what, report.metadata.dependencies.total, 0, known)


def verdict(findings: Sequence[Finding]) -> tuple[int, list[str]]:
    """Return the exit code and what to say, a line each."""
    lines = []
    for one in findings:
        lines.append(f"{one.what}: {one.checked} checked, {one.unchecked} not, {len(one.weaknesses)} known weaknesses")
        lines += [f"  {weakness}" for weakness in one.weaknesses]
        if one.why:
            lines.append(f"  {one.why}")
    if any(one.weaknesses for one in findings):
        return FOUND, [*lines, "Weaknesses are known: raise these versions."]
    if any(one.unchecked or not one.checked for one in findings):
        nothing = not any(one.checked for one in findings)
        text = "NOTHING WAS CHECKED" if nothing else "NOT ALL WAS CHECKED"
        return UNCHECKED, [*lines, f"{text}: ask again where the registry has advisories. This is no clean bill."]
    return CLEAN, [*lines, "No weakness is known."]


def age(until: date, today: date) -> Finding | None:
    """Return what a copy of advisories that ends on a day leaves unchecked; None when it is fresh."""
    if (today - until).days <= _FRESH_DAYS:
        return None
    return Finding("what became known lately", 0, 1, why=f"the copy of advisories ends on {until}: take a newer one")


def audited(
    run: Callable[..., "subprocess.CompletedProcess[bytes]"] = subprocess.run, asked: Sequence[str] = ()
) -> list[Finding]:
    """Ask for every list of dependencies; `asked` are further options of pip-audit."""
    found = []
    for lock in LOCKS:
        command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", *asked]
        command += ["--disable-pip", "--require-hashes", "-r", lock]
        done = run(command, capture_output=True, check=False, cwd=ROOT)
        found.append(of_pip(lock, done.stdout, done.stderr.decode(errors="replace")))
    npm = shutil.which("npm")
    if npm is None:
        return [*found, Finding("package-lock.json", 0, 0, why="npm is not here")]
    done = run([npm, "audit", "--json", "--audit"], capture_output=True, check=False, cwd=ROOT)
    return [*found, of_npm("package-lock.json", done.stdout)]


def main(arguments: Sequence[str]) -> int:
    """Ask, say what came of it, and return the exit code."""
    parser = argparse.ArgumentParser(description="Are known weaknesses in what we depend on?")
    parser.add_argument("--advisories", type=Path, help="a copy of PyPA's advisory database, instead of PyPI's answers")
    folder = parser.parse_args(arguments).advisories
    with contextlib.ExitStack() as stack:
        asked, late = [], None
        if folder is not None:
            try:
                advisories = Advisories(folder)
            except NoAdvisories as error:
                parser.error(str(error))
            cache = stack.enter_context(tempfile.TemporaryDirectory())
            address = stack.enter_context(answering(advisories))
            asked = ["--vulnerability-service", "osv", "--osv-url", address, "--cache-dir", cache]
            late = age(advisories.until(), datetime.now(UTC).date())
        found = audited(asked=asked)
    code, said = verdict([*found, late] if late else found)
    sys.stdout.write("\n".join(said) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
