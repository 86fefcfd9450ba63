"""Orca for real, without a screen: what a blind participant hears and feels of a meeting."""

import pytest

from benchmarks import desk, orca

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _programs():
    if missing := desk.lacking():
        pytest.skip(f"not installed (apt): {', '.join(missing)}")


def test_every_final_is_spoken_once_and_in_order_also_through_a_crash_of_the_server(tmp_path):
    reading = orca.observe(tmp_path, 0.6, "sentence", reconnect=True)
    assert reading.finals >= 8
    assert (reading.once, reading.missing, reading.doubled) == (reading.finals, 0, 0)
    assert reading.in_order
    assert 1 <= reading.inflation <= 1.05
    assert reading.braille == reading.finals


def test_nothing_is_spoken_of_captions_while_announcements_are_off(tmp_path):
    reading = orca.observe(tmp_path, 0.2, "off")
    assert reading.finals >= 2
    assert reading.spoken == 0
    assert reading.braille == 0
