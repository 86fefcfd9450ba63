"""docs/configuration.md says every setting, as the code has it."""

import subprocess
import sys

import pytest

from scripts.configuration import ENVIRONMENT, FILES, PAGE, commands, constants, fields, options, page, variables
from server.limits import Limits
from server.setup import MeetingSetup
from server.setup_files import KNOWN


def test_the_page_is_in_step_with_the_code():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m scripts.configuration"


def test_every_option_says_what_it_does():
    silent = [(name, option[0]) for name, command in commands() for option in options(command) if not option[3]]
    assert not silent


def test_every_command_of_the_help_is_a_chapter():
    said = subprocess.run([sys.executable, "-m", "captioner.cli", "--help"], capture_output=True, text=True, check=True)
    chapters = {name.split()[1] for name, _ in commands()}
    for name in chapters:
        assert name in said.stdout
    assert {"serve", "live", "file", "models", "archive", "backup", "restore"} <= chapters


@pytest.mark.parametrize(("command", "option"), [("serve", "--edge"), ("live", "--device"), ("file", "--fast")])
def test_options_are_those_of_the_command(command, option):
    said = subprocess.run(
        [sys.executable, "-m", "captioner.cli", command, "--help"], capture_output=True, text=True, check=True
    )
    assert option in said.stdout
    found = dict(commands())[f"captioner {command}"]
    assert option in {name for names, *_ in options(found) for name in names.split("/")}


def test_every_variable_that_is_read_is_explained_and_no_other():
    of_tests_alone = {"SCREENSHOTS", "WEBVTT_CASES", "PATH"}
    assert variables() - of_tests_alone == set(ENVIRONMENT)


def test_every_setting_of_a_file_is_explained():
    silent = [(name, field) for name, _, kind, _ in FILES for field, _, about in fields(kind) if not about]
    assert not silent


def test_a_plan_has_the_names_that_its_reader_knows():
    (differs,) = (names for _, _, kind, names in FILES if kind is MeetingSetup)
    there = {differs.get(field, field) for field, _, _ in fields(MeetingSetup)} | (set(differs) - {"policy"})
    assert there == set(KNOWN)


def test_every_number_says_its_unit_or_purpose():
    found = list(constants())
    assert not [one for one in found if not one.about]
    numbers = {(one.module, one.name): one.value for one in found}
    assert numbers["captioner.captions.wire", "MAX_FROM_VIEWER"] == 4096
    assert {name: default for name, default, _ in fields(Limits)}["connections"] == "`15_000`"
