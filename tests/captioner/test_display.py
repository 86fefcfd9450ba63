import io
import json

import pytest

from captioner import messages
from captioner.display import JsonDisplay, PlainDisplay, RichDisplay, choose, clock, live_address

CAPTION = messages.Shown(text="Good morning [all].", start_ms=61_000, final=True)
PARTIAL = messages.Shown(text="Good mor", start_ms=61_000, final=False)


def progress(behind=0, full=False):
    return messages.Progress(audio_ms=30_000, behind_ms=behind, waiting=0, storage_full=full)


def tell(display):
    with display:
        display.serving("http://127.0.0.1:8080/", "m1")
        display.started(125_000)
        display.progress(progress())
        display.shown(PARTIAL)
        display.shown(CAPTION)
        display.progress(progress(6_000))
        display.progress(progress(6_500))
        display.progress(progress(100))
        display.note("Ending.")


def test_times_and_addresses():
    assert clock(3_723_999) == "1:02:03"
    assert live_address("http://h:1/", "m") == "http://h:1/live/m"


def test_plain_lines_read_well_aloud():
    out = io.StringIO()
    tell(PlainDisplay(out))
    assert out.getvalue().splitlines() == [
        "Captions: http://127.0.0.1:8080/live/m1",
        "Playing 0:02:05 of audio.",
        "0:01:01 Good morning [all].",
        "Captions are more than 5 seconds behind.",
        "Captions have caught up.",
        "Ending.",
    ]
    assert "\x1b" not in out.getvalue()


def test_a_microphone_has_no_length():
    out = io.StringIO()
    PlainDisplay(out).started(None)
    assert out.getvalue() == "Listening.\n"


def test_json_lines():
    out = io.StringIO()
    tell(JsonDisplay(out))
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["event"] for line in lines] == [
        "serving", "started", "progress", "caption", "progress", "progress", "progress", "note",
    ]  # fmt: skip
    assert lines[0]["url"] == "http://127.0.0.1:8080/live/m1"
    assert lines[3] == {"event": "caption", "start_ms": 61_000, "text": "Good morning [all]."}


def test_the_picture_holds_address_captions_and_state(monkeypatch):
    from rich.console import Console

    out = io.StringIO()
    monkeypatch.setattr("captioner.display.Console", lambda: Console(file=out, force_terminal=True, width=100))
    display = RichDisplay()
    tell(display)
    with display:
        display.progress(progress(full=True))
    text = out.getvalue()
    assert "/live/m1" in text
    assert "Good morning [all]." in text  # brackets are not markup
    assert "0:00:30 of 0:02:05" in text
    assert "disk full" in text
    assert "Ending." in text


@pytest.mark.parametrize(
    ("plain", "as_json", "terminal", "kind"),
    [
        (False, True, True, JsonDisplay),
        (True, False, True, PlainDisplay),
        (False, False, False, PlainDisplay),
        (False, False, True, RichDisplay),
    ],
)
def test_which_display_fits(monkeypatch, plain, as_json, terminal, kind):
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    assert type(choose(plain=plain, as_json=as_json)) is kind


def test_a_full_disk_is_said_once_and_its_end_too():
    out = io.StringIO()
    display = PlainDisplay(out)
    for full in (True, True, False):
        display.progress(progress(full=full))
    assert out.getvalue().splitlines() == [
        "The disk is full: captions wait in memory. Make room on it now.", "The disk takes captions again.",
    ]  # fmt: skip
