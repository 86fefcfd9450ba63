"""The pages of host, corrector and human captioner in a real Chromium, against the real server."""

import contextlib
import json
import re
import time
import urllib.request
from pathlib import Path

import pytest
from websockets.sync.client import connect

from captioner.captions import wire
from server.tokens import host_token
from tests.browser.meeting import count, log, until

pytestmark = pytest.mark.browser


@pytest.fixture
def second(chromium):
    """Another person's browser."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def ask(server, path, method="GET", body=None):
    request = urllib.request.Request(
        f"{server.url}/api/meetings/m1{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {host_token(Path(server.data))}"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"null")


SETUP = {
    "title": "Committee on accessible meetings", "policy": "on_record", "glossary": "DCAD = decad, D-card\nSecretariat",
    "roster": [{"name": "Ana Sanchez", "role": "Chair", "key": "1", "consent": True}, {"name": "Bo Li", "key": "2"}],
}  # fmt: skip


def open_page(page, server, path, role="host"):
    token = (
        host_token(Path(server.data))
        if role == "host"
        else ask(server, "/invitations", "POST", {"role": role})["token"]
    )
    page.goto(f"{server.url}{path}#token={token}")
    until(page, "location.hash === ''")
    return token


def says(page, node, text):
    until(page, f"document.getElementById({node!r}).textContent.includes({text!r})")


def cues(page, number):
    until(page, f"document.querySelectorAll('#cues li').length === {number}")


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


PAGES = [("/host/m1", "host"), ("/host/m1/setup", "host"), ("/correct/m1", "corrector"), ("/cart/m1", "captioner")]


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize(("path", "role"), PAGES)
def test_axe_and_reflow(page, server, publisher, path, role, theme):
    from axe_playwright_python.sync_playwright import Axe

    ask(server, "/setup", "PUT", SETUP)
    publisher.say("The decad begins.")
    open_page(page, server, path, role)
    page.evaluate(f"document.documentElement.dataset.theme = {theme!r}")
    page.wait_for_timeout(300)
    page.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")
    if path.startswith("/correct"):
        cues(page, 1)
        page.focus("#cues")
        page.keyboard.press("Enter")
    assert Axe().run(page).response["violations"] == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("path", ["/host/m1", "/host/m1/setup", "/correct/m1", "/cart/m1"])
def test_without_a_token_the_page_says_what_it_needs(page, server, path):
    page.goto(server.url + path)
    says(page, "refusal", "link")
    page.problems.clear()


def test_the_host_pauses_and_ends_with_the_keyboard(page, server, publisher):
    ask(server, "/setup", "PUT", SETUP)
    publisher.say("Before the pause.")
    open_page(page, server, "/host/m1")
    says(page, "status", "Live. On the record.")
    page.focus("#pause")
    page.keyboard.press("Enter")
    until(page, "document.getElementById('confirm').open")
    assert focused(page) == "Cancel"
    page.keyboard.press("Escape")
    until(page, "!document.getElementById('confirm').open")
    assert focused(page) == "pause"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    says(page, "status", "Paused")
    assert page.text_content("#pause") == "Go on"
    until_settings(publisher, paused=True)
    page.focus("#pause")
    page.keyboard.press("Enter")
    says(page, "status", "Live.")
    until_settings(publisher, paused=False)
    page.focus("#end")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    says(page, "status", "ended")
    assert page.is_hidden("#start")  # what has ended begins no more


def until_settings(publisher, *, paused):
    deadline = time.monotonic() + 10
    while publisher.sink.settings.paused is not paused:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_host_switches_the_record_after_a_question(page, second, server, publisher):
    publisher.say("One.")
    open_page(page, server, "/host/m1")
    second.goto(f"{server.url}/live/m1")
    says(page, "status", "On the record")
    page.check("input[value=chatham]")
    page.focus("#policy button")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    says(second, "status", "Chatham")
    says(page, "speaker-status", "none is kept")


@pytest.mark.parametrize(("language", "names"), [("en", ["English", "French"]), ("fr", ["anglais", "français"])])
def test_the_console_says_in_plain_words_who_captions_and_how(chromium, server, publisher, language, names):
    person = {"id": "typed", "language": "fr", "label": "", "origin": "human"}
    with contextlib.ExitStack() as stack:
        page = stack.enter_context(chromium.new_context(locale=language)).new_page()
        socket = stack.enter_context(connect(server.url.replace("http", "ws", 1) + "/ws", subprotocols=["captions.v1"]))
        hello = {"type": "hello", "role": "publisher", "meeting": "m1", "publisher": "p", "title": "", "track": person}
        socket.send(json.dumps(hello | {"token": host_token(Path(server.data))}))
        open_page(page, server, "/host/m1")
        publisher.sink.report(wire.Health.LIVE, behind_ms=1400, level_db=-24, cpu=85, source="USB microphone")
        until(page, "document.querySelectorAll('.vital').length === 2")
        says(page, "vitals", "USB microphone")
        assert page.locator(".vital h3").all_text_contents() == names
        assert page.locator("#track option").all_text_contents() == names
        assert page.get_attribute(".vital meter", "aria-label").endswith(names[0])
        machine, human = (page.locator(".vital").nth(number).inner_text() for number in (0, 1))
        assert len(machine.splitlines()) > len(human.splitlines())  # a person has no level and no computer
        shown = page.inner_text("body").lower()
        for jargon in ("floor", "processor 85", "processeur 85", "track", "piste"):
            assert jargon not in shown
        assert page.locator("#vitals .hint").count() == 1


def test_a_readers_signal_is_shown_counted_and_answered(page, second, server, publisher):
    publisher.say("One.")
    open_page(page, server, "/host/m1")
    says(page, "status", "Live")
    second.goto(f"{server.url}/viewer/wire.js")
    second.evaluate(
        """() => { const s = new WebSocket(`ws://${location.host}/ws`, "captions.v1"); window.s = s;
        s.onopen = () => { s.send(JSON.stringify({type: "hello", role: "viewer", meeting: "m1"}));
          s.send(JSON.stringify({type: "signal", signal: "question", text: "Is <b>this</b> minuted?"})); }; }"""
    )
    says(page, "voice", "A reader: Question: Is <b>this</b> minuted?")
    says(page, "signals", "Question: Is <b>this</b> minuted?")
    assert page.locator("#signals b").count() == 0
    page.click("#signals button:has-text('Answered')")
    assert page.get_attribute("#signals li", "data-state") == "answered"
    until(page, "[...document.querySelectorAll('#facts dd')].some((node) => node.textContent === '1')")


def test_a_hot_key_names_who_speaks_and_a_name_is_changed_afterwards(page, second, server, publisher):
    ask(server, "/setup", "PUT", SETUP)
    publisher.say("Nobody yet.", number=0)
    open_page(page, server, "/host/m1")
    says(page, "speakers", "Ana Sanchez")
    assert page.is_disabled("#speakers button:has-text('Bo Li')")
    page.keyboard.press("Alt+Shift+Digit1")
    assert page.text_content("#speaker-status") == ""  # off until the host wants them
    page.select_option("#keys", "altshift")
    page.keyboard.press("Alt+Shift+Digit1")
    says(page, "speaker-status", "Ana Sanchez")
    publisher.say("I am here.", number=600)
    second.goto(f"{server.url}/live/m1")
    says(second, "log", "Ana Sanchez: I am here.")
    page.evaluate("document.querySelector('details:has(#rename)').open = true")
    page.select_option("#rename-from", "Ana Sanchez")
    page.fill("#rename-to", "Anna Sánchez")
    page.press("#rename-to", "Enter")
    says(second, "log", "Anna Sánchez: I am here.")
    assert not second.evaluate("document.getElementById('log').textContent.includes('Ana Sanchez')")


def test_a_glossary_is_checked_and_reaches_the_captioner(page, server, publisher):
    ask(server, "/setup", "PUT", SETUP)
    publisher.say("One.")
    open_page(page, server, "/host/m1")
    until(page, "document.getElementById('terms').value.includes('DCAD')")
    page.fill("#terms", "DCAD = decad\n= nothing")
    page.click("#glossary button")
    says(page, "glossary-error", "Line 2")
    assert focused(page) == "terms"
    page.fill("#terms", "DCAD = decad\nCanary Term")
    page.click("#glossary button")
    says(page, "glossary-status", "In use: 2")
    deadline = time.monotonic() + 10
    while "Canary Term" not in publisher.sink.settings.glossary:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_invitation_opens_the_correctors_page_until_it_is_revoked(page, second, server, publisher):
    publisher.say("One.")
    open_page(page, server, "/host/m1")
    page.select_option("#invite-role", "corrector")
    page.fill("#invite-label", "Cleo")
    page.click("#invite button")
    until(page, "document.getElementById('link').value.includes('/correct/m1#token=')")
    assert page.get_attribute("#qr path", "d")
    second.goto(page.input_value("#link"))
    cues(second, 1)
    says(page, "invitations", "Cleo")
    page.click("#invitations button")
    says(second, "status", "revoked")
    says(page, "invitations", "revoked")


def test_who_sits_in_the_room_sees_who_speaks_under_the_rule(page, second, server, publisher):
    ask(server, "/setup", "PUT", SETUP)
    publisher.say("One.")
    open_page(page, server, "/host/m1")
    until(page, "document.getElementById('in-room-label').hidden")  # nobody knows who comes without an invitation
    page.select_option("#invite-role", "viewer")
    page.check("#invite-room")
    page.click("#invite button")
    until(page, "document.getElementById('link').value.includes('#token=')")
    says(page, "invitations", "in the room")
    second.goto(page.input_value("#link"))
    count(second, 1)
    page.check("input[value=chatham]")
    page.focus("#policy button")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    says(page, "speaker-status", "invitation for the room")
    page.click("#speakers button:has-text('Ana Sanchez')")
    says(page, "speaker-status", "Ana Sanchez")
    publisher.say("Two.", number=600)
    count(second, 2)
    assert log(second)[1] == "Ana Sanchez: Two."
    second.goto("about:blank")
    second.goto(f"{server.url}/live/m1")
    count(second, 2)
    assert log(second)[1] == "Two."  # nothing of it was kept


CORRECTED = "document.querySelector('#log p.corrected')?.textContent ?? ''"
LOG_SAYS = "document.getElementById('log').textContent"


def test_a_correction_reaches_a_reader_within_a_second(page, second, server, publisher, record_property):
    ask(server, "/setup", "PUT", SETUP)
    publisher.say("The decad begins.")
    open_page(page, server, "/correct/m1", "corrector")
    second.goto(f"{server.url}/live/m1")
    until(second, "document.querySelectorAll('#log p').length === 1")
    cues(page, 1)
    says(page, "cues", "The decad begins.")
    until(page, "document.getElementById('names') !== null")
    second.evaluate("""() => { window.at = 0; new MutationObserver(() => { window.at ||= performance.timeOrigin + performance.now(); })
      .observe(document.getElementById('log'), {subtree: true, characterData: true, childList: true}); }""")
    page.wait_for_timeout(1000)  # the glossary is there
    page.focus("#cues")
    sent = page.evaluate("performance.timeOrigin + performance.now()")
    page.keyboard.press("1")
    until(second, "window.at > 0")
    took = second.evaluate("window.at") - sent
    assert second.text_content("#log p") == "The DCAD begins."
    assert second.get_attribute("#log p", "class") == "corrected"
    record_property("correction_shown_ms", round(took))
    publisher.say("The decad begins again.", number=1, revision=50)  # the machine never changes it afterwards
    publisher.settle()
    publisher.say("Next.")
    until(second, "document.querySelectorAll('#log p').length === 2")
    assert second.text_content("#log p") == "The DCAD begins."


def test_a_corrector_works_with_the_keyboard_alone(page, second, server, publisher):
    for text in ("we begin", "with the report.", "Thank you so much all of you.", "Noise."):
        publisher.say(text)
    open_page(page, server, "/correct/m1", "corrector")
    second.goto(f"{server.url}/live/m1")
    cues(page, 4)
    page.focus("#cues")
    page.keyboard.press("Home")
    page.keyboard.press("c")
    says(second, "log", "We begin")
    page.keyboard.press("j")
    says(second, "log", "We begin with the report.")
    until(second, "[...document.querySelectorAll('#log p')].filter((p) => !p.hidden).length === 3")
    page.keyboard.press("End")
    page.keyboard.press("Delete")
    until(second, "[...document.querySelectorAll('#log p')].filter((p) => !p.hidden).length === 2")
    page.keyboard.press("u")
    until(second, "[...document.querySelectorAll('#log p')].filter((p) => !p.hidden).length === 3")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert focused(page) == "text"
    page.keyboard.press("Home")
    for _ in range(len("Thank you ")):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Alt+Enter")
    cues(page, 5)
    says(page, "cues", "so much all of you.")
    assert focused(page) == "cues"
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("Thanks!")
    page.keyboard.press("Escape")
    assert focused(page) == "cues"
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("Thanks!")
    page.keyboard.press("Control+Enter")
    says(second, "log", "Thanks!")


def test_two_correctors_meet_at_one_caption_and_nothing_is_lost(page, second, server, publisher):
    publisher.say("The comitee met.")
    token = open_page(page, server, "/correct/m1", "corrector")
    second.goto(f"{server.url}/correct/m1#token={token}")
    for each in (page, second):
        cues(each, 1)
        each.focus("#cues")
        each.keyboard.press("Enter")
    says(page, "cues", "being edited by somebody else")
    second.fill("#text", "The committee met.")
    second.keyboard.press("Control+Enter")
    says(page, "cues", "The committee met.")
    page.fill("#text", "The comity met.")
    page.keyboard.press("Control+Enter")
    until(page, "document.getElementById('conflict').open")
    says(page, "mine", "comity")
    says(page, "theirs", "committee")
    assert focused(page) == "Edit further"
    page.keyboard.press("Enter")
    until(page, "document.getElementById('text').value === 'The comity met.'")
    page.fill("#text", "The committee met today.")
    page.keyboard.press("Control+Enter")
    says(second, "cues", "The committee met today.")


def test_a_person_takes_over_types_mends_and_hands_back(page, second, server, publisher):
    ask(server, "/setup", "PUT", SETUP)
    publisher.say("By the machine.")
    open_page(page, server, "/cart/m1", "captioner")
    second.goto(f"{server.url}/live/m1")
    says(page, "status", "The machine captions")
    page.wait_for_timeout(500)  # the glossary is there
    page.focus("#take")
    page.keyboard.press("Enter")
    says(page, "status", "You caption")
    says(second, "origin", "person")
    assert focused(page) == "typed"
    page.keyboard.type("The decad begins. N", delay=5)
    says(second, "log", "The DCAD begins.")
    page.keyboard.type("ow we vote on teh text.\n", delay=5)
    says(second, "log", "Now we vote on teh text.")
    publisher.say("The machine goes on meanwhile.")
    publisher.settle()
    for _ in range(len("teh text. ")):  # as steno software does: back into what is out, then on
        page.keyboard.press("Backspace")
    page.keyboard.type("the text. ", delay=1)
    says(second, "log", "Now we vote on the text.")
    says(page, "log", "Now we vote on the text.")
    assert "meanwhile" not in second.text_content("#log")
    page.click("#back")
    says(page, "status", "The machine captions")
    publisher.say("The machine again.")
    says(second, "log", "The machine again.")
    until(second, "!document.getElementById('origin').textContent.includes('person')")


def test_what_is_typed_while_the_server_is_away_comes_afterwards(page, second, server, publisher):
    publisher.say("By the machine.")
    open_page(page, server, "/cart/m1", "captioner")
    says(page, "status", "The machine captions")
    page.click("#take")
    says(page, "status", "You caption")
    page.keyboard.type("Before.\n")
    says(page, "log", "Before.")
    server.kill()
    page.keyboard.type("Meanwhile.\nStill away.\n")
    says(page, "waiting", "wait")
    server.start()
    second.goto(f"{server.url}/live/m1")
    says(second, "log", "Still away.")
    assert re.search("Before.*Meanwhile.*Still away", second.text_content("#log"))
