import email
import email.policy
import subprocess
import sys
import urllib.request
import wave
from pathlib import Path

import bagit
import msgspec
import pytest
from typer.testing import CliRunner

from captioner import messages
from captioner.cli import app
from captioner.config import ServerSettings
from server.archive.log import EventLog
from server.archive.writer import ArchiveWriter

runner = CliRunner()
VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\nAnn: Hello, world.\n\n00:09.000 --> 00:08.000\nBad."


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "archive.toml").write_text('name = "Ours"\naddress = "https://example.org"\nemail = "a@example.org"\n')
    return folder


def run(*arguments, code=0):
    result = runner.invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result.output


def bring_in(data, tmp_path, *more, code=0):
    file = tmp_path / "cart.vtt"
    file.write_text(VTT)
    return run(
        "import",
        file,
        "--meeting",
        "m1",
        "--title",
        "A meeting",
        "--speaker-from",
        "NAME: ",
        "-l",
        "en",
        "--data",
        data,
        *more,
        code=code,
    )


def test_import_rebuild_verify_announce(data, tmp_path):
    output = bring_in(data, tmp_path)
    assert "1 captions are in the log as track cart" in output
    assert "cart.vtt, line 6, column 15: a cue must end after it starts (left out)" in output
    assert "is older than the log" in run("archive", "verify", "--data", data, code=4)
    assert "1 meetings" in run("archive", "rebuild", "--data", data)
    assert "are whole" in run("archive", "verify", "--data", data)
    message = tmp_path / "mail.eml"
    run("announce", "m1", "--list", "announce@lists.example.org", "--to-file", message, "--data", data)
    found = email.message_from_bytes(message.read_bytes(), policy=email.policy.default)
    assert found.defects == []
    assert (found["To"], found["Subject"]) == ("announce@lists.example.org", "Transcript: A meeting")
    assert found["List-Id"] == "<announce.lists.example.org>"
    assert found["List-Archive"] == "<https://example.org/archive/>"
    assert "https://example.org/id/m1" in found.get_content()


def test_damage_is_named_and_mended(data, tmp_path):
    bring_in(data, tmp_path)
    run("archive", "rebuild", "--data", data)
    folder = ArchiveWriter(data).folder("m1")
    content = bytearray((folder / "cart.docx").read_bytes())
    content[100] ^= 1
    (folder / "cart.docx").write_bytes(content)
    (folder / "cart.epub").unlink()
    output = run("archive", "verify", "--data", data, code=4)
    assert f"{folder / 'cart.docx'} is damaged" in output
    assert f"{folder / 'cart.epub'} is missing" in output
    assert "captioner archive rebuild" in output
    run("archive", "rebuild", "--data", data)
    run("archive", "verify", "--data", data)


def test_a_removal_survives_a_rebuild(data, tmp_path):
    from server.archive.catalogue import Catalogue

    bring_in(data, tmp_path)
    run("archive", "rebuild", "--data", data)
    catalogue = Catalogue(data)
    catalogue.bury("gone", 5, "asked for")
    catalogue.close()
    run("archive", "rebuild", "--data", data)
    catalogue = Catalogue(data)
    assert catalogue.removals() == [("gone", 5, "asked for")]
    assert catalogue.entry("m1").title == "A meeting"
    catalogue.close()


def test_what_cannot_be_imported(data, tmp_path):
    bring_in(data, tmp_path)
    assert "no caption that can be read" in run(
        "import", data / "archive.toml", "--meeting", "m2", "--data", data, code=2
    )
    other = tmp_path / "other.srt"
    other.write_text("7\n00:00:01,000 --> 00:00:02,000\nx")
    assert "captions already" in run("import", other, "--meeting", "m1", "--data", data, code=2)
    assert "cannot be read" in run("import", tmp_path / "none.vtt", "--meeting", "m1", "--data", data, code=2)
    assert "must be 1-64" in run("import", other, "--meeting", "a b", "--data", data, code=2)


def test_with_a_running_server_the_log_is_left_alone(data, tmp_path):
    log = EventLog(data)
    try:
        assert "name its address with --url" in bring_in(data, tmp_path, "--url", "http://127.0.0.1:9", code=9)
        assert "in use" in run("archive", "rebuild", "--data", data, code=4)
    finally:
        log.close()


