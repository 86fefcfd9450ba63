"""The pages of human captioner and speaker on a screen at 200 %: what one works with is in sight."""

import pytest

from tests.browser.meeting import until
from tests.browser.test_languages import LANGUAGES
from tests.browser.test_staff_pages import open_page, says

pytestmark = pytest.mark.browser

IN_SIGHT = """(node) => { const box = node.getBoundingClientRect();
  return box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth; }"""


@pytest.fixture
def zoomed(chromium):
    context = chromium.new_context(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    yield context.new_page()
    context.close()


def test_who_takes_over_sees_all_of_the_field(zoomed, server, publisher):
    publisher.say("By the machine.")
    open_page(zoomed, server, "/cart/m1", "captioner")
    says(zoomed, "status", "The machine captions")
    zoomed.click("#take")
    says(zoomed, "status", "You caption")
    zoomed.keyboard.type("The committee begins. And")
    assert zoomed.locator("#typed").evaluate(IN_SIGHT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_captions_begin_is_in_sight_as_a_whole(chromium, server, language):
    context = chromium.new_context(viewport={"width": 640, "height": 400}, device_scale_factor=2, locale=language)
    page = context.new_page()
    open_page(page, server, "/host/m1")
    until(page, "!document.getElementById('start').hidden")
    page.focus("#start")
    page.keyboard.press("Enter")
    until(page, "document.getElementById('begin').open")
    for node in ("#begin-title", "#begin button"):
        assert page.locator(node).evaluate(IN_SIGHT)
    context.close()


def test_who_speaks_sees_whether_sound_is_sent(zoomed, server):
    open_page(zoomed, server, "/speak/m1")
    until(zoomed, "document.getElementById('title').textContent.startsWith('Speak into')")
    for node in ("#start", "#stop", "#state"):
        assert zoomed.locator(node).evaluate(IN_SIGHT)
