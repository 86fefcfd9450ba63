"""The host's commands against a real server."""

import asyncio
import json
import threading

import pytest
import structlog
from typer.testing import CliRunner

from captioner import cli
from server.config import ServerConfig
from server.main import serve

run = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "200", "TERM": "dumb"})


@pytest.fixture
def server(tmp_path):
    """A server's address and data folder."""
    loop, stop, ready, found = asyncio.new_event_loop(), asyncio.Event(), threading.Event(), []

    def take(url):
        found.append(url.rstrip("/"))
        ready.set()

    logger = structlog.wrap_logger(structlog.ReturnLogger(), wrapper_class=structlog.make_filtering_bound_logger(0))
    config = ServerConfig(data=tmp_path / "data", viewer=tmp_path, port=0)

    def main():
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve(config, take, stop, logger))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = threading.Thread(target=main)
    thread.start()
    assert ready.wait(30)
    yield found[0], str(config.data)
    loop.call_soon_threadsafe(stop.set)
    thread.join(30)


def captioner(server, *words, typed=""):
    url, data = server
    return run.invoke(cli.app, [*words, "--url", url, "--data", data], input=typed)


def test_an_invitation_is_made_listed_and_revoked(server):
    made = captioner(server, "invite", "m1", "--role", "corrector", "--hours", "2", "--label", "second desk", "--json")
    assert made.exit_code == 0
    told = json.loads(made.output)
    assert told["link"].startswith(f"{server[0]}/")
    assert "#token=" in told["link"]
    listed = captioner(server, "invitations", "m1")
    assert listed.output == f"{told['id']}: corrector (second desk)\n"
    assert captioner(server, "revoke", "m1", told["id"]).exit_code == 0
    assert "revoked" in captioner(server, "invitations", "m1").output
    assert json.loads(captioner(server, "invitations", "m1", "--json").output)[0]["revoked"]
    again = captioner(server, "revoke", "m1", "none")
    assert again.exit_code == 9
    assert "no such invitation" in again.output


def test_a_captioner_gets_the_token_and_everybody_the_way_to_end_it(server):
    made = captioner(server, "invite", "m1", "--role", "captioner")
    assert "the token is " in made.output
    assert "captioner revoke m1 " in made.output


def test_a_passcode_is_asked_for_and_removed(server):
    assert captioner(server, "passcode", "m1", typed="open sesame\nopen sesame\n").exit_code == 0
    short = captioner(server, "passcode", "m1", typed="short\nshort\n")
    assert short.exit_code == 9
    assert "6 to 100 characters" in short.output
    assert "Everybody may read." in captioner(server, "passcode", "m1", "--remove").output


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["invite", "../m"], 2, "MEETING must be"),
        (["invite", "m", "--role", "king"], 2, "king"),
        (["invite", "m", "--url", "ftp://x"], 2, "http"),
        (["invite", "m", "--url", "http://127.0.0.1:1"], 9, "captioner serve"),
        (["invite", "m", "--data", "nowhere"], 4, "--data"),
    ],
)
def test_wrong_use_has_a_remedy(tmp_path, words, code, says):
    (tmp_path / "host.token").write_text("x" * 40)
    data = [] if "--data" in words else ["--data", str(tmp_path)]
    result = run.invoke(cli.app, [*words, *data])
    assert result.exit_code == code
    assert says in result.output
    assert "Traceback" not in result.output
