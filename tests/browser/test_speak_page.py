"""The page for speaking in a real Chromium with its fake microphone, which plays the demo's speech."""

import json
import shutil
import time
from itertools import pairwise

import pytest
from websockets.sync.client import connect

from benchmarks.unplug import speech
from captioner.audio.level import Meter
from captioner.audio.relay import RelaySource, RelayTarget
from captioner.audio.steady import SteadySource
from server.tokens import host_token
from tests.browser.conftest import ARGUMENTS
from tests.browser.meeting import until
from tests.browser.test_staff_pages import ask

pytestmark = pytest.mark.browser


@pytest.fixture
def speaking(chromium, tmp_path):
    """A page of a browser of its own: the fake device is chosen when a browser starts."""
    speech(tmp_path / "speech.wav", 8)

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    fake = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={tmp_path / 'speech.wav'}",
    ]
    browser = chromium.browser_type.launch(
        executable_path=path, args=[*ARGUMENTS, *fake, "--autoplay-policy=no-user-gesture-required"]
    )
    page = browser.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on(
        "console", lambda m: page.problems.append(m.text) if m.type == "error" and "favicon" not in m.text else None
    )
    yield page
    browser.close()


def test_the_fake_microphone_is_heard_by_a_captioner(speaking, server):
    page = speaking
    page.goto(f"{server.url}/speak/m1#token={host_token(server.data)}")
    assert "token" not in page.url
    page.focus("#start")
    page.keyboard.press("Enter")
    until(page, "document.getElementById('state').textContent.startsWith('Your sound arrives')")
    assert page.evaluate("document.activeElement.id") == "stop"
    until(page, "document.getElementById('level').value > -40")
    assert page.is_disabled("#device")  # a change would change nothing now
    target = RelayTarget(f"{server.url.replace('http', 'ws', 1)}/audio/m1", host_token(server.data))
    source = SteadySource(lambda: RelaySource(target), patient=True)
    meter, chunks = Meter(), []
    with source:
        began = time.monotonic()
        for chunk in meter.over(source):
            chunks.append(chunk)
            if len([c for c in chunks if not c.gap]) > 40 or time.monotonic() - began > 60:
                source.stop()
    assert meter.take() > -40
    assert all(a.end == b.start for a, b in pairwise(chunks))
    page.keyboard.press("Enter")
    until(page, "document.getElementById('state').textContent === 'Stopped.'")
    assert page.evaluate("document.activeElement.id") == "start"
    assert page.is_enabled("#device")
    page.check("#tab-choice")
    assert page.is_disabled("#device")  # a tab has no microphone
    assert page.problems == []


def test_a_refusal_is_explained(speaking, server):
    speaking.goto(f"{server.url}/speak/m1#token=wrong")
    speaking.click("#start")
    until(speaking, "document.getElementById('problem').textContent.startsWith('This link does not hold')")
    until(speaking, "!document.getElementById('start').disabled")
    assert speaking.is_disabled("#stop")


def test_a_place_that_is_taken_leaves_no_microphone_open(speaking, server):
    with connect(f"{server.url.replace('http', 'ws', 1)}/audio/m1", subprotocols=["audio.v1"]) as other:
        other.send(json.dumps({"role": "speaker", "token": host_token(server.data)}))
        other.recv(timeout=20)
        speaking.goto(f"{server.url}/speak/m1#token={host_token(server.data)}")
        speaking.evaluate(
            """() => { const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = async (what) => (window.given = await ask(what)); }"""
        )
        speaking.click("#start")
        until(speaking, "document.getElementById('problem').textContent.startsWith('Somebody else speaks')")
        until(speaking, "window.given.getTracks().every((track) => track.readyState === 'ended')")
        assert speaking.is_disabled("#stop")
        assert speaking.is_enabled("#start")


def test_the_page_names_its_meeting(page, server):
    page.goto(f"{server.url}/speak/m1#token={host_token(server.data)}")
    until(page, "document.title === 'm1: Speak into this meeting'")
    ask(server, "/setup", "PUT", {"title": "Committee"})
    page.reload()
    until(page, "document.title === 'Committee: Speak into this meeting'")
    assert page.text_content("h1") == "Speak into: Committee"
    buttons, state, level = (page.locator(place).bounding_box() for place in ("#stop", "#state", "#level"))
    assert page.text_content("#state") == "Nothing is sent yet."
    assert state["y"] - (buttons["y"] + buttons["height"]) < 30  # nothing empty lies between
    assert level["y"] - (state["y"] + state["height"]) < 40


def test_without_a_link_the_page_says_what_it_needs(page, server):
    page.goto(f"{server.url}/speak/m1")
    until(page, "document.getElementById('problem').textContent.includes('link')")
    assert page.is_disabled("#start")


def test_a_microphone_that_is_not_allowed_is_explained(page, server):
    page.goto(f"{server.url}/speak/m1#token={host_token(server.data)}")
    page.click("#start")
    until(page, "document.getElementById('problem').textContent.length > 10")
    assert page.text_content("#state") == "Stopped."


def test_axe_finds_nothing(page, server):
    from axe_playwright_python.sync_playwright import Axe

    page.goto(f"{server.url}/speak/m1")
    until(page, "document.title.length > 5")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_in_arabic_the_page_reads_from_the_right(chromium, server):
    context = chromium.new_context(locale="ar-EG")
    page = context.new_page()
    page.goto(f"{server.url}/speak/m1")
    until(page, "document.documentElement.dir === 'rtl'")
    assert page.text_content("#start") == "ابدأ"
    context.close()
