"""The set-up with its sound and model replaced; the whole of it runs in tests/integration."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from captioner import cli_setup
from captioner.audio.errors import NoSuchDevice
from captioner.cli import app
from captioner.defaults import Defaults, load
from captioner.errors import ExitCode
from captioner.sound_check import Listened

runner = CliRunner()


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with a model, one output, and a sound that is loud enough."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setattr(cli_setup, "default_path", lambda: tmp_path / "setup.toml")
    monkeypatch.setattr(cli_setup, "default_data", lambda: tmp_path / "data")
    monkeypatch.setattr(cli_setup.cli_models, "fetch", lambda name, plain: None)
    monkeypatch.setattr(cli_setup, "_text", lambda heard, model, language: "Good morning.")
    monkeypatch.setattr(
        cli_setup, "choices", lambda: [("", "the default microphone"), ("system", "what this computer plays")]
    )
    tried = []

    def listen(source, seconds, told, *, play=False):
        tried.append((source, play))
        told(-20)
        return Listened(np.zeros(0, np.float32), -20)

    monkeypatch.setattr(cli_setup, "listen", listen)
    return tmp_path, tried


def test_the_wizard_ends_in_captions(machine):
    tmp_path, tried = machine
    result = runner.invoke(app, ["setup", "--plain"], input="fr\n1\n1\nn\n2\ny\n")
    assert result.exit_code == 0, result.output
    assert tried == [("", False), ("system", True)]
    assert load(tmp_path / "setup.toml") == Defaults(
        "system", "fr", "base", "https://creativecommons.org/licenses/by/4.0/"
    )
    assert "The test recording says: Good morning." in result.output
    assert "captioner live --open" in result.output


def test_without_questions(machine):
    tmp_path, _ = machine
    result = runner.invoke(
        app, ["setup", "--yes", "--source", "none", "--language", "ar", "--licence", "", "--desktop"]
    )
    assert result.exit_code == 0, result.output
    assert load(tmp_path / "setup.toml").language == "ar"
    assert (tmp_path / "share/applications/captioner.desktop").exists()


def test_a_wrong_answer_is_asked_again(machine):
    result = runner.invoke(app, ["setup", "--plain"], input="!!\nen\n4\nx\n9\n0\n")
    assert result.exit_code == 0, result.output
    assert "not one of the numbers" in result.output
    assert runner.invoke(app, ["setup", "--yes", "--language", "!!"]).exit_code == ExitCode.USAGE


def test_a_sound_that_is_not_there_is_said(machine, monkeypatch):
    def listen(*_, **__):
        raise NoSuchDevice("There is no microphone", [])

    monkeypatch.setattr(cli_setup, "listen", listen)
    assert runner.invoke(app, ["check-sound", "--source", "x"]).exit_code == ExitCode.DEVICE


def test_check_sound_for_scripts(machine):
    result = runner.invoke(app, ["check-sound", "--source", "system", "--tone", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.output) == {
        "source": "system",
        "level_db": -20,
        "level": "good",
        "tone_heard": False,
        "text": "Good morning.",
    }


def test_check_sound_of_silence_fails(machine, monkeypatch):
    monkeypatch.setattr(cli_setup, "listen", lambda *_, **__: Listened(np.zeros(10, np.float32), -120))
    result = runner.invoke(app, ["check-sound"])
    assert result.exit_code == ExitCode.DEVICE


def test_uninstalling_keeps_models_and_transcripts_unless_asked(machine, monkeypatch):
    tmp_path, _ = machine
    monkeypatch.setenv("CAPTIONER_MODELS", str(tmp_path / "models"))
    for name in ("models", "data"):
        (tmp_path / name).mkdir()
    runner.invoke(app, ["setup", "--yes", "--source", "none", "--desktop"])
    measured = tmp_path / "cache" / "measured.json"
    monkeypatch.setattr(cli_setup, "default_file", lambda: measured)
    measured.parent.mkdir()
    measured.write_text("{}", encoding="utf-8")
    result = runner.invoke(app, ["uninstall"])
    assert result.exit_code == 0, result.output
    assert not (tmp_path / "setup.toml").exists()
    assert not measured.parent.exists()
    assert not (tmp_path / "share/applications/captioner.desktop").exists()
    assert (tmp_path / "models").exists()
    assert runner.invoke(app, ["uninstall", "--data"], input="n\n").exit_code == 0
    assert (tmp_path / "data").exists()
    runner.invoke(app, ["uninstall", "--data", "--models", "--yes"])
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / "models").exists()
