import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from captioner import cli_models
from models.errors import ModelError

run = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "200"})


def invoke(*words):
    return run.invoke(cli_models.app, list(words))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CAPTIONER_MODELS", str(tmp_path))
    return tmp_path


def test_the_list_says_what_is_here():
    assert "base (default)" in invoke("list").output
    assert "not here" in invoke("list").output
    names = [state["name"] for state in json.loads(invoke("list", "--json").output)]
    assert "base" in names


def test_verify_and_remove_of_what_is_not_here():
    for command in ("verify", "remove"):
        result = invoke(command, "no-such-model")
        assert result.exit_code == 5
        assert "base, tiny" in result.output
    assert invoke("verify", "base").exit_code == 5


def test_a_damaged_model_is_named(home):
    folder = home / "base"
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"broken")
    result = invoke("verify", "base")
    assert result.exit_code == 5
    assert "model.bin: damaged" in result.output
    checks = json.loads(invoke("verify", "base", "--json").output)
    assert {"model.bin", "config.json"} <= {check["name"] for check in checks}
    assert invoke("remove", "base").exit_code == 0
    assert not folder.exists()


class Store:
    def fetch(self, name, report):
        for done in range(0, 101, 5):
            report("model.bin", done * 10**6, 100 * 10**6)
        return Path("models") / name


def test_plain_progress_is_a_line_a_quarter(monkeypatch):
    monkeypatch.setattr(cli_models, "ModelStore", Store)
    lines = invoke("fetch", "base", "--plain").output.splitlines()
    assert lines == [
        "model.bin: 0 of 100 MB", "model.bin: 25 of 100 MB", "model.bin: 50 of 100 MB", "model.bin: 75 of 100 MB",
        "model.bin: 100 of 100 MB", "Model base: models/base",
    ]  # fmt: skip


def test_the_bar_reports_bytes_and_speed(monkeypatch, capsys):
    assert str(cli_models._fetch_bar(Store(), "base")) == str(Path("models") / "base")
    assert "100.0/100.0 MB" in capsys.readouterr().out


def test_no_network_has_a_remedy(monkeypatch):
    class Offline:
        def fetch(self, name, report):
            raise ModelError("nothing answers", "Connect to the internet.")

    monkeypatch.setattr(cli_models, "ModelStore", Offline)
    result = invoke("fetch", "base")
    assert result.exit_code == 5
    assert "Connect to the internet." in result.output


def test_ctrl_c_says_that_what_came_is_kept(monkeypatch):
    class Interrupted:
        def fetch(self, name, report):
            raise KeyboardInterrupt

    monkeypatch.setattr(cli_models, "ModelStore", Interrupted)
    result = invoke("fetch", "base")
    assert result.exit_code == 130
    assert "goes on from there" in result.output
