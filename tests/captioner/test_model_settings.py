"""The models that a command needs."""

import pytest

from captioner import model_settings as chosen
from captioner.errors import ExitCode, Failure
from models.errors import ModelMissing


@pytest.fixture(autouse=True)
def store(monkeypatch, tmp_path):
    """Have every model but the one that tells voices apart."""

    class Store:
        def path(self, name):
            if name == "voices":
                raise ModelMissing(name, tmp_path, ("file",))
            return tmp_path / name

    monkeypatch.setattr(chosen, "ModelStore", Store)
    return Store


def test_auto_means_to_detect():
    assert chosen.model_settings("base", "int8", 1, "auto").language == ""
    assert chosen.model_settings("base", "int8", 1, "zh-Hans").language == "zh-Hans"


def test_voices_are_told_apart_only_where_that_is_wanted(store, monkeypatch, tmp_path):
    assert chosen.model_settings("base", "auto", 0, "en").voices == ""
    monkeypatch.setattr(store, "path", lambda self, name: tmp_path / name)
    assert chosen.model_settings("base", "auto", 0, "en", tell_apart=True).voices == str(tmp_path / "voices")


def test_without_its_model_the_remedy_is_to_fetch_it():
    with pytest.raises(Failure) as failure:
        chosen.model_settings("base", "auto", 0, "en", tell_apart=True)
    assert failure.value.code is ExitCode.MODEL
    assert "models fetch voices" in failure.value.remedy


def test_the_model_of_voices_recognises_no_words():
    with pytest.raises(Failure, match="recognises no words") as failure:
        chosen.model_settings("voices", "auto", 0, "en")
    assert failure.value.code is ExitCode.USAGE


def test_a_smaller_model_helps_out():
    assert chosen.model_settings("base", "auto", 0, "en").smaller.endswith("tiny")


def test_what_no_computer_knows_is_refused():
    for compute, language in (("float7", "en"), ("auto", "english please")):
        with pytest.raises(Failure) as failure:
            chosen.model_settings("base", compute, 0, language)
        assert failure.value.code is ExitCode.USAGE


@pytest.mark.parametrize("device", ["both", "both:USB", "jitsi:9000", "vosk:9000"])
def test_sources_with_labels_of_their_own_need_no_voices(device):
    with pytest.raises(Failure, match="label of its own"):
        chosen.check_one_source(device)


@pytest.mark.parametrize("device", ["", "USB", "system", "rtmp://somewhere/x", "relay:m1"])
def test_one_source_is_fine(device):
    chosen.check_one_source(device)
