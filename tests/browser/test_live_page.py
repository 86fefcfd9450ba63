"""The live page in a real Chromium, against the real server, with a scripted publisher."""

from pathlib import Path

import pytest

from captioner.captions.cue import CueStatus
from tests.browser.meeting import PROBE, choose, count, log, until

pytestmark = pytest.mark.browser


def test_finals_go_to_the_log_and_partials_to_the_hidden_line(page, server, publisher):
    page.goto(f"{server.url}/live/m1")
    until(page, "document.getElementById('status').textContent.startsWith('Live')")
    page.evaluate(PROBE)
    for number in range(1, 4):
        publisher.say("We begin", CueStatus.PARTIAL, number, 1, 1)
        until(
            page,
            "document.getElementById('stable').textContent === 'We' && document.getElementById('tail').textContent === 'begin'",
        )
        publisher.say("We begin now.", number=number)
        count(page, number)
    assert log(page) == ["We begin now."] * 3
    assert page.evaluate("window.bad") == []
    assert page.get_attribute("#open", "aria-hidden") == "true"
    assert page.get_attribute("#log", "role") == "log"
    assert page.get_attribute("#log", "aria-live") == "off"
    assert page.text_content("#stable") == ""
    page.select_option("#announce", "sentence")
    assert page.get_attribute("#log", "aria-live") == "polite"


def test_a_late_joiner_has_everything_and_markup_is_text(page, server, publisher):
    for text in ("One.", "<b>Two & three</b>", "Four."):
        publisher.say(text, speaker="Ann" if text == "Four." else "")
    publisher.settle()
    page.goto(f"{server.url}/live/m1")
    count(page, 3)
    assert log(page) == ["One.", "<b>Two & three</b>", "Ann: Four."]
    assert page.get_attribute("#log p", "lang") == "en"


def test_reconnecting_recovers_the_gap_once_and_says_so(page, server, publisher):
    page.goto(f"{server.url}/live/m1")
    publisher.say("Before.")
    count(page, 1)
    page.wait_for_selector("#size")
    server.kill()
    until(page, "document.getElementById('status').textContent.startsWith('Reconnecting')")
    publisher.say("Meanwhile one.")
    publisher.say("Meanwhile two.")
    server.start()
    count(page, 3)
    assert log(page) == ["Before.", "Meanwhile one.", "Meanwhile two."]


def test_what_is_announced_is_no_double_of_the_log_s_text(page, server, publisher):
    """Orca does not say a text that equals the last one of a live region: the log's paragraph came just before."""
    page.goto(f"{server.url}/live/m1#announce=batch&every=10")
    until(
        page, "document.getElementById('status').textContent.startsWith('Live')"
    )  # what was said before is not announced
    publisher.say("Alone.")
    until(page, "document.getElementById('announcer').textContent !== ''", 30_000)
    said = page.evaluate("document.querySelector('#announcer p').textContent")
    assert said.strip() == log(page)[-1] == "Alone."
    assert said != log(page)[-1]


def test_a_correction_is_made_in_place_and_not_announced(page, server, publisher):
    page.goto(f"{server.url}/live/m1")
    page.select_option("#announce", "sentence")
    publisher.say("Wrong word.")
    count(page, 1)
    publisher.say("Right word.", number=1, revision=9)
    until(page, "document.querySelector('#log p').textContent === 'Right word.'")
    assert page.get_attribute("#log", "aria-live") in ("off", "polite")
    until(page, "document.getElementById('log').getAttribute('aria-live') === 'polite'")


def test_the_captioner_s_death_shows(page, server, publisher):
    page.goto(f"{server.url}/live/m1")
    until(page, "document.getElementById('status').textContent.startsWith('Live')")
    publisher.sink.close(end=False, timeout=1)
    until(page, "document.getElementById('status').textContent.includes('away')", 8_000)


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("viewport", [(1280, 800), (320, 256)])
def test_axe_finds_nothing(page, server, publisher, theme, viewport):
    from axe_playwright_python.sync_playwright import Axe

    publisher.say("A sentence to read.")
    page.set_viewport_size({"width": viewport[0], "height": viewport[1]})
    page.goto(f"{server.url}/live/m1")
    count(page, 1)
    publisher.say("An open cue", CueStatus.PARTIAL, 2, 1, 2)
    choose(page)
    page.select_option("#theme", theme)
    page.select_option("#size", "200")
    until(page, "document.getElementById('tail').textContent !== ''")
    results = Axe().run(page)
    assert results.response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("path", ["/", "/archive/", "/archive/m1/"])
def test_axe_on_the_other_pages(page, server, publisher, path):
    from axe_playwright_python.sync_playwright import Axe

    publisher.say("A sentence to read.")
    publisher.settle()
    page.goto(server.url + path)
    assert Axe().run(page).response["violations"] == []


def test_the_keyboard_reaches_everything_in_order(page, server, publisher):
    publisher.say("A sentence.")
    page.goto(f"{server.url}/live/m1")
    count(page, 1)
    page.wait_for_selector("#language")
    seen = []
    for _ in range(15):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert seen == [
        "Skip to captions", "Meetings", "Archive", "Reading settings", "language", "size", "theme", "announce", "partials", "More reading settings",
        "Find, mark, copy", "Corrections", "Carry to another device", "log", "pause",
    ]  # fmt: skip


