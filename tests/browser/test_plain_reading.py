"""The page without JavaScript and the passcode's form, with JavaScript off and the keyboard alone."""

import json
import urllib.request

import pytest

from server.tokens import host_token

pytestmark = pytest.mark.browser


def axe(page):
    from axe_playwright_python.sync_playwright import Axe

    return [(v["id"], v["nodes"][0]["html"]) for v in Axe().run(page).response["violations"]]


def set_passcode(server, code):
    request = urllib.request.Request(
        f"{server.url}/api/meetings/m1/passcode",
        data=json.dumps({"passcode": code}).encode(),
        headers={"Authorization": f"Bearer {host_token(server.data)}"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def test_it_needs_no_script_and_leads_from_newer_to_newer(chromium, server, publisher):
    publisher.say("The first sentence.", speaker="Ada")
    publisher.settle()
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/live/m1/plain")
    assert "The first sentence." in page.locator("main").inner_text()
    publisher.say("The second sentence.")
    publisher.settle()
    page.get_by_role("link", name="Newer captions").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**after=**")
    text = page.locator("main").inner_text()
    assert "The second sentence." in text
    assert "The first sentence." not in text
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_and_reflow(page, server, publisher, theme):
    publisher.say("A sentence.", speaker="Ada")
    publisher.settle()
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 320, "height": 480})
    for path in ("/live/m1/plain", "/live/m1/plain?refresh=60", "/live/m1/passcode"):
        page.goto(server.url + path)
        found = [each for each in axe(page) if each[0] != "meta-refresh" or "refresh=" not in path]
        assert found == []  # loading by itself is the reader's own choice, with a link to end it
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.problems == []


@pytest.mark.parametrize("language", ["ar", "zh", "en", "fr", "ru", "es"])
def test_every_language_without_script(chromium, server, publisher, language):
    publisher.say("A sentence.", speaker="Ada")
    publisher.settle()
    context = chromium.new_context(
        java_script_enabled=False, bypass_csp=True, locale=language, viewport={"width": 320, "height": 640}
    )
    page = context.new_page()
    titles = set()
    for path in ("/", "/live/m1/plain", "/live/m1/passcode", "/live/m1/signal", "/help/", "/help/braille", "/try"):
        page.goto(server.url + path)
        root = page.locator("html")
        assert root.get_attribute("lang") == language, path
        assert root.get_attribute("dir") == ("rtl" if language == "ar" else "ltr"), path
        titles.add(page.title())
    assert len(titles) == 7
    context.close()
    context = chromium.new_context(bypass_csp=True, locale="de", viewport={"width": 320, "height": 640})
    page = context.new_page()
    for path in ("/live/m1/plain", "/live/m1/passcode", "/live/m1/signal", "/help/large-print"):
        page.goto(f"{server.url}{path}?language={language}")
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    context.close()


def test_a_reader_chooses_another_language_and_keeps_it(chromium, server, publisher):
    publisher.say("A sentence.")
    publisher.settle()
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/live/m1/plain")
    page.get_by_role("link", name="Français").click()
    page.get_by_role("link", name="Dire à l’hôte (plus lentement, sous-titres pas clairs, une question)").click()
    page.get_by_role("button", name="Qui parle ?").click()
    page.get_by_text("L’hôte est prévenu.").wait_for()
    page.get_by_role("link", name="Retour aux sous-titres sans JavaScript").click()
    page.get_by_role("link", name="Nouveaux sous-titres").click()
    assert page.locator("html").get_attribute("lang") == "fr"
    context.close()


def test_a_passcode_with_the_keyboard(chromium, server, publisher):
    publisher.say("Behind the door.")
    publisher.settle()
    set_passcode(server, "open sesame")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/live/m1/plain")
    assert page.title() == "Passcode of the meeting"
    page.get_by_label("Passcode").focus()
    page.keyboard.type("wrong one")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert page.title().startswith("Wrong passcode")
    page.get_by_label("Passcode").focus()
    page.keyboard.type("open sesame")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plain")
    assert "Behind the door." in page.locator("main").inner_text()
    context.close()
