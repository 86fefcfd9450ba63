import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks import static_export

pytestmark = pytest.mark.browser


def test_a_short_run_writes_its_report(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["static", "--meetings", "12", "--cues", "5", "--out", str(tmp_path)])
    monkeypatch.setattr(static_export, "QUERIES", ("captions", "网络"))
    with ThreadPoolExecutor(1) as alone:  # this thread may drive the browser of other tests already
        alone.submit(static_export.main).result()
    report = (tmp_path / "static.md").read_text("utf-8")
    assert "nothing changed | 0." in report
    assert ", 0 files written |" in report
    assert "p50 / p95 / worst (6)" in report
