"""The pages of host, corrector and human captioner where the page's language is not the captions'."""

import pytest

from captioner.captions.cue import Track
from tests.browser.meeting import Publisher, until
from tests.browser.test_staff_pages import SETUP, ask, cues, open_page, says

pytestmark = pytest.mark.browser

READS = "(node) => [node.lang, getComputedStyle(node).direction]"


@pytest.fixture
def arabic(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="ar")
    yield context.new_page()
    context.close()


def test_captions_keep_their_language_and_direction_at_the_correctors_desk(arabic, server, publisher):
    publisher.say("We begin.")
    publisher.say("مرحبا بكم.", language="ar")
    open_page(arabic, server, "/correct/m1", "corrector")
    cues(arabic, 2)
    lines = arabic.locator("#cues .said")
    assert [lines.nth(n).evaluate(READS) for n in (0, 1)] == [["en", "ltr"], ["ar", "rtl"]]
    arabic.focus("#cues")
    arabic.keyboard.press("Home")
    arabic.keyboard.press("Enter")
    until(arabic, "document.activeElement.id === 'text'")
    assert arabic.evaluate(f"({READS})(document.activeElement)") == ["en", "ltr"]


@pytest.mark.parametrize(("mine", "typed"), [("", "fr"), ("es", "es")])
def test_who_takes_over_types_in_the_language_of_what_was_there(arabic, server, mine, typed):
    french = Publisher(server, Track("floor", "fr"))
    french.say("Bonjour.", language="fr")
    open_page(arabic, server, "/cart/m1", "captioner")
    until(arabic, "document.getElementById('language').value === 'fr'")
    if mine:  # what was chosen holds
        arabic.fill("#language", mine)
        arabic.fill("#track-id", "floor")
    arabic.click("#take")
    says(arabic, "status", "أنت تكتب")
    assert arabic.locator("#typed").evaluate(READS) == [typed, "ltr"]
    french.sink.close(end=False, timeout=1)


def test_a_name_in_another_script_stands_before_its_key(arabic, server, publisher):
    ask(server, "/setup", "PUT", SETUP)
    publisher.say("One.")
    open_page(arabic, server, "/host/m1")
    says(arabic, "speakers", "Ana Sanchez")
    name, key = (arabic.locator(f"#speakers button:has-text('Ana') {part}").bounding_box() for part in ("bdi", "kbd"))
    assert key["x"] + key["width"] <= name["x"]
    assert arabic.evaluate("getComputedStyle(document.getElementById('link')).direction") == "ltr"
