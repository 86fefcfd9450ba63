import json
import socket

import pytest
import typer
from typer.testing import CliRunner

from captioner import cli_doctor
from captioner.audio.errors import NoAudioSupport
from captioner.errors import ExitCode, Failure
from captioner.measure import Measured
from models.errors import ModelDamaged

app = typer.Typer()
app.command("doctor")(cli_doctor.doctor)
app.command("devices")(cli_doctor.devices)
run = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "200"})


@pytest.fixture(autouse=True)
def machine(monkeypatch, tmp_path):
    monkeypatch.setenv("CAPTIONER_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(cli_doctor, "list_devices", list)
    monkeypatch.setattr(cli_doctor, "default_file", lambda: tmp_path / "measured.json")


def doctor(tmp_path, *words):
    return run.invoke(app, ["doctor", "--port", "0", "--data", str(tmp_path), *words])


def test_without_a_model_it_says_how_to_get_one(tmp_path):
    result = doctor(tmp_path)
    assert result.exit_code == ExitCode.MODEL
    assert "PROBLEM: model" in result.output
    assert "captioner models fetch" in result.output
    assert "good: port" in result.output
    assert "good: voices: not here; for --voices: captioner models fetch voices" in result.output


def test_with_a_model_it_measures_and_advises(tmp_path, monkeypatch):
    monkeypatch.setattr(cli_doctor, "_model", lambda name: (cli_doctor.Check("model", good=True, detail="x"), tmp_path))
    monkeypatch.setattr(cli_doctor, "measure", lambda *_: [Measured("base", "int8_float32", 2, 0.2, 0.5, True)])

    class State:
        name, path, status, task = "base", tmp_path, "ready", "speech"

    class Voices(State):
        name, task = "voices", "voices"  # it recognises nothing: it is not measured

    class Store:
        def list(self):
            return [State(), Voices()]

        def path(self, name):
            return tmp_path / name

    monkeypatch.setattr(cli_doctor, "ModelStore", Store)
    result = doctor(tmp_path)
    assert result.exit_code == 0, result.output
    assert "base, int8_float32, 2 thread(s): load 0.50, keeps up" in result.output
    assert "Use: --model base" in result.output
    assert "good: voices: speakers at one microphone can be told apart with --voices" in result.output
    assert "Kept for base: int8_float32, 2 thread(s), the accurate settings." in result.output
    assert (tmp_path / "measured.json").is_file()
    data = json.loads(doctor(tmp_path, "--json").output)
    assert data["advice"].startswith("Use:")
    assert {check["name"] for check in data["checks"]} == {"model", "voices", "audio", "port", "disk"}


def test_a_port_in_use_and_a_small_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(cli_doctor, "_model", lambda name: (cli_doctor.Check("model", good=True, detail="x"), None))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run.invoke(app, ["doctor", "--port", str(taken.getsockname()[1]), "--data", str(tmp_path)])
    assert result.exit_code == ExitCode.PORT_IN_USE
    assert "another --port" in result.output
    monkeypatch.setattr(cli_doctor.shutil, "disk_usage", lambda folder: type("U", (), {"free": 1000})())
    result = doctor(tmp_path / "not" / "made" / "yet")
    assert result.exit_code == ExitCode.STORAGE
    assert "Make room" in result.output


def test_no_microphone_is_said_but_is_no_failure_of_the_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(cli_doctor, "_model", lambda name: (cli_doctor.Check("model", good=True, detail="x"), None))
    result = doctor(tmp_path)
    assert result.exit_code == 0
    assert "files can be captioned without" in result.output
    assert run.invoke(app, ["devices"]).output == "No microphone is connected.\n"


def test_without_portaudio_the_remedy_is_told(tmp_path, monkeypatch):
    def broken():
        raise NoAudioSupport

    monkeypatch.setattr(cli_doctor, "list_devices", broken)
    result = run.invoke(app, ["devices"])
    assert result.exit_code == ExitCode.DEVICE
    assert "PROBLEM: audio" in doctor(tmp_path, "--quick").output


def test_checks_before_a_meeting(tmp_path):
    with pytest.raises(Failure) as failure:
        cli_doctor.check_device("usb")
    assert failure.value.code is ExitCode.DEVICE
    with pytest.raises(Failure) as failure:
        cli_doctor.check_file(tmp_path / "none.wav")
    assert failure.value.code is ExitCode.NOT_AUDIO
    assert failure.value.remedy


def test_a_damaged_model_of_voices_is_a_problem_but_no_failure(monkeypatch, tmp_path):
    class Store:
        def path(self, name):
            raise ModelDamaged(name, tmp_path, ["campplus_cn_en_common.pt"])

    monkeypatch.setattr(cli_doctor, "ModelStore", Store)
    check = cli_doctor._voices()
    assert not check.good
    assert check.remedy
