"""What several hosts share, and how captions and readers are brought in from the console, in a real Chromium."""

import pytest

from server.tokens import host_token
from tests.browser.meeting import until
from tests.browser.test_staff_pages import focused, open_page, says

pytestmark = pytest.mark.browser
LONG = 60_000  # ms; a busy machine draws slowly
SIGNAL = """() => { const s = new WebSocket(`ws://${location.host}/ws`, "captions.v1"); window.s = s;
  s.onopen = () => { s.send(JSON.stringify({type: "hello", role: "viewer", meeting: "m1"}));
    s.send(JSON.stringify({type: "signal", signal: "question", text: "Is this minuted?"})); }; }"""


def test_what_one_host_did_about_a_signal_every_host_sees(page, server, publisher):
    publisher.say("One.")
    open_page(page, server, "/host/m1")
    other = page.context.new_page()
    other.goto(f"{server.url}/host/m1#token={host_token(server.data)}")
    for each in (page, other):
        until(each, "document.getElementById('status').textContent.startsWith('Live')", LONG)
    reader = page.context.new_page()
    reader.goto(f"{server.url}/viewer/wire.js")
    reader.evaluate(SIGNAL)
    for each in (page, other):
        until(each, "document.querySelector('#signals li')?.dataset.state === 'new'", LONG)
    page.bring_to_front()
    page.focus("#signals button:has-text('Seen')")
    page.keyboard.press("Enter")
    assert focused(page) == "Answered"
    until(other, "document.querySelector('#signals li').dataset.state === 'seen'", LONG)
    page.keyboard.press("Enter")
    until(other, "document.querySelector('#signals li').dataset.state === 'answered'", LONG)
    late = page.context.new_page()
    late.goto(f"{server.url}/host/m1#token={host_token(server.data)}")
    until(late, "document.querySelector('#signals li')?.dataset.state === 'answered'", LONG)
    assert "Question" not in late.text_content("#voice")  # it waits for nobody any more


def test_captions_are_started_from_the_console_by_the_browsers_microphone(page, server, publisher):
    publisher.say("One.")
    publisher.sink.close(end=False, timeout=5)
    open_page(page, server, "/host/m1")
    until(page, "!document.getElementById('start').hidden", LONG)
    page.focus("#start")
    page.keyboard.press("Enter")
    until(page, "document.getElementById('begin').open", LONG)
    says(page, "begin-relay", "captioner live --meeting m1 --source relay:m1")
    with page.context.expect_page() as opened:
        page.focus("#to-speak")
        page.keyboard.press("Enter")
    speaking = opened.value
    speaking.wait_for_load_state()
    until(speaking, "!location.hash.includes('token')", LONG)
    assert "/speak/m1" in speaking.url
    speaking.close()
    page.keyboard.press("Escape")
    until(page, "!document.getElementById('begin').open", LONG)
    assert focused(page) == "start"


def test_an_invitation_for_the_room_is_made_and_listed_as_such(page, server, publisher):
    publisher.say("One.")
    open_page(page, server, "/host/m1")
    assert page.is_hidden("#in-room-label")
    page.select_option("#invite-role", "viewer")
    page.check("#invite-room")
    page.click("#invite button")
    until(page, "document.getElementById('link').value.includes('/live/m1#token=')", LONG)
    until(page, "document.getElementById('invitations').textContent.includes('in the room')", LONG)


def test_axe_finds_nothing_in_the_dialog_that_starts_captions(page, server, publisher):
    from axe_playwright_python.sync_playwright import Axe

    publisher.say("One.")
    publisher.sink.close(end=False, timeout=5)
    open_page(page, server, "/host/m1")
    until(page, "!document.getElementById('start').hidden", LONG)
    page.click("#start")
    page.evaluate("document.getElementById('invite-role').value = 'viewer'")
    page.evaluate("document.getElementById('invite-role').dispatchEvent(new Event('change'))")
    assert Axe().run(page).response["violations"] == []


def test_an_answered_signal_is_said_and_the_focus_goes_to_what_waits(page, server, publisher):
    publisher.say("One.")
    open_page(page, server, "/host/m1")
    until(page, "document.getElementById('status').textContent.includes('Live')", LONG)
    page.evaluate(
        """() => { for (const signal of ["slow_down", "who"]) {
          const s = new WebSocket(`ws://${location.host}/ws`, "captions.v1");
          s.onopen = () => { s.send(JSON.stringify({type: "hello", role: "viewer", meeting: "m1"}));
            s.send(JSON.stringify({type: "signal", signal})); }; } }"""
    )
    until(page, "document.querySelectorAll('#signals li').length === 2", LONG)
    first = page.locator("#signals li").first.locator("button:has-text('Answered')")
    described = first.get_attribute("aria-describedby")
    text = page.text_content(f"#{described}")
    first.focus()
    page.keyboard.press("Enter")
    until(page, f"document.getElementById('voice').textContent.includes({text + ' — answered'!r})", LONG)
    assert page.evaluate("document.activeElement.closest('li')?.dataset.state") == "new"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, "document.querySelectorAll('#signals li[data-state=answered]').length === 2", LONG)
    assert page.evaluate("document.activeElement.id") == "h-signals"


def test_nobody_to_rename_is_said(page, server, publisher):
    publisher.say("One.")
    open_page(page, server, "/host/m1")
    page.evaluate("document.querySelector('details:has(#rename)').open = true")
    assert page.locator("#rename-from option").all_text_contents() == ["No captions with a name yet"]
    page.fill("#rename-to", "Ana")
    page.press("#rename-to", "Enter")
    until(page, "document.getElementById('speaker-status').textContent === 'No captions with a name yet'", LONG)
    publisher.say("Two.", speaker="Bo")
    until(page, "document.getElementById('rename-from').value === 'Bo'", LONG)
