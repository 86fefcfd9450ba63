"""The container's files, as far as they can be looked at without an engine; `make container` builds and runs them."""

import fnmatch
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from scripts import container

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
OURS = [name for name, service in COMPOSE["services"].items() if "build" in service]


def instructions():
    """All instructions of the build file: (name, rest)."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line and not line.startswith("#")]


def last(name):
    return [rest for word, rest in instructions() if word == name][-1]


def ignored(path):
    """Whether the build is not sent this path: patterns as in .dockerignore, for any part of the path."""
    patterns = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    above = [path, *(str(parent) for parent in Path(path).parents)]
    return any(
        fnmatch.fnmatch(part, pattern) or fnmatch.fnmatch(part, pattern.removeprefix("**/"))
        for pattern in patterns for part in above
    )  # fmt: skip


def test_it_runs_without_root_and_without_a_shell():
    assert last("USER") == "10001:10001"
    assert json.loads(last("ENTRYPOINT")) == ["captioner"], "it gets SIGTERM itself"
    assert json.loads(last("CMD"))[0] == "serve"
    assert last("VOLUME") == json.loads(last("CMD"))[-1]


def test_there_is_one_health_check():
    assert json.loads(last("HEALTHCHECK").partition("CMD ")[2]) == list(container.READY)
    for name in OURS:
        assert COMPOSE["services"][name]["healthcheck"]["test"] == ["CMD", *container.READY], name


def test_both_stages_are_of_one_base():
    assert len({rest.split()[0] for word, rest in instructions() if word == "FROM"}) == 1


def test_what_is_installed_is_what_was_locked():
    installs = [rest for word, rest in instructions() if word == "RUN" and "pip install" in rest]
    assert len(installs) == 2
    assert "--require-hashes -r requirements/runtime.txt" in installs[0]
    assert "--no-deps --no-build-isolation" in installs[1]
    build = re.search(r'^requires = \["(\w+)"\]', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)[
        1
    ]
    locked = (ROOT / "requirements/runtime.txt").read_text(encoding="utf-8")
    assert f"\n{build}==" in locked, "the build has no isolation: what builds the wheel is in the lock"


@pytest.mark.parametrize("path", [
    ".git", ".git/config", ".venv/bin/python", "node_modules/ws/index.js", "demo/node_modules", ".make/wheel", ".hypothesis/examples",
    ".mypy_cache/3.11", "server/__pycache__/app.pyc", "tests/conftest.py", ".demo/captions.sqlite3", "dist/x.whl",
])  # fmt: skip
def test_what_is_not_sent_to_the_build(path):
    assert ignored(path)


@pytest.mark.parametrize("path", [
    "requirements/runtime.txt", "pyproject.toml", "README.md", "LICENSE", "captioner/cli.py", "server/app.py", "viewer/live.html",
    "models/catalogue.toml", "benchmarks/__init__.py", "demo/meeting.opus", "demo/meeting.txt", "docs/guides/nvda.md", ".gitignore",
])  # fmt: skip
def test_what_the_build_needs(path):
    assert (ROOT / path).is_file()
    assert not ignored(path)


def test_nothing_that_git_ignores_is_sent():
    for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split():
        assert ignored(line.replace("*", "x").rstrip("/")), line


@pytest.mark.parametrize("name", OURS)
def test_a_service_is_confined_and_may_say_goodbye(name):
    service = COMPOSE["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["stop_grace_period"] == f"{container._STOPS_S}s"
    assert "ports" not in service, "only the proxy is reached from outside"
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).resolve() == DEPLOY / "Containerfile"


def test_the_proxy_waits_until_they_are_ready_and_knows_their_names():
    proxy = COMPOSE["services"]["nginx"]
    assert proxy["depends_on"] == {name: {"condition": "service_healthy"} for name in OURS}
    assert sorted(re.findall(r"server (\w+):8080", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))) == sorted(OURS)


@pytest.mark.skipif(shutil.which("podman-compose") is None, reason="podman-compose is not here")
def test_a_real_reader_takes_the_compose_file():
    done = subprocess.run(
        ["podman-compose", "-f", DEPLOY / "compose.yaml", "config"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    read = yaml.safe_load(done.stdout)
    assert read["services"].keys() == COMPOSE["services"].keys()
    assert read["services"]["edge"]["healthcheck"] == COMPOSE["services"]["edge"]["healthcheck"]