@pytest.fixture
def server(data):
    """The real server on the data folder, and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "captioner.serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    process.stdin.write(msgspec.json.encode(ServerSettings("127.0.0.1", 0, str(data))) + b"\n")
    process.stdin.flush()
    yield messages.read(process.stdout.readline()).url.rstrip("/")
    process.kill()
    process.wait()


def test_an_import_goes_through_the_server_that_runs(data, tmp_path, server):
    output = bring_in(data, tmp_path, "--url", server)
    assert "cart.vtt, line 6, column 15: a cue must end after it starts (left out)" in output
    assert f"1 captions are in the archive as track cart, through the server at {server}" in output
    with urllib.request.urlopen(f"{server}/archive/m1/cart.txt") as answer:
        text = answer.read().decode()
    assert ">> ANN: Hello, world." in text
    assert text.startswith("A meeting\n")
    other = tmp_path / "other.srt"
    other.write_text("7\n00:00:01,000 --> 00:00:02,000\nx")
    refused = run("import", other, "--meeting", "m1", "--data", data, "--url", server, code=9)
    assert "captions already" in refused
    secret = run("import", other, "--meeting", "m2", "--record", "off_record", "--data", data, "--url", server, code=9)
    assert "the record policy allows none" in secret


@pytest.fixture
def sound(tmp_path):
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as made:
        made.setparams((1, 2, 16_000, 0, "NONE", ""))
        made.writeframes(b"\x10\x20" * 16_000 * 3)
    return path


def test_a_recording_is_attached_and_detached_without_a_server(data, tmp_path, sound):
    bring_in(data, tmp_path)
    assert "--consent" in run("archive", "attach-audio", "m1", sound, "--data", data, code=2)
    output = run("archive", "attach-audio", "m1", sound, "--consent", "--begins", "0:00:02", "--data", data)
    assert "0 min 5 s of sound, silent in 0 parts." in output
    assert (data / "recordings" / "m1.mp3").stat().st_size > 10_000
    run("archive", "rebuild", "--data", data)
    assert "<audio" in (data / "archive" / "m1" / "cart.html").read_text(encoding="utf-8")
    bag = run("archive", "bag", "m1", "--data", data).strip()
    assert bagit.Bag(bag).is_valid()
    assert (Path(bag) / "data" / "recording.mp3").read_bytes() == (data / "recordings" / "m1.mp3").read_bytes()
    run("archive", "export-static", tmp_path / "static", "--data", data)
    assert (tmp_path / "static" / "meetings" / "m1" / "recording.mp3").exists()
    run("archive", "erase", "m1", "--reason", "Asked for.", "--yes", "--data", data)
    assert not list(tmp_path.rglob("*.mp3"))


def test_what_cannot_be_attached(data, tmp_path, sound):
    bring_in(data, tmp_path, "--record", "chatham")
    attach = ("archive", "attach-audio", "--consent", "--data", data)
    assert "nothing of this meeting is on the record" in run(*attach, "m1", sound, code=2)
    assert "there is no meeting" in run(*attach, "none", sound, code=2)
    assert "write it as" in run(*attach, "m1", sound, "--begins", "soon", code=2)
    assert "There was no recording." in run("archive", "detach-audio", "m1", "--data", data)


def test_a_recording_goes_through_the_server_that_runs(data, tmp_path, server, sound):
    bring_in(data, tmp_path, "--url", server)
    attach = ("archive", "attach-audio", "m1", "--consent", "--data", data, "--url", server)
    assert f"It plays at {server}/archive/m1/recording.mp3" in run(*attach, sound)
    with urllib.request.urlopen(f"{server}/archive/m1/recording.mp3") as answer:
        assert answer.read(2) in {b"ID", b"\xff\xe3", b"\xff\xf3"}
    assert "gone" in run("archive", "detach-audio", "m1", "--data", data, "--url", server)
    text = tmp_path / "no.wav"
    text.write_text("hello")
    run(*attach, text, code=7)


def test_what_cannot_be_announced(data, tmp_path):
    assert "no open transcript" in run("announce", "none", "--list", "a@example.org", "--data", data, code=2)
    bring_in(data, tmp_path)
    run("archive", "rebuild", "--data", data)
    assert "e-mail address" in run("announce", "m1", "--list", "nobody", "--data", data, code=2)
    assert "List-Post: <mailto:a@example.org>" in run("announce", "m1", "--list", "a@example.org", "--data", data)
    assert "did not take" in run(
        "announce", "m1", "--list", "a@example.org", "--smtp", "127.0.0.1:1", "--data", data, code=9
    )
    assert "no folder" in run("archive", "verify", "--data", tmp_path / "none", code=2)
