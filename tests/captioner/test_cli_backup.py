"""`captioner backup` and `captioner restore` against the real server."""

import resource
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request

import msgspec
import pytest
from typer.testing import CliRunner

from captioner import messages
from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, RecordPolicy, Track
from captioner.captions.event import CaptionEvent
from captioner.cli import app
from captioner.config import ServerSettings
from server.archive.log import FILE, EventLog
from server.tokens import host_token

NOBODY = "http://127.0.0.1:9"


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


def start(data):
    process = subprocess.Popen(
        [sys.executable, "-m", "captioner.serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    process.stdin.write(msgspec.json.encode(ServerSettings("127.0.0.1", 0, str(data))) + b"\n")
    process.stdin.flush()
    return process, messages.read(process.stdout.readline()).url.rstrip("/")


def publish(url, data, first, last, meeting="m1"):
    from websockets.sync.client import connect

    token = (data / "host.token").read_text().strip()
    with connect(url.replace("http", "ws", 1) + "/staff/ws", subprotocols=[wire.SUBPROTOCOL]) as socket:
        socket.send(
            wire.encode(
                wire.Hello(
                    role=wire.Role.PUBLISHER,
                    meeting=meeting,
                    token=token,
                    publisher="p",
                    title="A meeting",
                    track=Track("floor", "en"),
                    policy=RecordPolicy.ON_RECORD,
                )
            )
        )
        for number in range(first, last):
            cue = Cue(f"c{number}", number * 100, number * 100 + 99, "Good morning.", "en", "")
            socket.send(wire.encode(wire.Update(update=CueUpdate(cue, 1, CueStatus.FINAL))))
            while not isinstance(wire.decode_from_server(socket.recv(timeout=30)), wire.Ack):
                pass


@pytest.fixture
def meeting(tmp_path):
    """A live meeting with twenty captions: folder and address."""
    data = tmp_path / "data"
    process, url = start(data)
    publish(url, data, 0, 20)
    yield data, url, process
    process.kill()
    process.wait()


def laid_down(data):
    """A log of sixty captions that no server has open."""
    host_token(data)
    log = EventLog(data)
    cues = [Cue(f"c{number}", number * 100, number * 100 + 99, "Good morning.", "en", "") for number in range(60)]
    drafts = [CaptionEvent(epoch="", seq=0, track="floor", update=CueUpdate(cue, 1, CueStatus.FINAL)) for cue in cues]
    log.open_meeting(Meeting("m1", "A meeting", 0), drafts)
    log.close()


def captions(data):
    log = EventLog(data)
    try:
        return [event.update.cue.id for event in log.read("m1") if hasattr(event, "update")]
    finally:
        log.close()


def test_a_live_meeting_is_copied_goes_on_and_is_put_back(tmp_path, meeting):
    data, url, process = meeting
    copy = tmp_path / "copy.sqlite3"
    done = run("backup", copy, "--data", data, "--url", url)
    assert done.exit_code == 0, done.output
    assert copy.stat().st_mode & 0o777 == 0o600
    publish(url, data, 20, 25)  # captions go on
    assert run("restore", copy, "--data", data, "--force").exit_code == 4, "a server runs"
    process.kill()
    process.wait()
    refused = run("restore", copy, "--data", data)
    assert refused.exit_code == 4
    assert "--force" in refused.output
    assert captions(data) == [f"c{number}" for number in range(25)], "what was refused changes nothing"
    assert run("restore", copy, "--data", data, "--force").exit_code == 0
    assert captions(data) == [f"c{number}" for number in range(20)]
    (aside,) = [path for path in data.glob(f"{FILE}.before-*") if not path.name.endswith(("-wal", "-shm"))]
    old = tmp_path / "old"
    old.mkdir()
    for path in data.glob(f"{FILE}.before-*"):
        path.rename(old / path.name.replace(aside.name, FILE))
    assert captions(old) == [f"c{number}" for number in range(25)]
    again, url = start(data)  # and it serves
    try:
        with urllib.request.urlopen(f"{url}/readyz") as answer:
            assert answer.status == 200
    finally:
        again.kill()
        again.wait()


def epochs(data):
    log = EventLog(data)
    try:
        (kept,) = log.meetings()
        return {kept.epoch, *(event.epoch for event in log.read("m1"))}
    finally:
        log.close()


def test_who_knows_more_than_the_copy_begins_anew(tmp_path):
    data, copy = tmp_path / "data", tmp_path / "copy.sqlite3"
    data.mkdir()
    laid_down(data)
    before = epochs(data)
    assert run("backup", copy, "--data", data).exit_code == 0
    assert run("restore", copy, "--data", data, "--force").exit_code == 0
    after = epochs(data)
    assert (len(before), len(after)) == (1, 1)
    assert before != after
    assert captions(data) == [f"c{number}" for number in range(60)]


def test_only_the_host_gets_a_copy(meeting):
    data, url, _ = meeting
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(urllib.request.Request(f"{url}/api/backup", b"", headers, method="POST"))
        assert error.value.code == 403
    assert not list(data.glob("*.backup-*"))


def test_without_a_server_the_log_is_copied_as_it_is(tmp_path, meeting):
    data, url, process = meeting
    assert "--url" in run("backup", tmp_path / "a", "--data", data, "--url", NOBODY).output, "a server runs elsewhere"
    process.kill()
    process.wait()
    copy = tmp_path / "copy"
    assert run("backup", copy, "--data", data, "--url", NOBODY).exit_code == 0
    assert run("backup", copy, "--data", data, "--url", NOBODY).exit_code == 4, "nothing is overwritten"
    fresh = tmp_path / "fresh"
    assert run("restore", copy, "--data", fresh).exit_code == 0
    assert len(captions(fresh)) == 20
    assert not list(tmp_path.glob("*.part"))
    assert url


@pytest.mark.parametrize("harm", ["cut", "scribble", "event", "lost", "newer", "text"])
def test_a_damaged_copy_is_refused_and_changes_nothing(tmp_path, harm):
    data, copy = tmp_path / "data", tmp_path / "copy"
    laid_down(data)
    assert run("backup", copy, "--data", data, "--url", NOBODY).exit_code == 0
    raw = copy.read_bytes()
    if harm == "cut":
        copy.write_bytes(raw[: len(raw) // 2])
    elif harm == "scribble":
        copy.write_bytes(raw[:4096] + b"\xff" * (len(raw) - 4096))
    elif harm == "text":
        copy.write_text("WEBVTT")
    else:
        with sqlite3.connect(copy) as database:
            database.execute(
                {
                    "event": "UPDATE event SET json = x'7b' WHERE seq = 3",
                    "lost": "DELETE FROM event WHERE seq = 3",
                    "newer": "PRAGMA user_version = 999",
                }[harm]
            )
        database.close()
    before = captions(data)
    done = run("restore", copy, "--data", data, "--force")
    assert done.exit_code == 4, done.output
    assert str(copy.name) in done.output
    assert captions(data) == before
    assert not list(data.glob("*.before-*"))


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_full_disk_leaves_no_half_copy(tmp_path, command):
    data, copy = tmp_path / "data", tmp_path / "copy"
    laid_down(data)
    assert run("backup", copy, "--data", data, "--url", NOBODY).exit_code == 0
    before = captions(data)
    if command == "backup":
        copy.unlink()
    more = ["--url", NOBODY] if command == "backup" else ["--force"]
    done = subprocess.run(
        [sys.executable, "-m", "captioner.cli", command, str(copy), "--data", str(data), *more],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert "space" in done.stderr
    assert copy.exists() == (command == "restore")
    assert not list(tmp_path.glob("*.part"))
    assert sorted(path.name for path in data.glob(f"{FILE}.*")) == []
    assert captions(data) == before


def test_published_recordings_go_along(meeting, tmp_path):
    data, url, _process = meeting
    (data / "recordings").mkdir(exist_ok=True)
    (data / "recordings" / "m1.mp3").write_bytes(b"ID3 sound")
    made = run("backup", tmp_path / "copy.sqlite3", "--url", url, "--data", data)
    assert made.exit_code == 0, made.output
    assert "Published recordings: 1" in made.output
    assert (tmp_path / "copy.sqlite3.recordings" / "m1.mp3").read_bytes() == b"ID3 sound"
