"""The stand-alone page of a record with a recording, from the disk in Chromium: played, with the keyboard, found well by axe."""

import wave
from dataclasses import replace

import pytest

from captioner.audio.publishable import publishable
from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState, Track
from server.archive.export.html import html, large
from server.archive.record import About, Record, TrackRecord
from tests.browser.meeting import until

pytestmark = pytest.mark.browser

SAID = [("c0", 0, "en", "Good morning."), ("c1", 3000, "fr", "Bonjour à tous."), ("c2", 6000, "ar", "صباح الخير.")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("recording")
    with wave.open(str(place / "sound.wav"), "wb") as made:
        made.setparams((1, 2, 16_000, 0, "NONE", ""))
        made.writeframes(b"\x10\x20" * 16_000 * 10)
    publishable(place / "sound.wav", place / "recording.mp3", 0, [])
    updates = tuple(
        CueUpdate(Cue(name, start, start + 2500, text, language, f"Speaker {name}"), 1, CueStatus.FINAL)
        for name, start, language, text in SAID
    )
    track = TrackRecord(Track("floor", "en"), updates)
    record = Record(
        Meeting("m", "A meeting", 0), "e", 1, MeetingState.ENDED, (), (track,), About(audio="recording.mp3")
    )
    (place / "floor.html").write_text(html(record, track), encoding="utf-8")
    (place / "floor.large.html").write_text(large(record, track), encoding="utf-8")
    (place / "mute.html").write_text(html(replace(record, about=About()), track), encoding="utf-8")
    return place.as_uri()


def ready(page):
    until(page, "document.querySelector('audio').readyState >= 1")


AT = "document.querySelector('audio').currentTime"


def test_a_caption_and_a_time_play_from_there(page, folder):
    page.goto(f"{folder}/floor.html")
    ready(page)
    page.click("#c1")
    until(page, f"!document.querySelector('audio').paused && {AT} >= 3 && {AT} < 6")
    until(page, "document.getElementById('c1').classList.contains('now')")
    page.focus("p[lang=ar] time a")
    page.keyboard.press("Enter")
    until(page, f"{AT} >= 6")
    until(
        page,
        "document.getElementById('c2').classList.contains('now') && !document.getElementById('c1').classList.contains('now')",
    )


def test_an_address_with_a_caption_begins_there_in_silence(page, folder):
    page.goto(f"{folder}/floor.html#c2")
    ready(page)
    until(page, f"{AT} >= 6")
    assert page.evaluate("document.querySelector('audio').paused")
    page.evaluate("location.hash = '#c1'")
    until(page, f"{AT} >= 3 && {AT} < 4")


def test_the_keyboard_plays_and_pauses(page, folder):
    page.goto(f"{folder}/floor.html")
    ready(page)
    page.focus("audio")
    page.keyboard.press("Space")
    until(page, "!document.querySelector('audio').paused")
    page.keyboard.press("Space")
    until(page, "document.querySelector('audio').paused")


@pytest.mark.parametrize("name", ["floor.html", "floor.large.html"])
def test_axe_finds_nothing(page, folder, name):
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": 320, "height": 500})
    page.goto(f"{folder}/{name}")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_without_a_recording_nothing_plays(page, folder):
    page.goto(f"{folder}/mute.html")
    assert page.query_selector("audio") is None
    assert page.query_selector("script") is None
