"""What changes around the captions is said once: a correction not at all, who captions, pauses, stretches without captions."""

import re

import pytest

from tests.browser.meeting import Publisher, count, log, until
from tests.browser.test_staff_pages import CORRECTED, open_page, says

pytestmark = pytest.mark.browser

HEAR = """(names) => { window.heard = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) new MutationObserver(() => {
    const text = document.getElementById(name).textContent.trim();
    if (window.heard[name].at(-1) !== text) window.heard[name].push(text);
  }).observe(document.getElementById(name), {childList: true, subtree: true, characterData: true}); }"""
LOUD = """() => { window.loud = []; const log = document.getElementById("log");
  new MutationObserver((all) => all.forEach((one) => log.getAttribute("aria-live") === "off" || window.loud.push(one.type)))
    .observe(log, {childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["class", "hidden"]}); }"""
GAPS = "[...document.querySelectorAll('#log .gap')].map((node) => node.textContent)"


@pytest.fixture
def other(chromium):
    """The browser of the one who works for the readers."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def begun(page, server, publisher, options=""):
    publisher.say("The lamp is built.")
    publisher.say("Thank you.")
    page.goto(f"{server.url}/live/m1{options}")
    count(page, 2)
    until(page, "document.getElementById('status').textContent === 'Live.'")
    page.wait_for_selector("#size")


def heard(page, name):
    return page.evaluate(f"window.heard.{name}")


def test_a_person_s_correction_is_marked_with_its_history_and_not_said_again(page, other, server, publisher):
    begun(page, server, publisher, "#announce=sentence")
    until(page, "document.getElementById('log').getAttribute('aria-live') === 'polite'")
    page.evaluate(HEAR, ["announcer", "status"])
    page.evaluate(LOUD)
    open_page(other, server, "/correct/m1", "corrector")
    until(other, "document.querySelectorAll('#cues li').length === 2")
    other.focus("#cues")
    for key in ("Home", "Enter", "Control+a"):
        other.keyboard.press(key)
    other.keyboard.type("The ramp is built.")
    other.keyboard.press("Control+Enter")
    until(page, f"{CORRECTED} === 'The ramp is built.'")
    until(page, "document.getElementById('log').getAttribute('aria-live') === 'polite'")
    assert page.evaluate("window.loud") == []
    assert heard(page, "announcer") == heard(page, "status") == []
    mark = page.evaluate("getComputedStyle(document.querySelector('#log p.corrected'), '::after').content")
    assert "✎" in mark
    page.focus("#changes summary")
    page.keyboard.press("Enter")
    until(page, "document.querySelectorAll('#changed ul li').length === 2")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # every version, from the server
    until(page, "document.querySelectorAll('#changed ul li').length >= 2")
    now, *_, before = page.locator("#changed ul li").all_text_contents()
    assert re.search("Now: The ramp is built.*by a person", now)
    assert "Before: The lamp is built." in before
    assert page.evaluate("window.loud") == []
    publisher.say("Next item.")
    count(page, 3)
    assert page.evaluate("window.loud.length") == 1  # what is new is said


def test_who_captions_is_said_once_each_time_that_it_changes(page, other, server, publisher):
    begun(page, server, publisher)
    assert page.get_attribute("#origin", "role") == "status"
    machine = page.text_content("#origin")
    page.evaluate(HEAR, ["origin"])
    open_page(other, server, "/cart/m1", "captioner")
    says(other, "status", "The machine captions")
    other.click("#take")
    says(page, "origin", "person")
    other.keyboard.type("By a person. Again by a person.\n", delay=5)
    says(page, "log", "Again by a person.")
    other.click("#back")
    until(page, "!document.getElementById('origin').textContent.includes('person')")
    for text in ("By the machine.", "Again by the machine."):
        publisher.say(text)
    says(page, "log", "Again by the machine.")
    person, *rest = heard(page, "origin")
    assert "person" in person
    assert rest == [machine]


def test_a_pause_of_the_host_is_said_once_and_stands_in_its_place(page, other, server, publisher):
    begun(page, server, publisher)
    page.evaluate(HEAR, ["status", "announcer"])
    open_page(other, server, "/host/m1")
    until(other, "!document.getElementById('pause').disabled")
    other.focus("#pause")
    other.keyboard.press("Enter")
    until(other, "document.getElementById('confirm').open")
    other.keyboard.press("Tab")
    other.keyboard.press("Enter")
    says(page, "status", "host has paused")
    until(page, f"{GAPS}.join() === '[captions paused]'")
    page.wait_for_timeout(2_500)  # heartbeats and statuses come meanwhile
    assert len([text for text in heard(page, "status") if "paused" in text]) == 1
    other.click("#pause")
    until(page, f"{GAPS}.join().startsWith('[captions paused for about ')")
    until(page, "document.getElementById('status').textContent === 'Live.'")
    assert len(heard(page, "status")) == 2
    assert heard(page, "announcer") == []
    assert log(page) == ["The lamp is built.", "Thank you."]  # it is no caption


def test_a_reader_s_own_pause_is_said_once_however_many_captions_wait(page, server, publisher):
    begun(page, server, publisher)
    page.evaluate(HEAR, ["status"])
    page.focus("#pause")
    page.keyboard.press("Enter")
    for number in range(3):
        publisher.say(f"Sentence {number}.")
    says(page, "held", "3 captions wait.")
    assert page.evaluate("document.getElementById('held').closest('[role=status], [role=log], [aria-live]')") is None
    assert heard(page, "status") == ["Paused. Live."]
    page.keyboard.press("Enter")
    count(page, 5)
    assert page.text_content("#held") == ""
    assert heard(page, "status") == ["Paused. Live.", "Live."]


def test_a_stretch_that_nobody_captioned_stands_in_its_place_and_is_said_once(page, server, publisher):
    from axe_playwright_python.sync_playwright import Axe

    begun(page, server, publisher, "#announce=sentence")
    page.evaluate(HEAR, ["status", "announcer"])
    page.evaluate(LOUD)
    publisher.close()
    says(page, "status", "away")
    page.wait_for_timeout(7_000)  # a stretch that is worth telling
    back = Publisher(server)
    try:
        back.count = 60
        back.say("I am back.")
        count(page, 3)
        until(page, "document.getElementById('status').textContent.includes('not captioned')", 60_000)
        until(page, "document.getElementById('status').textContent === 'Live.'", 30_000)
        (text,) = page.evaluate(GAPS)
        assert re.fullmatch(r"\[about \d+ sec not captioned\]", text)
        assert len([told for told in heard(page, "status") if "not captioned" in told]) == 1
        assert heard(page, "announcer") == []
        lines = page.evaluate("[...document.getElementById('log').children].map((node) => node.textContent)")
        assert lines == ["The lamp is built.", "Thank you.", text, "I am back."]
        assert len(log(page)) == 3
        assert page.evaluate("window.loud.length") == 1  # the caption; the stretch is told by the status
        assert Axe().run(page).response["violations"] == []
        server.kill()
        says(page, "status", "Reconnecting")
        server.start()
        until(page, "document.getElementById('status').textContent.includes('Live.')")
        assert page.evaluate(GAPS) == [text]
        page.select_option("#language", "fr")
        until(page, f"{GAPS}.join().includes('sans sous-titres')")
        page.reload()
        count(page, 3)
        until(page, "document.getElementById('log').children[2].textContent.includes('sans sous-titres')")
        assert "sans sous-titres" not in page.text_content("#status")
        page.goto(f"{server.url}/read/m1")
        until(page, "document.querySelector('#text .now')?.textContent.includes('I am back.')")
        page.focus("#text .now")
        page.keyboard.press("Shift+Enter")
        until(page, "document.querySelector('#text .now')?.textContent.includes('sans sous-titres')")
    finally:
        back.close()
