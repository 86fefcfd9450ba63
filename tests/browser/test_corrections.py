"""Corrections on the live page: in place, marked, not announced, with their history; and tracks in several languages."""

import pytest

from captioner.captions.cue import Track
from tests.browser.meeting import Publisher, count, log, until

pytestmark = pytest.mark.browser


def test_the_history_of_a_caption_lists_what_it_said(page, server, publisher):
    page.goto(f"{server.url}/live/m1")
    publisher.say("The lamp is built.")
    publisher.say("Thank you.")
    count(page, 2)
    page.wait_for_selector("#size")
    page.focus("#changes summary")
    page.keyboard.press("Enter")
    until(page, "document.getElementById('changes-count').textContent.startsWith('Nothing')")
    publisher.say("The ramp is built.", number=1, revision=9)
    until(page, "document.querySelectorAll('#changed > li').length === 1")
    assert page.locator("#changed ul li").all_text_contents() == [
        "00:00:01 Now: The ramp is built.",
        "00:00:01 Before: The lamp is built.",
    ]
    assert page.text_content("#changes-count") == "1 caption was corrected."
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Show every version"
    publisher.say("The ramp is being built.", number=1, revision=12)
    until(page, "document.querySelectorAll('#changed ul li').length === 3")
    assert page.evaluate("document.activeElement.textContent") == "Show every version"


def test_a_caption_that_comes_during_a_correction_is_said_once(page, server, publisher):
    page.goto(f"{server.url}/live/m1")
    publisher.say("The lamp is built.")
    count(page, 1)
    page.select_option("#announce", "sentence")
    page.evaluate("""() => { window.said = []; const node = document.getElementById("announcer");
      new MutationObserver(() => window.said.push(node.textContent.trim())).observe(node, {childList: true}); }""")
    publisher.say("The ramp is built.", number=1, revision=9)
    publisher.say("Thank you.")
    count(page, 2)
    until(page, "document.getElementById('log').getAttribute('aria-live') === 'polite'")
    publisher.say("Next item.")
    count(page, 3)
    assert log(page) == ["The ramp is built.", "Thank you.", "Next item."]
    assert page.evaluate("window.said") in (["Thank you."], [])  # [] where the log was no longer silent


def test_a_reader_chooses_the_language_of_the_captions_and_has_it_again(page, server, publisher):
    spanish = Publisher(server, Track("translation", "es"))
    try:
        publisher.say("Good morning.")
        spanish.say("Buenos días.", language="es")
        page.goto(f"{server.url}/live/m1")
        until(page, "document.getElementById('track').options.length === 2")
        assert page.locator("#track option").all_text_contents() == ["English", "Spanish"]
        page.select_option("#track", label="Spanish")
        until(page, "document.querySelector('#log p').textContent === 'Buenos días.'")
        page.reload()
        until(page, "document.querySelector('#log p')?.textContent === 'Buenos días.'")
        assert page.get_attribute("#log p", "lang") == "es"
        page.click("#reset") if page.is_visible("#reset") else page.click("#more summary")
        page.click("#reset")
        until(page, "document.querySelector('#log p')?.textContent === 'Good morning.'")
    finally:
        spanish.sink.close(end=False, timeout=1)
