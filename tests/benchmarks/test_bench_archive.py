import json
import sys

from benchmarks import archive
from benchmarks.archive import timing


def test_a_short_run_writes_its_report(tmp_path, monkeypatch, capsys):
    arguments = ["archive", "--meetings", "60", "--cues", "5", "--tries", "20", "--out", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", arguments)
    monkeypatch.setattr(archive, "HOURS_3", 40)
    archive.main()
    found = json.loads((tmp_path / "archive.json").read_text("utf-8"))
    assert (found["meetings"], found["cues"], found["list_ms"]["tries"], found["search_ms"]["tries"]) == (
        60,
        300,
        20,
        20,
    )
    assert set(found["formats_ms"]) >= {"vtt", "docx", "epub"}
    assert "# The archive's speed" in (tmp_path / "archive.md").read_text("utf-8")
    assert "p95" in capsys.readouterr().out


def test_the_95th_of_100():
    found = timing([n / 1000 for n in range(1, 101)])
    assert (found.tries, found.p95, found.worst) == (100, 95.0, 100.0)
