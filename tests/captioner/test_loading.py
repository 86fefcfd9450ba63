import pytest

from captioner import loading
from captioner.config import ModelSettings
from captioner.errors import ExitCode, Failure
from captioner.measure import Measured
from captioner.tune import Choice


@pytest.fixture(autouse=True)
def machine(monkeypatch, tmp_path):
    monkeypatch.setattr(loading, "default_file", lambda: tmp_path / "measured.json")
    monkeypatch.setattr(loading, "gpus", lambda: 0)
    monkeypatch.setattr(loading.messages, "say", lambda message: None)


def test_a_model_that_does_not_load_is_a_model_failure(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"broken")
    for compute in ("int8_float32", "auto"):
        with pytest.raises(Failure) as failure:
            loading.load(ModelSettings(folder=str(tmp_path), compute_type=compute, threads=1))
        assert failure.value.code is ExitCode.MODEL
        assert "captioner models verify" in failure.value.problem


def test_this_machine_is_measured_once(monkeypatch):
    runs = []

    def measured(name, folder):
        runs.append(name)
        return [Measured("base", "float32", 1, 0.2, 0.4, True)]

    monkeypatch.setattr(loading, "measure", measured)
    for _ in range(2):
        assert loading.choice(ModelSettings()) == Choice("float32", 1, "accurate", 0.4)
    assert runs == ["base"]
    assert loading.choice(ModelSettings(threads=2)).threads == 2
    assert loading.choice(ModelSettings(compute_type="int8")).compute_type == "int8"


def test_what_the_user_says_is_not_measured():
    assert loading.choice(ModelSettings(compute_type="int8", threads=2)) == Choice("int8", 2)


def test_a_gpu_is_used(monkeypatch):
    monkeypatch.setattr(loading, "gpus", lambda: 1)
    assert loading.choice(ModelSettings()) == Choice("float16", 1, device="cuda")


def test_the_smaller_model_is_optional(tmp_path):
    assert loading.smaller(ModelSettings()) is None
    assert loading.smaller(ModelSettings(smaller=str(tmp_path))) is not None
