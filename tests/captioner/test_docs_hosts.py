"""The guides name commands and options that there are, and pictures with words."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import typer.main

from captioner.cli import app

HOSTS = Path(__file__).parents[2] / "docs" / "hosts"
GUIDES = sorted([*HOSTS.glob("*.md"), HOSTS.parent / "outputs.md"])
COMMANDS = typer.main.get_command(app).commands


def options(command):
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_commands_and_options_are_there(guide):
    for name, rest in re.findall(
        r"(?:^|`|/)captioner ([a-z-]+)([^`\n#]*)", guide.read_text(encoding="utf-8"), re.MULTILINE
    ):
        assert name in COMMANDS, name
        unknown = set(re.findall(r"(?<!\S)--[a-z-]+", rest)) - options(COMMANDS[name])
        assert not unknown, f"captioner {name}: {unknown}"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_links_and_pictures_are_there(guide):
    for target in re.findall(r"\]\(([^)#:]+)\)", guide.read_text(encoding="utf-8")):
        assert (guide.parent / target).exists(), target


@pytest.mark.parametrize("picture", sorted(HOSTS.glob("*.svg")), ids=lambda path: path.name)
def test_pictures_say_what_they_show(picture):
    root = ET.parse(picture).getroot()  # noqa: S314 - our own pictures
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert all(len(root.find(f"{space}{part}").text) > 10 for part in ("title", "desc"))


def test_the_first_run_shows_every_step_and_no_machine():
    text = (HOSTS / "first-run.txt").read_text(encoding="utf-8")
    assert all(f"Step {n} of 4" in text for n in range(1, 5))
    assert "Ready. Start with" in text
    assert "/tmp" not in text  # noqa: S108 - no file is made
    assert "/root" not in text
