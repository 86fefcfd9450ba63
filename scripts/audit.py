"""Are known weaknesses in what we depend on? `make audit`.

Exit codes: 0 all was checked and nothing is known; 1 something is known; 3 nothing is known, but not all could be
checked, for example where the package registry has no advisories. Silence of a registry is no clean bill.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

ROOT = Path(__file__).parent.parent
CLEAN, FOUND, UNCHECKED = 0, 1, 3
LOCKS = ("requirements/runtime.txt", "requirements/dev.txt")
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


def audited(run: Callable[..., "subprocess.CompletedProcess[bytes]"] = subprocess.run) -> list[Finding]:
    """Ask for every list of dependencies."""
    found = []
    for lock in LOCKS:
        command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"]
        command += ["--disable-pip", "--require-hashes", "-r", lock]
        done = run(command, capture_output=True, check=False, cwd=ROOT)
        found.append(of_pip(lock, done.stdout, done.stderr.decode(errors="replace")))
    npm = shutil.which("npm")
    if npm is None:
        return [*found, Finding("package-lock.json", 0, 0, why="npm is not here")]
    done = run([npm, "audit", "--json", "--audit"], capture_output=True, check=False, cwd=ROOT)
    return [*found, of_npm("package-lock.json", done.stdout)]


if __name__ == "__main__":
    code, said = verdict(audited())
    sys.stdout.write("\n".join(said) + "\n")
    sys.exit(code)
