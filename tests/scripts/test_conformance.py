"""The conformance report names tests that exist, says what became of them, and the page in docs is in step."""

import re
import tomllib

import pytest

from scripts import conformance
from scripts.conformance import REPORT, ROOT, SOURCE, Run, main, missing, published, read, report

TOML = SOURCE.read_text(encoding="utf-8")
SMALL = """[tests]
a = "tests/one/test_a.py::test_a"
b = "tests/viewer/b.test.js::a title, [with] marks"
[[part]]
title = "T"
rows = [["First", ["a"]], ["Second", ["a", "b"]], ["Third", "needs people: nobody came"]]
"""
A, B = "tests/one/test_a.py::test_a", "tests/viewer/b.test.js::a title, [with] marks"
PYTEST = """<testsuites><testsuite name="pytest" timestamp="2026-01-02T10:00:00.0+00:00">
<testcase classname="tests.one.test_a" name="test_a[light]"/><testcase classname="tests.one.test_a" name="test_a[dark]">{}</testcase>
<testcase classname="tests.other.test_a" name="test_a"><failure/></testcase></testsuite></testsuites>"""
NODE = '<testsuites><testcase name="a title, [with] marks" classname="test">{}</testcase></testsuites>'


def state(page, row):
    return re.search(rf"^\| {row} \| ([^|]*) \|", page, re.MULTILINE)[1]


def test_every_named_test_exists():
    assert missing(TOML, ROOT) == []


def test_the_page_in_docs_is_in_step_with_the_rows_and_the_published_outcomes():
    assert REPORT.read_text(encoding="utf-8") == report(TOML, published()), "run: python -m scripts.conformance"


def test_what_was_published_has_its_date_and_version_and_no_failure():
    run = published()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", run.date)
    assert run.version
    assert "failed" not in run.tests.values()


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


@pytest.mark.parametrize(
    ("case", "title", "first", "second"),
    [
        ("", "", "supports", "supports"),
        ("", "<skipped/>", "supports", "not shown"),
        ("<skipped/>", "", "not shown", "not shown"),
        ("<failure/>", "<skipped/>", "fails", "fails"),
        ("<error/>", "", "fails", "fails"),
        ("", "<failure/>", "supports", "fails"),
    ],
)
def test_a_row_supports_only_when_every_case_of_every_test_passed(tmp_path, case, title, first, second):
    (tmp_path / "fast.xml").write_text(PYTEST.format(case))
    (tmp_path / "js.xml").write_text(NODE.format(title))
    page = report(SMALL, read(tmp_path, [A, B], "1.2"))
    assert (state(page, "First"), state(page, "Second"), state(page, "Third")) == (first, second, "not shown")
    assert "2026-01-02, version 1.2" in page
    assert ("(**failed**)" in page) == ("fails" in (first, second))
    assert ("(**skipped**)" in page) == ("<skipped/>" in (case, title))


def test_what_did_not_run_supports_nothing(tmp_path):
    page = report(SMALL, read(tmp_path / "nowhere", [A, B], "1.2"))
    assert "supports" not in page.replace(conformance.HEAD, "")
    assert page.count("(**did not run**)") == 3
    assert "No run was published" in report(SMALL, Run())


@pytest.mark.parametrize(("case", "code"), [("", 0), ("<skipped/>", 0), ("<failure/>", 1)])
def test_a_failed_row_ends_make_test(tmp_path, monkeypatch, capsys, case, code):
    (tmp_path / "rows.toml").write_text(SMALL)
    monkeypatch.setattr(conformance, "SOURCE", tmp_path / "rows.toml")
    (tmp_path / "fast.xml").write_text(PYTEST.format(case))
    assert main([str(tmp_path)]) == code
    assert state((tmp_path / "conformance.md").read_text(), "Second") == ("fails" if code else "not shown")
    assert f"did not run: {B}" in capsys.readouterr().out


def test_a_run_is_published_and_the_page_written_again_from_it(tmp_path, monkeypatch):
    (tmp_path / "rows.toml").write_text(SMALL)
    for name, file in (("SOURCE", "rows.toml"), ("OUTCOMES", "out.json"), ("REPORT", "out.md")):
        monkeypatch.setattr(conformance, name, tmp_path / file)
    (tmp_path / "fast.xml").write_text(PYTEST.format(""))
    assert main([str(tmp_path), "--publish"]) == 0
    page = (tmp_path / "out.md").read_text()
    assert state(page, "First") == "supports"
    (tmp_path / "out.md").unlink()
    assert main([]) == 0
    assert (tmp_path / "out.md").read_text() == page


def test_what_does_not_exist_is_found():
    source = '[tests]\na = "tests/none.py::test_a"\nb = "tests/scripts/test_conformance.py::test_b"\n'
    assert len(missing(source, ROOT)) == 2
    with pytest.raises(ValueError, match="nothing"):
        report(source + '[[part]]\ntitle = "T"\nrows = [["1", ["nothing"]]]\n', Run())