def test_reading_back_stops_the_scrolling_and_jump_to_live_resumes(page, server, publisher):
    page.goto(f"{server.url}/live/m1")
    for number in range(30):
        publisher.say(f"Sentence {number}.")
    count(page, 30)
    page.focus("#log")
    page.keyboard.press("Home")
    until(page, "document.getElementById('log').scrollTop === 0")
    publisher.say("One more.")
    count(page, 31)
    assert page.evaluate("document.getElementById('log').scrollTop") == 0
    page.click("#jump")
    until(
        page,
        "(() => { const l = document.getElementById('log'); return l.scrollHeight - l.scrollTop - l.clientHeight < 5 })()",
    )


def test_settings_are_kept(page, server, publisher):
    page.goto(f"{server.url}/live/m1")
    page.select_option("#size", "300")
    page.select_option("#theme", "dark")
    page.reload()
    page.wait_for_selector("#size")
    assert page.input_value("#size") == "300"
    assert page.get_attribute("html", "data-theme") == "dark"


def test_chromium_reads_the_archived_track(page, server, publisher, tmp_path):
    import webvtt

    texts = ["One & two.", "<three>", "Four --> five."]
    for text in texts:
        publisher.say(text)
    assert publisher.sink.close(end=True, timeout=10)
    vtt = Path(server.data) / "archive" / "m1" / "floor.vtt"
    assert len(webvtt.read(str(vtt))) == 3
    page.goto(f"{server.url}/archive/m1/")
    cues = page.evaluate(
        """async () => {
          const video = document.createElement("video"), track = document.createElement("track");
          track.src = "/archive/m1/floor.vtt"; track.default = true; video.append(track); document.body.append(video);
          track.track.mode = "showing";
          await new Promise((resolve, reject) => { track.onload = resolve; track.onerror = reject; });
          return [...track.track.cues].map((cue) => [cue.id, cue.getCueAsHTML().textContent]);
        }"""
    )
    assert [text for _, text in cues] == texts
    assert [name for name, _ in cues] == ["c-1", "c-2", "c-3"]


def opened(page):
    choose(page, "more", "tools", "share")


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_axe_with_every_choice_in_sight(page, server, publisher, theme):
    from axe_playwright_python.sync_playwright import Axe

    publisher.say("A sentence to read.")
    page.goto(f"{server.url}/live/m1")
    count(page, 1)
    opened(page)
    page.select_option("#theme", theme)
    assert Axe().run(page).response["violations"] == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_every_font_and_edge_can_be_chosen_and_is_kept(page, server, publisher):
    publisher.say("A sentence to read.")
    page.goto(f"{server.url}/live/m1")
    count(page, 1)
    opened(page)
    for select in ("font", "edge", "leading", "width"):
        for value in page.eval_on_selector_all(f"#{select} option", "all => all.map((one) => one.value)"):
            page.select_option(f"#{select}", value)
    kept = page.eval_on_selector("#font", "node => node.value")
    style = "getComputedStyle(document.getElementById('log')).fontFamily"
    chosen = page.evaluate(style)
    page.reload()
    count(page, 1)
    until(page, "document.getElementById('font') !== null")
    assert page.eval_on_selector("#font", "node => node.value") == kept
    assert page.evaluate(style) == chosen


def test_colours_that_cannot_be_read_are_said(page, server, publisher):
    page.goto(f"{server.url}/live/m1")
    opened(page)
    page.select_option("#text", "white")
    page.select_option("#back", "white")
    until(page, "document.getElementById('contrast').textContent !== ''")
    page.click("#reset")
    until(page, "document.getElementById('contrast').textContent === ''")


def test_the_link_carries_the_settings_to_another_device(page, server, publisher):
    publisher.say("A sentence to read.")
    page.goto(f"{server.url}/live/m1")
    count(page, 1)
    opened(page)
    page.select_option("#size", "200")
    link = page.input_value("#link")
    assert "#" in link
    assert page.get_attribute("#qr path", "d")
    page.evaluate("localStorage.clear()")
    page.goto("about:blank")
    page.goto(link)
    count(page, 1)
    assert page.input_value("#size") == "200"


def test_what_was_said_can_be_searched_and_saved(page, server, publisher):
    for text in ("The ramp is built.", "The lift is late.", "Thank you."):
        publisher.say(text)
    page.goto(f"{server.url}/live/m1")
    count(page, 3)
    opened(page)
    page.fill("#wanted", "LIFT")
    page.press("#wanted", "Enter")
    until(page, "document.querySelectorAll('#results li').length === 1")
    assert "The lift is late." in page.text_content("#results")
    with page.expect_download() as download:
        page.click("#save")
    text = download.value.path().read_text(encoding="utf-8")
    assert all(said in text for said in ("The ramp is built.", "The lift is late.", "Thank you."))


def test_a_pause_lasts_and_nothing_is_lost(page, server, publisher):
    publisher.say("Before.")
    page.goto(f"{server.url}/live/m1")
    count(page, 1)
    page.click("#pause")
    publisher.say("Meanwhile.")
    publisher.settle()
    page.wait_for_timeout(500)
    assert "Meanwhile." not in page.text_content("#log")
    page.click("#pause")
    count(page, 2)


def test_the_tools_come_when_the_network_does(page, server, publisher):
    failures = []
    page.route("**/panel.js", lambda route: failures.append(route.abort()) if len(failures) < 2 else route.continue_())
    publisher.say("Before.")
    page.goto(f"{server.url}/live/m1")
    count(page, 1)
    page.wait_for_selector("#size")
    assert len(failures) == 2
    page.problems[:] = [text for text in page.problems if "Failed to load resource" not in text]
