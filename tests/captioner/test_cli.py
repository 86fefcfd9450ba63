"""The command's own decisions; whole runs are in tests/integration."""

import importlib.metadata
import re

import pytest
import typer
from typer.testing import CliRunner

from captioner import cli
from captioner.errors import ExitCode, Failure

run = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "200", "TERM": "dumb"})


@pytest.fixture(autouse=True)
def no_models(tmp_path, monkeypatch):
    monkeypatch.setenv("CAPTIONER_MODELS", str(tmp_path / "models"))


@pytest.mark.parametrize(
    "words", [[], ["live"], ["file"], ["serve"], ["devices"], ["doctor"], ["models"], ["models", "fetch"]]
)
def test_every_command_explains_itself(words):
    result = run.invoke(cli.app, [*words, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_a_meeting_s_id_is_made_or_checked():
    assert cli.meeting_id("dcad-2026", "x") == "dcad-2026"
    assert re.fullmatch(r"committee-on-access-\d{8}-\d{6}", cli.meeting_id("", "Committee on Access!"))
    assert cli.meeting_id("", "会议").startswith("meeting-")
    with pytest.raises(Failure) as failure:
        cli.meeting_id("../etc", "x")
    assert failure.value.code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["file", "x.wav"], 5, "captioner models fetch"),
        (["live"], 5, "captioner models fetch"),
        (["file", "x.wav", "--model", "no-such-model"], 5, "base, tiny"),
        (["file", "x.wav", "--compute-type", "float8"], 2, "int8_float32"),
        (["file", "x.wav", "--language", "not a language"], 2, "BCP 47"),
        (["file"], 2, "PATH"),
        (["file", "x.wav", "--port", "70000"], 2, "port"),
        (["live", "--record", "sometimes"], 2, "record"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_wrong_use_has_a_remedy_and_a_code(arguments, code, says):
    result = run.invoke(cli.app, arguments)
    assert result.exit_code == code
    assert says in result.output
    assert "Traceback" not in result.output


@pytest.fixture
def model(monkeypatch):
    monkeypatch.setattr(cli, "model_settings", lambda *values, **more: cli.ModelSettings(language=values[3]))


@pytest.mark.usefixtures("model")
def test_bad_paths(tmp_path):
    (tmp_path / "text.txt").write_text("no audio")
    assert run.invoke(cli.app, ["file", str(tmp_path / "none.wav")]).exit_code == ExitCode.NOT_AUDIO
    assert run.invoke(cli.app, ["file", str(tmp_path / "text.txt")]).exit_code == ExitCode.NOT_AUDIO
    result = run.invoke(cli.app, ["file", "a.wav", "b.wav", "--meeting", "m"])
    assert (result.exit_code, "several files" in result.output) == (2, True)


def test_a_data_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    result = run.invoke(cli.app, ["serve", "--data", str(tmp_path / "file" / "folder")])
    assert result.exit_code == ExitCode.STORAGE
    assert "--data" in result.output


@pytest.fixture
def jobs(monkeypatch):
    """What `_run` was told."""
    told = []
    monkeypatch.setattr(cli, "_run", lambda *values, **options: told.append((values, options)))
    monkeypatch.setattr(cli.cli_doctor, "check_file", lambda path: None)
    monkeypatch.setattr(cli.cli_doctor, "check_device", lambda device: None)
    return told


@pytest.mark.usefixtures("model")
def test_several_files_are_several_meetings(tmp_path, jobs):
    result = run.invoke(cli.app, ["file", "a.wav", "b.wav", "--fast", "--data", str(tmp_path)])
    assert result.exit_code == 0, result.output
    (meetings, *_), options = jobs[0]
    assert [meeting.title for _, meeting in meetings] == ["a", "b"]
    assert all(audio.fast for audio, _ in meetings)
    assert options["keep"] is False


@pytest.mark.usefixtures("model")
def test_a_microphone_s_meeting(tmp_path, jobs):
    words = ["live", "--device", "usb", "--title", "A\nmeeting", "--record", "chatham", "--language", "fr"]
    result = run.invoke(cli.app, [*words, "--data", str(tmp_path)])
    assert result.exit_code == 0, result.output
    (((audio, meeting),), model, server, _), _ = jobs[0]
    assert (audio.device, meeting.title, meeting.policy.value, model.language) == ("usb", "A meeting", "chatham", "fr")
    assert (server.host, server.port) == ("127.0.0.1", 8080)


@pytest.mark.usefixtures("model")
def test_labels_and_a_secret_of_a_source(tmp_path, jobs):
    secret = tmp_path / "secret"
    secret.write_text("a-secret-of-sixteen\n")
    secret.chmod(0o600)
    words = ["live", "--source", "both", "--labels", " Hall , Remote", "--secret-file", str(secret)]
    result = run.invoke(cli.app, [*words, "--data", str(tmp_path)])
    assert result.exit_code == 0, result.output
    (((audio, _),), *_), _ = jobs[0]
    assert (audio.labels, audio.secret) == (("Hall", "Remote"), "a-secret-of-sixteen")


@pytest.mark.usefixtures("model", "jobs")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--labels", "One"], "two names"), (["--labels", "A,A"], "two names"), (["--labels", "A,"], "two names"),
        (["--secret-file", "none"], "cannot be read"), (["--secret-file", "short"], "at least 16"),
        (["--secret-file", "open"], "chmod 600"),
    ],
)  # fmt: skip
def test_labels_and_secrets_that_cannot_be(tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    for name, text, mode in (("short", "short", 0o600), ("open", "a-secret-of-sixteen", 0o644)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(mode)
    result = run.invoke(cli.app, ["live", *words, "--data", str(tmp_path)])
    assert result.exit_code == ExitCode.USAGE
    assert says in result.output
    assert "a-secret" not in result.output


def test_the_version_is_the_packages():
    result = run.invoke(cli.app, ["--version"])
    assert result.exit_code == 0
    assert result.output == f"captioner {importlib.metadata.version('captioner')}\n"


def test_fail_prints_to_stderr_and_leaves_with_the_code(capsys):
    with pytest.raises(typer.Exit) as left:
        cli.fail(Failure(ExitCode.DEVICE, "no [microphone]", "Connect one."))
    assert left.value.exit_code == 6
    assert capsys.readouterr().err == "captioner: no [microphone]\nConnect one.\n"


def test_where_the_transcript_is(tmp_path):
    meeting = cli.MeetingSettings("m", "t")
    done = cli.Done(transcript="/archive/m/", stored=True)
    assert "http://h:1/archive/m/" in cli._saved(tmp_path, meeting, "http://h:1/", done)
    assert "On the web" not in cli._saved(tmp_path, meeting, "", done)
    assert "Everything captioned is kept" in cli._saved(tmp_path, meeting, "http://h:1/", None)


def test_bench_says_what_this_machine_will_do(monkeypatch, tmp_path):
    import json

    from benchmarks.laptop import Verdict

    monkeypatch.setattr(cli, "model_settings", lambda *values, **more: cli.ModelSettings(folder=str(tmp_path)))
    found = Verdict(127.0, 810, 1_100, 370, 760, 0.38, 0.38, 400, 300)
    monkeypatch.setattr("benchmarks.laptop.bench", lambda folder, config, report: found)
    text = run.invoke(cli.app, ["bench", "--plain"]).output
    assert "certain 0.8 s after it was said (95 %: 1.1 s)" in text
    assert "captions a meeting well" in text
    assert json.loads(run.invoke(cli.app, ["bench", "--json"]).output)["commit_p95"] == 1_100
