"""The conformance report names tests that exist, and is the newest."""

import tomllib

import pytest

from scripts.conformance import REPORT, ROOT, SOURCE, missing, report

TOML = SOURCE.read_text(encoding="utf-8")


def test_every_named_test_exists():
    assert missing(TOML, ROOT) == []


def test_the_page_is_the_newest():
    assert REPORT.read_text(encoding="utf-8") == report(TOML), "run: python -m scripts.conformance"


def test_every_test_of_the_table_shows_something():
    data = tomllib.loads(TOML)
    used = {name for part in data["part"] for _, how in part["rows"] if isinstance(how, list) for name in how}
    assert set(data["tests"]) - used == set()


def test_a_row_without_a_test_says_why():
    for part in tomllib.loads(TOML)["part"]:
        for name, how in part["rows"]:
            assert (
                how
                if isinstance(how, list)
                else how.startswith(("no such content: ", "needs people: ", "measured, not gated: "))
            ), name


def test_what_does_not_exist_is_found(tmp_path):
    source = '[tests]\na = "tests/none.py::test_a"\nb = "tests/scripts/test_conformance.py::test_b"\n'
    assert len(missing(source, ROOT)) == 2
    with pytest.raises(ValueError, match="nothing"):
        report(source + '[[part]]\ntitle = "T"\nrows = [["1", ["nothing"]]]\n')
