import pytest

from captioner.measure import Measured, advise, measure
from captioner.streaming.session import SessionConfig


class Fake:
    """Takes as long as its settings say, on a clock of its own."""

    now = 0.0

    def __init__(self, folder, config):
        self.seconds = {"int8_float32": 0.3, "float32": 0.9}[config.compute_type] / config.threads

    def recognise(self, audio, context):
        assert len(audio) == 5 * 16_000
        assert context.prefix
        assert context.beam == SessionConfig().beam
        Fake.now += self.seconds


def test_each_way_is_measured_and_the_fastest_comes_first(tmp_path, monkeypatch):
    monkeypatch.setattr("captioner.measure.os.cpu_count", lambda: 2)
    results = measure("base", tmp_path, Fake, lambda: Fake.now)
    assert [(r.compute_type, r.threads) for r in results] == [
        ("int8_float32", 2), ("int8_float32", 1), ("float32", 2), ("float32", 1),
    ]  # fmt: skip
    assert results[0].seconds == pytest.approx(0.15)
    assert results[0].load == pytest.approx(
        150 / SessionConfig().step_ms, abs=0.005
    )  # over the step between two passes
    assert [r.keeps_up for r in results] == [True, True, True, False]


def result(model, keeps_up, seconds=0.1):
    return Measured(model, "int8_float32", 2, seconds, 1.0, keeps_up)


def test_the_best_model_that_keeps_up_is_advised():
    assert "--model small" in advise([result("base", True), result("small", True), result("tiny", True)])
    assert "--model tiny" in advise([result("base", False), result("tiny", True)])


def test_nothing_keeps_up_or_nothing_was_measured():
    assert "models fetch tiny" in advise([result("base", False)])
    assert advise([]) == "Nothing was measured."
