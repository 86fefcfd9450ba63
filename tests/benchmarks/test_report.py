import json

from msgspec.structs import replace

from benchmarks.report import Baseline, markdown, write
from benchmarks.score import Accuracy, Drift
from tests.benchmarks.test_result import make


def test_the_page_has_a_row_for_each_engine_and_recording():
    page = markdown([make("Good morning everyone", 900)], [Baseline("x", Accuracy(3, 1, 0, 0))], ["Measured here."])
    assert "Measured here." in page
    assert "### x" in page
    assert "WER 33.33 %, 0 insertions" in page
    assert page.count("| ours | 3 | 0.00 % | 0 | 0.80 s |") == 2  # together and alone
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert {row.count("|") for row in rows} == {13}


def test_the_files(tmp_path):
    page = write([make("Good morning everyone", 900)], [], [], tmp_path)
    assert page.read_text(encoding="utf-8").endswith("![accuracy](accuracy.svg)\n")
    for name in ("latency.svg", "course.svg", "accuracy.svg"):
        assert "<svg" in (tmp_path / name).read_text(encoding="utf-8")
    (figures,) = json.loads((tmp_path / "figures.json").read_bytes())
    assert figures["engine"] == "ours"
    assert figures["text"] == ""


def test_five_engines_have_a_line_each(tmp_path):
    said = make("Good morning everyone", 900)
    write([replace(said, engine=name) for name in ("ours", "live", "one", "two", "three")], [], [], tmp_path)
    assert all(
        f"<!-- {name} -->" in (tmp_path / "course.svg").read_text(encoding="utf-8") for name in ("ours", "three")
    )


def test_word_times_stand_beside_those_of_offline_decoding():
    said = replace(make("Good morning everyone", 900), drift=Drift([20, 40], [10, 30]))
    page = markdown([said], [Baseline("x", Accuracy(3, 1, 0, 0), Drift([100], [90]))], [])
    assert "Word times of ours against the forced alignment, p90: start 38 ms, end 28 ms." in page
    assert "Word times of offline against the forced alignment, p90: start 100 ms, end 90 ms." in page


def test_languages_are_not_added_up():
    english = make("Good morning everyone", 900)
    french = replace(english, language="fr", recording="y")
    page = markdown([english, french], [Baseline("x", Accuracy(3, 1, 0, 0)), Baseline("y", Accuracy(3, 3, 0, 2))], [])
    assert "recordings that an engine did, en" in page
    assert "on all of these: WER 33.33 %, 0 insertions" in page
    assert "on all of these: WER 166.67 %, 2 insertions" in page
