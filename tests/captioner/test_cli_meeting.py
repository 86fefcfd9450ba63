"""`captioner meeting` and `captioner console --plain` against the real server."""

import json
import re
import subprocess
import sys
import time
import urllib.request

import pytest
from typer.testing import CliRunner

from captioner import messages
from captioner.cli import app
from captioner.config import ServerSettings
from server.archive.log import EventLog
from server.setups import load
from server.tokens import host_token

PLAN = """
title = "Committee on accessible meetings"
[[roster]]
name = "Ana"
key = "1"
consent = true
"""


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture
def server(tmp_path):
    import msgspec

    process = subprocess.Popen(
        [sys.executable, "-m", "captioner.serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    process.stdin.write(msgspec.json.encode(ServerSettings("127.0.0.1", 0, str(tmp_path / "data"))) + b"\n")
    process.stdin.flush()
    yield messages.read(process.stdout.readline()).url.rstrip("/")
    process.kill()
    process.wait()


def test_without_a_server_what_may_be_kept_is_kept(tmp_path, plan):
    data = tmp_path / "data"
    nobody = "http://127.0.0.1:9"
    done = run("meeting", "new", plan, "--meeting", "m1", "--data", data, "--url", nobody)
    assert done.exit_code == 0
    assert f"{nobody}/live/m1" in done.output
    plan.write_text(PLAN.replace("[[roster]]", 'record = "chatham"\n[[roster]]'))
    done = run("meeting", "new", plan, "--meeting", "m2", "--data", data, "--url", nobody)
    assert "never reach a disk" in done.output
    log = EventLog(data)
    known = load(log)
    log.close()
    assert known["m1"].roster[0].name == "Ana"
    assert known["m2"].roster == ()
    assert known["m2"].title


def test_a_wrong_plan_says_where(tmp_path, plan):
    plan.write_text("title = 'x'\ncolour = 'red'")
    done = run("meeting", "new", plan, "--data", tmp_path / "data")
    assert done.exit_code == 2
    assert "colour" in done.output
    assert run("meeting", "new", tmp_path / "none.toml", "--data", tmp_path / "data").exit_code == 2
    assert run("meeting", "links", "m1", "--data", tmp_path / "data", "--url", "http://127.0.0.1:9").exit_code == 9
    assert run("meeting", "links", "m1", "--data", tmp_path / "data", "--url", "ftp://x").exit_code == 2


def test_links_open_their_pages(tmp_path, plan, server):
    data = tmp_path / "data"
    done = run("meeting", "new", plan, "--data", data, "--url", server)
    assert done.exit_code == 0, done.output
    token = host_token(data)
    assert token not in done.output
    name = re.search(r"Meeting: +(\S+)", done.output)[1]
    assert name.startswith("committee-on-accessible-meetings-")
    for page in ("host", "correct", "cart"):
        link = re.search(rf"{server}/{page}/{name}#token=(\S+)", done.output)
        with urllib.request.urlopen(link[0].split("#")[0], timeout=10) as answer:
            assert answer.status == 200
    ask = urllib.request.Request(f"{server}/api/meetings/{name}/setup", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(ask, timeout=10) as answer:
        assert json.loads(answer.read())["roster"][0]["name"] == "Ana"
    assert run("meeting", "links", name, "--data", data, "--url", server).exit_code == 0


def test_the_console_line_by_line(tmp_path, plan, server):
    from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track
    from captioner.publish.server import ServerSink, Target
    from captioner.publish.sink import Emitted

    data = tmp_path / "data"
    run("meeting", "new", plan, "--meeting", "m1", "--data", data, "--url", server)
    ws = server.replace("http", "ws", 1) + "/ws"
    sink = ServerSink(Target(ws, host_token(data), "m1", "", Track("floor", "en"), RecordPolicy.ON_RECORD, "p"))
    sink.start(10)
    command = [sys.executable, "-m", "captioner.cli", "console", "m1", "--url", server, "--data", str(data), "--plain"]
    console = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        heard = []

        def until(text):
            while not any(text in line for line in heard):
                line = console.stdout.readline()
                assert line, heard
                heard.append(line.strip())

        def type_(line):
            console.stdin.write(line + "\n")
            console.stdin.flush()

        until("Connected: Committee on accessible meetings")
        until("floor: automatic, live.")
        type_("1")
        until("Speaks now: Ana.")
        cue = Cue("c1", 3_600_000, 3_601_000, "Good morning.", "en")
        sink.push(Emitted(CueUpdate(cue, 1, CueStatus.FINAL), 0, 0))
        until("1:00:00 Ana: Good morning.")
        type_("pause")
        until("Answer y or n.")
        type_("y")
        until("Paused.")
        deadline = time.monotonic() + 20
        while not sink.settings.paused:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        type_("end")
        type_("n")
        until("Left as it is.")
        type_("quit")
        assert console.wait(20) == 0
    finally:
        console.kill()
        console.wait()
        sink.close(end=False, timeout=1)
