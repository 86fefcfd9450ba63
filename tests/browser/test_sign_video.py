"""The host's sign-language video beside the captions, in a real Chromium; the video's site is a stand-in."""

import json
import urllib.request

import pytest

from server.tokens import host_token
from tests.browser.meeting import count, until

pytestmark = pytest.mark.browser

SITE = "https://sign.example.org"
VIDEO = f"{SITE}/room?id=7"


@pytest.fixture
def meeting(page, server, publisher):
    """A meeting whose host laid down a video; `page.framed` has what was loaded from its site."""
    publisher.say("A sentence to read.")
    publisher.settle()
    request = urllib.request.Request(
        f"{server.url}/api/meetings/m1/setup",
        data=json.dumps({"title": "A meeting", "policy": "on_record", "sign_video": VIDEO}).encode(),
        headers={"Authorization": f"Bearer {host_token(server.data)}", "Content-Type": "application/json"},
        method="PUT",
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200
    page.framed = []

    def stand_in(route):
        page.framed.append(route.request.url)
        route.fulfill(content_type="text/html", body="<!doctype html><title>Sign</title><p>The interpreter</p>")

    page.route(f"{SITE}/**", stand_in)
    return server


def test_the_video_stands_beside_the_captions_without_typing_anything(page, meeting):
    from axe_playwright_python.sync_playwright import Axe

    page.goto(f"{meeting.url}/beside/m1")
    count(page, 1)
    frame = page.frame_locator("#sign")
    frame.get_by_text("The interpreter").wait_for()
    assert page.framed == [VIDEO]
    assert page.get_attribute("#sign", "title") == "Sign language"
    assert page.locator("#empty").is_hidden()
    assert Axe().run(page).response["violations"] == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Close the picture").focus()
    page.keyboard.press("Enter")
    assert page.locator("#sign").count() == 0
    assert page.evaluate("document.activeElement.id") == "show-sign"
    page.keyboard.press("Enter")
    page.frame_locator("#sign").get_by_text("The interpreter").wait_for()
    assert page.evaluate("document.activeElement.id") == "stop"


def test_the_live_page_leads_to_it(page, meeting):
    page.goto(f"{meeting.url}/live/m1")
    page.get_by_role("link", name="Captions beside the sign language").click()
    page.wait_for_url("**/beside/m1")
    page.frame_locator("#sign").get_by_text("The interpreter").wait_for()


def test_no_other_site_can_be_framed(page, meeting):
    page.goto(f"{meeting.url}/beside/m1")
    page.frame_locator("#sign").get_by_text("The interpreter").wait_for()
    page.evaluate("""() => {
      window.refused = [];
      document.addEventListener("securitypolicyviolation", (event) => window.refused.push(event.effectiveDirective));
      const other = document.createElement("iframe");
      other.src = "https://other.example.org/";
      document.body.append(other);
    }""")
    until(page, "window.refused.includes('frame-src')")
    page.problems.clear()  # the browser says the same on its console
