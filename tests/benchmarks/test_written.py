import json

from benchmarks.written import keep


def test_figures_and_report_are_kept_under_one_name(tmp_path, capsys):
    keep(tmp_path / "new", "speed", {"ms": 5}, "# Speed\n")
    assert json.loads((tmp_path / "new" / "speed.json").read_text()) == {"ms": 5}
    assert (tmp_path / "new" / "speed.md").read_text() == "# Speed\n"
    assert "# Speed" in capsys.readouterr().out
