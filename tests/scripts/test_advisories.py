"""A copy of the advisories answers as their makers would, and pip-audit believes it."""

import subprocess
import sys
from datetime import date

import pytest

from scripts.advisories import Advisories, NoAdvisories, affects, answering
from scripts.audit import age, of_pip

OLD = """id: PYSEC-2024-1
modified: "2024-02-06T20:20:18Z"
published: 2024-01-29T23:15:00Z
details: It breaks.
affected:
- package: {ecosystem: PyPI, name: Old_Thing}
  ranges:
  - type: ECOSYSTEM
    events:
    - introduced: "0"
    - fixed: 1.10.0
  versions: ["1.9.9"]
"""
GONE = """id: PYSEC-2024-2
modified: 2024-01-01T00:00:00Z
withdrawn: 2024-01-02T00:00:00Z
affected:
- package: {ecosystem: PyPI, name: old-thing}
  versions: ["1.9.9"]
"""


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "vulns" / "old-thing"
    home.mkdir(parents=True)
    (home / "PYSEC-2024-1.yaml").write_text(OLD, encoding="utf-8")
    (home / "PYSEC-2024-2.yaml").write_text(GONE, encoding="utf-8")
    return tmp_path


def spread(*events):
    return {"ranges": [{"type": "ECOSYSTEM", "events": list(events)}, {"type": "GIT", "events": [{"introduced": "0"}]}]}


@pytest.mark.parametrize(
    ("part", "version", "meant"),
    [
        ({"versions": ["1.0"]}, "1.0", True),
        ({"versions": ["1.0"]}, "1.0.1", False),
        (spread({"introduced": "0"}, {"fixed": "2.10"}), "2.9", True),
        (spread({"introduced": "0"}, {"fixed": "2.10"}), "2.10", False),
        (spread({"introduced": "2"}, {"last_affected": "3.1"}), "3.1", True),
        (spread({"introduced": "2"}, {"last_affected": "3.1"}), "3.2", False),
        (spread({"introduced": "2"}, {"last_affected": "3.1"}), "1.9", False),
        (spread({"fixed": "1.5"}, {"introduced": "2"}, {"introduced": "0"}), "1.7", False),
        (spread({"fixed": "1.5"}, {"introduced": "2"}, {"introduced": "0"}), "2.0", True),
        (spread({"introduced": "0"}), "no version", True),
        ({}, "1.0", False),
    ],
)
def test_versions_are_compared_as_versions(part, version, meant):
    assert affects(part, version) is meant


def test_names_are_compared_as_pypi_does_and_withdrawn_ones_left_out(folder):
    copy = Advisories(folder)
    assert [each["id"] for each in copy.of("Old.Thing", "1.9.9")] == ["PYSEC-2024-1"]
    assert copy.of("old-thing", "1.10.0") == copy.of("other", "1.0") == []


def test_its_age_is_told(folder):
    assert Advisories(folder).until() == date(2024, 2, 6)
    assert age(date(2024, 2, 6), date(2024, 3, 7)) is None
    late = age(date(2024, 2, 6), date(2024, 3, 8))
    assert late is not None
    assert late.unchecked == 1
    assert "2024-02-06" in late.why


def test_a_folder_without_advisories_is_refused(tmp_path):
    with pytest.raises(NoAdvisories, match="clone"):
        Advisories(tmp_path)


def test_pip_audit_reads_the_answers(folder, tmp_path):
    lock = tmp_path / "lock.txt"
    lock.write_text("old-thing==1.9.9\nsix==1.17.0\n", encoding="utf-8")
    with answering(Advisories(folder)) as address:
        command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--no-deps"]
        command += ["--disable-pip", "-r", str(lock), "--vulnerability-service", "osv", "--osv-url", address]
        done = subprocess.run([*command, "--cache-dir", str(tmp_path / "c")], capture_output=True, check=False)
    found = of_pip("lock", done.stdout, done.stderr.decode())
    assert (found.checked, found.unchecked) == (2, 0), done.stderr.decode()
    assert found.weaknesses == ("old-thing 1.9.9: PYSEC-2024-1, mended in 1.10.0",)
