"""What readers install, keep on top and put beside the captions: the browser's own powers, in a real Chromium."""

import pytest

from captioner.captions.cue import CueStatus
from tests.browser.meeting import count, until

pytestmark = pytest.mark.browser

SAID = "A sentence to read."

PICTURE = """() => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 10, 10);
  navigator.mediaDevices.getDisplayMedia = async (wanted) => {
    window.wanted = wanted;
    return canvas.captureStream(5);
  };
}"""


@pytest.fixture
def talk(publisher):
    publisher.say(SAID)
    publisher.settle()


def test_the_shell_opens_without_the_server_and_nothing_of_the_meeting_is_kept(page, server, talk):
    page.goto(f"{server.url}/simple/m1")
    count(page, 1)
    until(page, "navigator.serviceWorker.controller !== null")
    page.reload()  # the worker sees this one
    count(page, 1)
    until(page, "caches.open('shell-1').then((cache) => cache.match('/viewer/simple.html')).then(Boolean)")
    kept = page.evaluate(
        """async () => {
          const cache = await caches.open("shell-1");
          const found = [];
          for (const request of await cache.keys())
            found.push([new URL(request.url).pathname, await (await cache.match(request)).text()]);
          return found;
        }"""
    )
    assert kept
    assert all(path.startswith("/viewer/") or path == "/manifest.webmanifest" for path, _ in kept)
    assert not any(SAID in text or "A meeting" in text for _, text in kept)
    server.kill()
    page.reload()
    until(page, "document.getElementById('status').textContent.startsWith('No connection')")
    page.problems.clear()  # the browser's own notes about a server that is away


def test_the_live_page_s_shell_is_kept_without_its_first_captions(page, server, talk):
    page.goto(f"{server.url}/live/m1")
    count(page, 1)
    until(page, "navigator.serviceWorker.controller !== null")
    page.reload()
    until(page, "caches.open('shell-1').then((cache) => cache.match('/viewer/live.html')).then(Boolean)")
    text = page.evaluate(
        "caches.open('shell-1').then((cache) => cache.match('/viewer/live.html')).then((kept) => kept.text())"
    )
    assert SAID not in text


def test_the_screen_stays_on_by_a_switch_that_is_kept(page, server, talk):
    page.add_init_script(
        """window.asked = []; Object.defineProperty(navigator, "wakeLock", {value: {request: async (kind) => {
          window.asked.push(kind); return {release: async () => window.asked.push("released")}; }}});"""
    )
    page.goto(f"{server.url}/pin/m1")
    count(page, 1)
    assert page.evaluate("window.asked") == ["screen"]
    page.uncheck("#awake")
    until(page, "window.asked.at(-1) === 'released'")
    page.reload()
    count(page, 1)
    assert page.evaluate("window.asked") == []
    assert not page.is_checked("#awake")


def test_a_browser_without_wake_lock_shows_no_switch(page, server, talk):
    page.add_init_script('Object.defineProperty(navigator, "wakeLock", {value: undefined});')
    page.goto(f"{server.url}/pin/m1")
    count(page, 1)
    assert not page.locator("#awake-label").is_visible()


def test_another_window_s_picture_stands_beside_the_captions(page, server, talk):
    page.goto(f"{server.url}/beside/m1")
    count(page, 1)
    page.evaluate(PICTURE)
    page.click("#choose")
    page.wait_for_selector("#video:visible")
    assert page.evaluate("window.wanted.audio") is False
    assert page.evaluate("document.getElementById('video').srcObject.active")
    page.click("#stop")
    until(page, "document.getElementById('video').hidden")
    assert page.evaluate("document.activeElement.id") == "choose"


def test_the_small_window_is_on_top_and_gives_the_captions_back(page, server, publisher, talk):
    page.goto(f"{server.url}/pin/m1")
    count(page, 1)
    if not page.locator("#top").is_visible():
        pytest.skip("this Chromium has no document picture-in-picture")
    page.click("#top")
    until(page, "document.getElementById('main') === null")
    small = "documentPictureInPicture.window.document"
    assert page.evaluate(f"{small}.getElementById('title').textContent") == "A meeting"
    publisher.say("In the small window.")
    until(page, f"{small}.querySelectorAll('#log p').length === 2")
    assert page.locator("#away").is_visible()
    page.evaluate("documentPictureInPicture.window.close()")
    count(page, 2)
    assert not page.locator("#away").is_visible()


def test_without_it_the_page_offers_a_window_of_its_own(page, server, talk):
    page.add_init_script("delete window.documentPictureInPicture;")
    page.goto(f"{server.url}/pin/m1")
    count(page, 1)
    with page.expect_popup() as opened:
        page.click("#window")
    count(opened.value, 1)
    assert not opened.value.locator("#window").is_visible()


@pytest.mark.parametrize("locale", ["en", "ru", "ar"])
@pytest.mark.parametrize("size", [(375, 667), (667, 375), (1000, 700), (1280, 800)])
def test_the_captions_are_in_sight_before_any_choice_is_made(chromium, server, publisher, size, locale):
    publisher.say(SAID)
    publisher.settle()
    width, height = size
    context = chromium.new_context(viewport={"width": width, "height": height}, locale=locale)
    page = context.new_page()
    try:
        page.goto(f"{server.url}/live/m1")
        count(page, 1)
        page.wait_for_selector("#size", state="attached")
        page.wait_for_selector("#choices[data-ready]")
        publisher.say("And so we come", CueStatus.PARTIAL, 2, 1, 2)
        until(page, "document.getElementById('stable').textContent === 'And so'")
        box = page.locator("#stable").bounding_box()
        assert box["y"] + box["height"] <= height
        assert page.locator("#log p").is_visible()
        opened = page.evaluate("document.getElementById('choices').open")
        assert not opened or width >= 1000
        assert opened or (size, locale) != ((1280, 800), "en")
        if not opened:
            page.focus("#choices > summary")
            page.keyboard.press("Enter")
        page.select_option("#size", "150")
        assert page.locator("#size").is_visible()
    finally:
        context.close()
