import subprocess
import sys

import pytest
from typer.testing import CliRunner

from captioner.captions.cue import Meeting, MeetingState
from captioner.captions.event import CaptionEvent, TrackEvent
from captioner.cli_archive import app
from server.archive.log import EventLog
from server.drafts import draft_policy, draft_state
from server.setup import MeetingSetup
from server.setups import store as store_setup
from tests.server.conftest import FLOOR, final

from captioner.captions.cue import RecordPolicy  # isort: skip


@pytest.fixture
def data(tmp_path):
    log = EventLog(tmp_path)
    for meeting, policy in (("m1", RecordPolicy.ON_RECORD), ("m2", RecordPolicy.CHATHAM)):
        drafts = (draft_policy(0, policy), TrackEvent(epoch="", seq=0, track=FLOOR))
        log.open_meeting(Meeting(meeting, "A meeting", 1_777_900_000_000), drafts)
        log.append(meeting, CaptionEvent(epoch="", seq=0, track="floor", update=final("c1", "Canary.")))
        log.append(meeting, draft_state(MeetingState.ENDED))
    log.close()
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_bag_is_made_and_the_audit_finds_it_whole(data):
    made = run("bag", "m1", "--data", data)
    assert made.exit_code == 0
    checked = subprocess.run(
        [sys.executable, "-m", "bagit", "--validate", made.stdout.strip()], capture_output=True, check=False
    )
    assert checked.returncode == 0
    assert run("audit", "--data", data).exit_code == 0


def test_the_audit_names_the_file_and_fails(data):
    run("bag", "m1", "--data", data)
    path = data / "bags" / "m1" / "data" / "floor.vtt"
    path.write_bytes(path.read_bytes() + b"x")
    done = run("audit", "--data", data)
    assert done.exit_code == 1
    assert str(path) in done.stdout


@pytest.mark.parametrize("command", ["bag", "deposit"])
def test_nothing_that_is_not_released_gets_out(data, command):
    done = run(command, "m2", "--data", data)
    assert done.exit_code == 2
    assert not (data / "bags" / "m2").exists()


def test_a_static_export_holds_what_is_public(data, tmp_path):
    done = run("export-static", tmp_path / "out", "--data", data)
    assert done.exit_code == 0
    assert "1 written" in done.stdout
    assert (tmp_path / "out" / "meetings" / "m1" / "index.html").is_file()
    assert not (tmp_path / "out" / "meetings" / "m2").exists()


def test_deposits_are_made_offline(data, tmp_path):
    done = run("deposit", "m1", "--to", tmp_path / "deposit", "--data", data)
    assert done.exit_code == 0
    assert (tmp_path / "deposit" / "zenodo" / "m1" / "metadata.json").is_file()
    assert (tmp_path / "deposit" / "internet-archive" / "transcript-m1" / "transcript-m1_meta.xml").is_file()


def test_erasing_asks_first(data):
    assert CliRunner().invoke(app, ["erase", "m1", "--reason", "x", "--data", str(data)], input="n\n").exit_code == 1
    assert b"Canary." in (data / "captions.sqlite3").read_bytes()
    assert run("erase", "m1", "--reason", "x", "--yes", "--data", data).exit_code == 0
    assert run("erase", "m9", "--reason", "x", "--yes", "--data", data).exit_code == 2
    assert run("retain", "--data", data).exit_code == 0


def test_a_missing_folder_and_a_running_server_are_said(data, tmp_path):
    assert run("bag", "m1", "--data", tmp_path / "nothing").exit_code == 4
    log = EventLog(data)
    done = run("bag", "m1", "--data", data)
    log.close()
    assert done.exit_code == 4


def test_what_the_host_laid_down_holds_at_the_command_line_too(data):
    log = EventLog(data)
    store_setup(log, "m1", MeetingSetup(two_person_release=True, retention_days=1))
    log.close()
    assert run("bag", "m1", "--data", data).exit_code == 2  # nobody has released it
    done = run("retain", "--data", data)
    assert "m1" in done.stdout
    assert not (data / "archive" / "m1").exists()
