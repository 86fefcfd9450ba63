"""An audit says what was checked; what was not checked is never called clean."""

import subprocess

import msgspec
import pytest

from scripts.audit import CLEAN, FOUND, UNCHECKED, audited, of_npm, of_pip, verdict

SIX = {"name": "six", "version": "1.16.0", "vulns": []}
SKIPPED = {"name": "six", "skip_reason": "Dependency not found on PyPI and could not be audited: six (1.16.0)"}
WEAK = {"name": "old", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": []}]}


def pip(*packages):
    return of_pip("lock", msgspec.json.encode({"dependencies": packages, "fixes": []}), "")


def npm(total, names=()):
    return of_npm("npm", msgspec.json.encode({
        "vulnerabilities": {name: {} for name in names},
        "metadata": {"vulnerabilities": {"total": len(names), "high": len(names)}, "dependencies": {"total": total}},
    }))  # fmt: skip


def test_all_checked_and_nothing_known():
    code, said = verdict([pip(SIX), npm(120)])
    assert code == CLEAN
    assert said == [
        "lock: 1 checked, 0 not, 0 known weaknesses", "npm: 120 checked, 0 not, 0 known weaknesses",
        "No weakness is known.",
    ]  # fmt: skip


def test_a_known_weakness_goes_before_everything():
    code, said = verdict([pip(WEAK, SKIPPED), npm(3, ["ws"])])
    assert code == FOUND
    assert "  old 1.0: PYSEC-1, mended in 1.1" in said
    assert "  ws" in said


def test_what_the_registry_does_not_know_is_not_clean():
    code, said = verdict([pip(SIX, SKIPPED), npm(120)])
    assert code == UNCHECKED
    assert said[-1].startswith("NOT ALL WAS CHECKED")
    assert "no data of six" in said[1]


@pytest.mark.parametrize("output", [b"", b"{}", b'{"message": "405 Method Not Allowed"}', b"<html>"])
def test_no_answer_is_not_clean(output):
    code, said = verdict([of_pip("lock", output, "Traceback\nConnectionError: no host"), of_npm("npm", output)])
    assert code == UNCHECKED
    assert said[-1].startswith("NOTHING WAS CHECKED")
    assert "  pip-audit gave no report: ConnectionError: no host" in said


def test_an_empty_list_is_not_clean():
    assert verdict([pip()])[0] == UNCHECKED


def test_every_list_of_dependencies_is_asked_about():
    asked = []

    def run(command, **_options):
        asked.append(command)
        return subprocess.CompletedProcess(command, 1, b"", b"")

    found = audited(run)
    assert [each.what for each in found] == ["requirements/runtime.txt", "requirements/dev.txt", "package-lock.json"]
    assert sum("pip_audit" in command for command in asked) == 2
    assert verdict(found)[0] == UNCHECKED
