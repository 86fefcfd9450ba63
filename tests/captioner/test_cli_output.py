import json

import pytest
from typer.testing import CliRunner

from captioner.cli import app
from captioner.cli_output import chosen, websocket
from captioner.errors import ExitCode, Failure

runner = CliRunner()


def test_a_rehearsal_ends_with_a_verdict():
    result = runner.invoke(app, ["rehearse", "streamtext", "--cues", "2", "--faults", "0"])
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == "streamtext: good"


def test_a_rehearsal_for_scripts():
    result = runner.invoke(app, ["rehearse", "zoom", "--cues", "1", "--faults", "0", "--json"])
    found = json.loads(result.output)
    assert (found["good"], found["lines"], found["violations"]) == (True, 1, [])


def test_an_address_among_the_arguments_is_refused(tmp_path):
    result = runner.invoke(
        app, ["output", "zoom=https://a.example/?secret=1", "--meeting", "m", "--data", str(tmp_path)]
    )
    assert result.exit_code == ExitCode.USAGE
    assert "secret=1" not in result.output
    assert "zoom=@FILE" in result.output


def test_a_private_address_is_refused_at_once(tmp_path):
    (tmp_path / "u").write_text("http://192.168.1.1/cc")
    (tmp_path / "u").chmod(0o600)
    result = runner.invoke(app, ["output", "obs", "--meeting", "m", "--data", str(tmp_path), "--url", "nonsense"])
    assert result.exit_code == ExitCode.USAGE
    assert chosen([f"zoom=@{tmp_path / 'u'}"], tmp_path)[0][0] == "zoom"


def test_an_output_is_named_once(tmp_path):
    with pytest.raises(Failure, match="twice"):
        chosen(["obs", "obs"], tmp_path)


def test_websocket_addresses():
    assert websocket("http://127.0.0.1:8080/") == "ws://127.0.0.1:8080/ws"
    assert websocket("https://a.example") == "wss://a.example/ws"
    with pytest.raises(Failure):
        websocket("a.example")


class Recordings:
    """BigBlueButton's end: checks the proof and the form."""

    lines, violations = [], []

    def answer(self, request):
        from hashlib import sha256
        from urllib.parse import urlencode

        from captioner.rehearse.standin import Reply

        query = urlencode({k: v[0] for k, v in request.query.items() if k != "checksum"})
        proof = sha256(f"putRecordingTextTrack{query}s3cret".encode()).hexdigest()
        good = request.path == "/bigbluebutton/api/putRecordingTextTrack" and request.one("checksum") == proof
        form = b'name="file"; filename="captions.vtt"' in request.body and b"WEBVTT" in request.body
        code, key = ("SUCCESS", "upload_text_track_success") if good and form else ("FAILED", "checksumError")
        return Reply(200, json.dumps({"response": {"returncode": code, "messageKey": key}}).encode())


@pytest.mark.parametrize(
    ("secret", "mode", "code"), [("s3cret\n", 0o600, 0), ("wrong", 0o600, 9), ("s3cret", 0o644, 9)]
)
def test_a_transcript_is_added_to_a_recording(tmp_path, secret, mode, code):
    from captioner.rehearse.standin import HttpStandin

    (tmp_path / "floor.vtt").write_text("WEBVTT\n")
    (tmp_path / "secret").write_text(secret)
    (tmp_path / "secret").chmod(mode)
    with HttpStandin(Recordings()) as server:
        result = runner.invoke(
            app,
            ["put-captions", "rec-1", str(tmp_path / "floor.vtt"), "--url", f"{server.url}/bigbluebutton/",
             "--secret-file", str(tmp_path / "secret"), "--private"],
        )  # fmt: skip
    assert result.exit_code == code, result.output
    assert "s3cret" not in result.output
