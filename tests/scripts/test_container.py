"""The check of the image, with an engine that only writes down what it is told."""

import json
import sys

import pytest

from scripts import container

ENGINE = """
import json, sys
words = sys.argv[1:]
answers = json.load(open({answers!r}))
with open({told!r}, "a") as file:
    print(json.dumps(words), file=file)
if "exec" in words and "-i" in words:
    sys.stdin.read()
code, output = next((answer for word, answer in answers.items() if word in " ".join(words)), (0, ""))
sys.stdout.write(output)
sys.exit(code)
"""
IMAGE = {
    "Size": 800_000_000, "Other": 1,
    "Config": {"User": "10001:10001", "Volumes": {"/var/lib/captioner": {}}, "Healthcheck": {"Test": ["CMD", *container.READY]}},
}  # fmt: skip
WELL = {"image inspect": [0, json.dumps([IMAGE])], "ExitCode": [0, "0\n"], "logs": [0, '{"event": "ending"}']}


@pytest.fixture
def checked(tmp_path, capsys):
    """Run the check with these answers; return its exit code, what it said, and what the engine was told."""

    def run(answers, *options):
        told, known, engine = (tmp_path / name for name in ("told", "answers", "engine.py"))
        known.write_text(json.dumps(answers))
        engine.write_text(ENGINE.format(answers=str(known), told=str(told)))
        code = container.main(["--engine", f"{sys.executable} {engine}", *options])
        return code, capsys.readouterr().out, [json.loads(line) for line in told.read_text().splitlines()]

    return run


def test_all_of_it_holds(checked):
    code, said, told = checked(WELL, "--build=--network=host", "--run=--cgroups=disabled")
    assert code == container.HOLDS
    assert "800 MB" in said
    assert all(line.startswith("ok: ") for line in said.splitlines())
    words = [" ".join(line) for line in told]
    built = next(line for line in words if line.startswith("build"))
    assert "--format docker --network=host" in built, "the OCI format has no place for the health check"
    started = [line for line in words if line.startswith("run ")]
    assert len(started) == 2
    for option in ("--read-only", "--network none", "--cap-drop all", "no-new-privileges", "--cgroups=disabled"):
        assert option in started[0]
    clients = [line.rsplit(" ", 1)[1] for line in words if line.startswith("exec -i")]
    assert clients == ["say", "kept", "kept"], "the second time after a new start, on the same volume"
    assert [line.split()[0] for line in words[-3:]] == ["rm", "volume", "rmi"], "nothing is left"


def test_the_image_may_be_kept(checked):
    told = checked(WELL, "--keep")[2]
    assert not any(line[0] == "rmi" for line in told)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"build": [125, "no such base\n"]}, "the image is built: exit code 125: no such base"),
        ({"image inspect": [0, json.dumps([{**IMAGE, "Config": {**IMAGE["Config"], "User": ""}}])]}, "user and volumes are"),
        ({"image inspect": [0, json.dumps([{**IMAGE, "Config": {**IMAGE["Config"], "Healthcheck": None}}])]}, "the health check is"),
        ({"- say": [1, "/opt/captioner can be written"]}, "/opt/captioner can be written"),
        ({"ExitCode": [0, "137\n"]}, "it ended with 137"),
        ({"logs": [0, ""]}, "it ended with 0"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_said_and_cleared_away(checked, answer, says):
    code, said, told = checked({**answer, **{word: known for word, known in WELL.items() if word not in answer}})
    assert code == container.FAILS
    assert "FAILED: " in said
    assert says in said
    assert told[-1][0] == "rmi"


def test_a_server_that_is_never_ready_is_not_waited_for(checked, monkeypatch):
    monkeypatch.setattr(container, "_STARTS_S", 0)
    code, said, _told = checked({"urlopen": [1, ""], **WELL})
    assert code == container.FAILS
    assert "it is not ready" in said


def test_without_an_engine_nothing_was_checked(monkeypatch, capsys):
    monkeypatch.setattr(container.shutil, "which", lambda _name: None)
    assert container.main([]) == container.NO_ENGINE
    assert "nothing was checked" in capsys.readouterr().out
