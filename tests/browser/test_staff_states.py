"""The pages of host, set-up, corrector, human captioner, speaker and reviewer in each of their states: two sets of rules, and the keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.meeting import until
from tests.browser.test_rules import SNIFFER, sniffed
from tests.browser.test_staff_pages import SETUP, ask, cues, open_page, says

pytestmark = pytest.mark.browser

STOPS = """() => {
  const dialog = document.querySelector("dialog[open]");
  const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest("[inert]");
  const stops = [...(dialog ?? document).querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex]")].filter(
    (node) => node.tabIndex >= 0 && !node.matches(":disabled") && seen(node));
  const groups = new Set();
  const wanted = stops.filter((node) => {  // of a group of radio buttons the keyboard stops at one
    if (node.type !== "radio") return true;
    if (groups.has(node.name)) return false;
    return groups.add(node.name);
  });
  for (const [number, node] of wanted.entries()) {
    const group = node.type === "radio" ? document.querySelectorAll(`input[name="${node.name}"]`) : [node];
    for (const each of group) each.dataset.stop = String(number);
  }
  return wanted.map((node) => node.outerHTML.slice(0, 100));
}"""
AT = """() => {
  const node = document.activeElement;
  const style = getComputedStyle(node);
  const framed = style.outlineStyle !== "none" || style.boxShadow !== "none";
  return [node.dataset.stop ?? "", framed, node.outerHTML.slice(0, 100)];
}"""


def walk(page):
    """Go through the page with the Tab key: every control is reached, each shows that it has the focus, none holds it."""
    wanted = page.evaluate(STOPS)
    assert wanted
    page.evaluate("document.activeElement.blur()")
    reached = set()
    for _ in range(len(wanted) + 24):  # a browser's own stops, such as lists that scroll, come between
        page.keyboard.press("Tab")
        stop, framed, what = page.evaluate(AT)
        if stop:
            reached.add(int(stop))
            assert framed, f"no focus to be seen: {what}"
    missed = [what for number, what in enumerate(wanted) if number not in reached]
    assert missed == []


def everything_open(page):
    page.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")


def question(page, node):
    page.focus(node)
    page.keyboard.press("Enter")
    until(page, "document.getElementById('confirm').open")


def answered(page, node):
    question(page, node)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def waiting(page, server, publisher):
    publisher.close()
    open_page(page, server, "/host/m1")
    until(page, "!document.getElementById('start').hidden")


def begun(page, server, publisher):
    waiting(page, server, publisher)
    page.click("#start")
    until(page, "document.getElementById('begin').open")


def busy(page, server, publisher):
    publisher.say("I am here.", speaker="Ana Sanchez")
    open_page(page, server, "/host/m1")
    says(page, "status", "Live")
    page.evaluate(
        """() => { const s = new WebSocket(`ws://${location.host}/ws`, "captions.v1");
        s.onopen = () => { s.send(JSON.stringify({type: "hello", role: "viewer", meeting: "m1"}));
          s.send(JSON.stringify({type: "signal", signal: "question", text: "Is this minuted?"})); }; }"""
    )
    says(page, "signals", "Is this minuted?")
    page.select_option("#invite-role", "viewer")
    page.check("#invite-room")
    page.click("#invite button")
    until(page, "document.getElementById('link').value.includes('#token=')")
    everything_open(page)


def asked(page, server, publisher):
    open_page(page, server, "/host/m1")
    says(page, "status", "Live")
    question(page, "#end")


def paused(page, server, publisher):
    open_page(page, server, "/host/m1")
    says(page, "status", "Live")
    answered(page, "#pause")
    says(page, "status", "Paused")


def chatham(page, server, publisher):
    open_page(page, server, "/host/m1")
    says(page, "status", "Live")
    page.check("input[value=chatham]")
    answered(page, "#policy button")
    says(page, "speaker-status", "none is kept")


def ended(page, server, publisher):
    open_page(page, server, "/host/m1")
    says(page, "status", "Live")
    answered(page, "#end")
    says(page, "status", "ended")


def wrong_form(page, server, publisher):
    open_page(page, server, "/host/m1/setup")
    for add in ("#add-person", "#add-item"):
        page.click(add)
    page.fill("#f-title", "")
    page.fill("#f-roster-0-key", "x")
    page.click("#save")
    until(page, "!document.getElementById('errors').hidden")
    page.problems.clear()  # the browser's note of the refused request


def saved_form(page, server, publisher):
    open_page(page, server, "/host/m1/setup")
    until(page, "document.getElementById('f-title').value !== ''")
    page.click("#save")
    says(page, "status", "Saved")


def correcting(page, server, publisher):
    publisher.say("Another one.")
    open_page(page, server, "/correct/m1", "corrector")
    cues(page, 2)
    page.focus("#cues")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.id === 'text'")
    everything_open(page)


def conflict(page, server, publisher):
    open_page(page, server, "/correct/m1", "corrector")
    cues(page, 1)
    page.focus("#cues")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.id === 'text'")
    publisher.say("The decad has begun.", number=1, revision=60)
    says(page, "cues", "has begun")
    page.fill("#text", "The DCAD begins.")
    page.keyboard.press("Control+Enter")
    until(page, "document.getElementById('conflict').open")


def corrected_after_the_end(page, server, publisher):
    open_page(page, server, "/correct/m1", "corrector")
    cues(page, 1)
    publisher.sink.close(end=True, timeout=5)
    says(page, "status", "ended")


def machine(page, server, publisher):
    open_page(page, server, "/cart/m1", "captioner")
    says(page, "status", "The machine captions")


def typing(page, server, publisher):
    machine(page, server, publisher)
    page.focus("#take")
    page.keyboard.press("Enter")
    says(page, "status", "You caption")
    page.keyboard.type("The decad begins. And n", delay=2)
    says(page, "log", "The DCAD begins.")
    everything_open(page)


def typed_after_the_end(page, server, publisher):
    machine(page, server, publisher)
    publisher.sink.close(end=True, timeout=5)
    says(page, "status", "ended")


def before_speaking(page, server, publisher):
    open_page(page, server, "/speak/m1")
    until(page, "document.getElementById('start').textContent === 'Start'")


def no_microphone(page, server, publisher):
    before_speaking(page, server, publisher)
    page.click("#start")
    until(page, "document.getElementById('problem').textContent.length > 10")


def speaking(page, server, publisher):
    before_speaking(page, server, publisher)
    page.evaluate(
        "navigator.mediaDevices.getUserMedia = async () => new AudioContext().createMediaStreamDestination().stream"
    )
    page.click("#start")
    says(page, "state", "Your sound arrives")


def reviewing(page, server, publisher):
    publisher.say("Thank you, Ingrid Halvorsen, for it.")
    publisher.sink.close(end=True, timeout=20)
    open_page(page, server, "/review/m1")
    until(page, "document.querySelectorAll('#list textarea').length === 2")
    everything_open(page)
    page.focus("#list textarea")


def replacing(page, server, publisher):
    reviewing(page, server, publisher)
    page.fill("#wanted", "decad")
    page.fill("#instead", "DCAD")
    until(page, "document.querySelectorAll('#preview li').length === 1")
    page.click("#propose")
    until(page, "document.getElementById('names').textContent.includes('Ingrid Halvorsen')")


def released(page, server, publisher):
    reviewing(page, server, publisher)
    page.click("#mark-reviewed")
    until(page, "!document.getElementById('publish').disabled")
    page.click("#publish")
    until(page, "document.querySelectorAll('#versions li').length === 1")


STATES = [
    waiting, begun, busy, asked, paused, chatham, ended, wrong_form, saved_form, correcting, conflict, corrected_after_the_end,
    machine, typing, typed_after_the_end, before_speaking, no_microphone, speaking, reviewing, replacing, released,
]  # fmt: skip


@pytest.fixture
def staff(chromium):
    """A page that rule engines may enter."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page = context.new_page()
    page.problems = []
    yield page
    context.close()


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_every_state_keeps_the_rules_and_is_walked_with_the_keyboard(staff, server, publisher, state):
    ask(server, "/setup", "PUT", SETUP)
    publisher.say("The decad begins.")
    publisher.settle()
    state(staff, server, publisher)
    for theme in ("light", "dark", "contrast"):
        staff.evaluate(f"document.documentElement.dataset.theme = {theme!r}")
        staff.wait_for_timeout(250)
        assert Axe().run(staff).response["violations"] == [], theme
        if SNIFFER.exists():
            assert sniffed(staff, seen=True) == [], theme
    walk(staff)
    staff.set_viewport_size({"width": 320, "height": 640})
    assert staff.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
