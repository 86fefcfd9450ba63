"""The real server, a publisher, an output's process, and a stand-in of Zoom."""

import json
import subprocess
import sys
import threading
import time

import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Origin, RecordPolicy, Track
from captioner.errors import Failure
from captioner.output import OutputProcess, cursor_path, describe, report, run
from captioner.publish.server import ServerSink, Target
from captioner.publish.sink import Emitted
from captioner.publish.sinks.contract import Kind, OutputHealth, OutputState
from captioner.publish.sinks.settings import OutputSettings
from captioner.rehearse.numbered import ZoomStandin
from captioner.rehearse.standin import HttpStandin
from server.tokens import host_token


@pytest.fixture
def served(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "captioner.cli", "serve", "--port", "0", "--data", str(tmp_path), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    url = json.loads(process.stdout.readline())["url"]
    yield url.replace("http", "ws", 1) + "ws", tmp_path
    process.terminate()
    process.wait(30)


def publisher(url, data, policy=RecordPolicy.ON_RECORD):
    track = Track("floor", "en", "", Origin.AUTOMATIC)
    sink = ServerSink(Target(url, host_token(data), "m", "Meeting", track, policy, "p1"))
    sink.start(20)
    return sink


def final(n, text, revision=0, speaker=""):
    return Emitted(
        CueUpdate(Cue(f"c{n}", n * 1000, n * 1000 + 900, text, "en", speaker), revision, CueStatus.FINAL), 0, 0
    )


def until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def start(url, data, server, judge, **settings):
    made = OutputSettings(Kind.ZOOM, server.url + judge.path, private=True, **settings)
    process = OutputProcess("zoom", made, url, "m", str(data))
    stop, heard, notes = threading.Event(), [], []
    result = []
    thread = threading.Thread(target=lambda: result.append(run(process, stop, notes.append, heard.append)), daemon=True)
    thread.start()
    return stop, thread, result, heard


def test_captions_of_a_meeting_reach_the_conference_with_their_corrections(served):
    url, data = served
    sink = publisher(url, data)
    judge = ZoomStandin()
    with HttpStandin(judge) as server:
        sink.push(final(1, "Before anybody listened."))
        until(lambda: sink.waiting == 0)
        _, thread, result, heard = start(url, data, server, judge, hold_s=1.0)
        until(lambda: heard)
        sink.push(final(2, "Wreck a nice beach.", speaker="Ada"))
        sink.push(final(2, "Recognise speech.", 1, speaker="Ada"))
        sink.push(final(3, "Thank you."))
        assert sink.close(end=True, timeout=30)
        thread.join(60)
    assert judge.lines == ["Ada: Recognise speech.", "Thank you."]
    assert judge.violations == []
    assert result[0].state is OutputState.STOPPED
    assert result[0].errors == 0
    kept = cursor_path(data, "zoom").read_text()
    assert "speech" not in kept
    assert "Ada" not in kept


def test_under_the_chatham_house_rule_no_name_leaves(served):
    url, data = served
    sink = publisher(url, data, RecordPolicy.CHATHAM)
    judge = ZoomStandin()
    with HttpStandin(judge) as server:
        _, thread, _, heard = start(url, data, server, judge)
        until(lambda: heard)
        sink.push(final(1, "I disagree.", speaker="Ada"))
        until(lambda: judge.lines or not thread.is_alive())
        assert sink.close(end=True, timeout=30)
        thread.join(60)
    assert judge.lines == ["I disagree."]
    assert [health.state for health in heard] == [OutputState.WAITING, OutputState.OK]


def test_an_output_that_dies_goes_on_where_it_was(served):
    url, data = served
    sink = publisher(url, data)
    judge = ZoomStandin()
    with HttpStandin(judge) as server:
        stop, thread, _, heard = start(url, data, server, judge)
        until(lambda: heard)
        sink.push(final(1, "One."))
        until(lambda: judge.lines == ["One."])
        stop.set()
        thread.join(60)
        sink.push(final(2, "Two."))
        until(lambda: sink.waiting == 0)
        _, thread, _, _ = start(url, data, server, judge)
        until(lambda: len(judge.lines) == 2)
        assert sink.close(end=True, timeout=30)
        thread.join(60)
    assert (judge.lines, judge.violations) == (["One.", "Two."], [])


def test_a_meeting_with_a_passcode_is_read_with_the_hosts_token(served):
    import urllib.request

    url, data = served
    sink = publisher(url, data)
    order = urllib.request.Request(
        url.replace("ws", "http", 1).removesuffix("ws") + "api/meetings/m/passcode",
        b'{"passcode": "open sesame"}',
        {"Authorization": f"Bearer {host_token(data)}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(order) as reply:
        assert reply.status < 300
    judge = ZoomStandin()
    with HttpStandin(judge) as server:
        notes, heard = [], []
        made = OutputSettings(Kind.ZOOM, server.url + judge.path, private=True)
        stop = threading.Event()
        without = OutputProcess("zoom", made, url, "m", str(data))
        threads = [threading.Thread(target=run, args=(without, stop, notes.append, heard.append), daemon=True)]
        threads[0].start()
        until(lambda: any("refuses" in note for note in notes))
        stop.set()
        threads[0].join(30)
        assert not heard
        allowed = OutputProcess("zoom", made, url, "m", str(data), host_token(data))
        threads.append(
            threading.Thread(target=run, args=(allowed, threading.Event(), notes.append, heard.append), daemon=True)
        )
        threads[1].start()
        until(lambda: heard)
        sink.push(final(1, "Behind the door."))
        request = urllib.request.Request(
            url.replace("ws", "http", 1).removesuffix("ws") + "api/meetings/m/outputs",
            headers={"Authorization": f"Bearer {host_token(data)}"},
        )

        def console():
            with urllib.request.urlopen(request) as reply:
                return [(each["name"], each["state"], each["sent"]) for each in json.load(reply)]

        until(lambda: console() == [("zoom", "ok", 1)])
        assert sink.close(end=True, timeout=30)
        threads[1].join(60)
    assert judge.lines == ["Behind the door."]


def test_an_output_runs_once(tmp_path):
    from filelock import FileLock

    cursor_path(tmp_path, "zoom").parent.mkdir()
    process = OutputProcess(
        "zoom", OutputSettings(Kind.ZOOM, "https://a.example/x"), "ws://127.0.0.1:9/ws", "m", str(tmp_path)
    )
    with FileLock(cursor_path(tmp_path, "zoom").with_suffix(".lock")), pytest.raises(Failure, match="running already"):
        run(process, threading.Event(), print, print)


def test_secrets_are_not_printed():
    process = OutputProcess(
        "zoom", OutputSettings(Kind.ZOOM, "https://a.example/secret"), "ws://a/ws", "m", "d", "token"
    )
    assert repr(process) == "OutputProcess(zoom)"


@pytest.mark.parametrize("state", list(OutputState))
def test_every_state_is_told_the_console(state):
    told = report(OutputHealth("zoom", "zoom", state, sent=3, errors=1, last_ok_ms=5, note="secret?")).outputs[0]
    assert (told.name, told.sent, told.errors, told.last_ok_ms) == ("zoom", 3, 1, 5)
    assert report(OutputHealth("zoom", "zoom", state)).outputs[0].last_ok_ms is None


@pytest.mark.parametrize("state", list(OutputState))
def test_every_state_is_a_sentence(state):
    text = describe(OutputHealth("zoom", "zoom", state, sent=3, note="why"))
    assert text.startswith("Output zoom ")
    assert "(why)" in text
