import io
import os
import threading

import pytest

from captioner import messages


@pytest.mark.parametrize(
    "message",
    [
        messages.Ready(url="http://127.0.0.1:1/"),
        messages.Started(base_ms=1, origin=2.5, total_ms=None),
        messages.Progress(audio_ms=1, behind_ms=2, waiting=3, storage_full=True),
        messages.Shown(text="Good morning.\nيوم", start_ms=1, final=True),
        messages.Failed(code=5, problem="p", remedy="r"),
        messages.Done(transcript="/archive/m/", stored=True),
    ],
)
def test_what_is_said_is_read(message, monkeypatch):
    out = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(out, write_through=True))
    messages.say(message)
    assert out.getvalue().count(b"\n") == 1
    assert messages.read(out.getvalue()) == message


@pytest.mark.parametrize("line", [b"", b"warning: something\n", b'{"t":"unknown"}\n', b"\xff\xfe\n", b"[]\n"])
def test_other_lines_are_passed_over(line):
    assert messages.read(line) is None


def test_a_parent_that_is_gone_is_no_error(monkeypatch):
    out = io.TextIOWrapper(io.BytesIO())
    out.close()

    class Closed:
        @property
        def buffer(self):
            raise ValueError("closed")

    monkeypatch.setattr("sys.stdout", Closed())
    messages.say(messages.Ready(url="u"))


def test_settings_are_the_first_line_and_the_end_is_noticed(monkeypatch):
    ours, theirs = os.pipe()
    kept = os.dup(0)
    os.dup2(ours, 0)
    try:
        os.write(theirs, b'{"a":1}\nrest')
        assert messages.read_settings() == b'{"a":1}\n'
        waiting = threading.Thread(target=messages.wait_for_end)
        waiting.start()
        assert waiting.is_alive()
        os.close(theirs)
        waiting.join(5)
        assert not waiting.is_alive()
    finally:
        os.dup2(kept, 0)
        os.close(kept)
        os.close(ours)
