"""The live page in each language of the interface: chosen by the browser or the reader, and readable."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.meeting import choose, count, until

pytestmark = pytest.mark.browser

LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")
SAID = {
    "ar": "السيدة الرئيسة، نبدأ الآن بالبند الثالث من جدول الأعمال: إمكانية الوصول إلى الإنترنت للجميع.",
    "en": "Madam Chair, we now come to the third item of the agenda: access to the Internet for all.",
    "es": "Señora presidenta, pasamos al tercer punto del orden del día: el acceso a Internet para todos.",
    "fr": "Madame la présidente, nous passons au troisième point de l’ordre du jour : l’accès à Internet pour tous.",
    "ru": "Госпожа председатель, переходим к третьему пункту повестки дня: доступ к Интернету для всех.",
    "zh": "主席女士，我们现在讨论议程第三项：人人都能使用互联网。请各位代表在发言前先报姓名，这样字幕才能写清楚是谁在说话。",
}
WIDER = """() => [...document.querySelectorAll("body *")].filter((node) => document.documentElement.scrollWidth > innerWidth
  && node.getBoundingClientRect().right > innerWidth).map((node) => node.outerHTML.slice(0, 80))"""


@pytest.fixture
def reader(chromium):
    contexts = []

    def open_page(locale, width=1280, height=800):
        context = chromium.new_context(locale=locale, viewport={"width": width, "height": height})
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def look(page, name):
    """Keep a picture where somebody wants to look at it."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browser_chooses_and_everything_is_in_that_language(reader, server, publisher, language):
    for other in LANGUAGES:
        publisher.say(SAID[other], language=other)
    page = reader(language)
    page.goto(f"{server.url}/live/m1")
    count(page, 6)
    page.wait_for_selector("#size", state="attached")
    until(page, f"document.documentElement.lang === '{language}'")
    assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else None if language == "en" else "ltr")
    catalogue = page.evaluate(f"import('/viewer/locales/{language}.js').then((module) => module.default)")
    assert page.text_content(".skip") == catalogue["skip"]
    assert page.text_content("#pause") == catalogue["pause"]
    assert page.text_content("#more summary") == catalogue["more"]
    assert page.get_attribute(".settings", "aria-label") == catalogue["settings"]
    until(page, f"document.getElementById('status').textContent === {catalogue['status.live']!r}")
    assert page.eval_on_selector_all("#log p", "all => all.map((one) => one.lang)") == list(LANGUAGES)
    assert page.eval_on_selector_all("#log p", "all => all.map((one) => one.dir)") == ["rtl"] + ["ltr"] * 5
    look(page, f"live-{language}")
    choose(page, "more", "tools", "share")
    assert Axe().run(page).response["violations"] == []
    look(page, f"live-{language}-open")
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(WIDER) == []
    look(page, f"live-{language}-320")


def test_the_reader_changes_the_language_and_keeps_place_and_choice(reader, server, publisher):
    publisher.say("A sentence.")
    page = reader("en")
    page.goto(f"{server.url}/live/m1")
    count(page, 1)
    page.wait_for_selector("#language")
    page.focus("#language")
    page.select_option("#language", "ar")
    until(page, "document.documentElement.dir === 'rtl'")
    assert page.evaluate("document.activeElement.id") == "language"
    assert page.text_content("#pause") == "إيقاف مؤقت"
    assert page.get_attribute("#log p", "lang") == "en"
    page.reload()
    until(page, "document.documentElement.lang === 'ar'")
    page.select_option("#language", "en")
    until(page, "document.documentElement.dir === 'ltr'")
    assert page.text_content("#pause") == "Pause"


def test_chinese_lines_hold_about_seventeen_ideographs(reader, server, publisher):
    publisher.say(SAID["zh"], language="zh")
    page = reader("zh")
    page.goto(f"{server.url}/live/m1")
    count(page, 1)
    style = "((p) => { const s = getComputedStyle(p); return [parseFloat(s.maxWidth) / parseFloat(s.fontSize), s.lineBreak]; })"
    width, line_break = page.evaluate(f"{style}(document.querySelector('#log p'))")
    assert 16 <= width <= 18
    assert line_break == "strict"
