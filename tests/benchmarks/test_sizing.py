"""The sizes on paper are arithmetic on the last reports."""

import ast
import re

import msgspec
import pytest

from benchmarks import sizing
from benchmarks.sizing import Assumed, Measured, filled, measured, number, size, tables

KNOWN = Measured(16.0, 10.0, 10_000, 300.0, 20.0, 100.0, 600.0, 600, 6_000, 60_000, 12.0, 34.0)


def test_the_page_is_in_step_with_the_reports():
    text = sizing.PAGE.read_text(encoding="utf-8")
    assert filled(text, tables(measured(), Assumed())) == text, "run: python -m benchmarks.sizing"
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (sizing.PAGE.parent / link).exists(), link


def test_one_process_up_to_what_was_measured_and_a_spare_one_beyond():
    assert [size(readers, KNOWN, Assumed()).edges for readers in (1, 10_000, 10_001, 100_000)] == [1, 1, 3, 11]


def test_the_arithmetic():
    found = size(100_000, KNOWN, Assumed(updates_a_second=2, head_bytes=100, low_frames_a_minute=40, hours=1))
    assert found.cores == pytest.approx(2.0)  # 100,000 x 2 x 10 microseconds
    assert found.memory_mib == pytest.approx(11 * 100 + 100_000 * 16 / 1024)
    assert found.full_mbit == pytest.approx(100_000 * 2 * 700 * 8 / 1e6)
    assert found.low_mbit == pytest.approx(100_000 * (600 + 40 * 100) * 8 / 60 / 1e6)
    assert found.full_gb == pytest.approx(found.full_mbit / 8 * 3600 / 1e3)
    assert found.storm_s == pytest.approx(20 * 9_091 / 10_000)
    assert found.redis_mbit == pytest.approx(11 * 2 * 600 * 8 / 1e6)
    assert size(200, KNOWN, Assumed()).redis_mbit == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.000_020_6, "0.000021"), (0.206, "0.21"), (1.03, "1.0"), (20.6, "21"), (99.2, "99"), (1_357, "1,400"),
     (11_088, "11,000"), (1_000_000, "1,000,000")],
)  # fmt: skip
def test_figures_have_two_digits_that_count(value, text):
    assert number(value) == text


def test_a_page_without_a_table_is_refused():
    with pytest.raises(ValueError, match="marks"):
        filled("<!-- sizes -->\n<!-- end -->\n", {"sizes": "", "one": ""})


def test_the_measured_minute_has_so_many_updates():
    source = (sizing.ROOT / "benchmarks" / "viewer.py").read_text(encoding="utf-8")
    said = {node.targets[0].id: node.value.value for node in ast.parse(source).body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)}  # fmt: skip
    assert said["UPDATES_A_MINUTE"] == sizing.UPDATES_A_MINUTE


def test_a_report_of_another_form_is_no_report(tmp_path):
    for name in ("fanout", "viewer", "machines", "idle"):
        (tmp_path / f"{name}.json").write_text("{}")
    with pytest.raises(msgspec.ValidationError):
        measured(tmp_path)


@pytest.mark.slow
def test_a_server_without_readers_is_measured():
    assert 20 < sizing.idle_mib() < 1_000
