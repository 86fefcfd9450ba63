"""Two sets of rules (axe, HTML_CodeSniffer) over the live page in every theme, at sizes and widths, in every state."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from captioner.captions.cue import CueStatus
from tests.browser.meeting import choose, count, until

pytestmark = pytest.mark.browser

SNIFFER = Path(__file__).parents[2] / "node_modules" / "html_codesniffer" / "build" / "HTMLCS.js"
THEMES = ("light", "dark", "contrast")
ERROR = 1  # HTML_CodeSniffer's kind for what fails; 2 and 3 are warnings and notices for people to judge


@pytest.fixture
def meeting(chromium, server, publisher):
    """A page that rule engines may enter, in the middle of a meeting, with everything opened."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page = context.new_page()
    for number, text in enumerate(("The lamp is built.", "Thank you.", "The next item."), 1):
        publisher.say(text, number=number, speaker="Ann" if number == 2 else "")
    publisher.settle()
    page.goto(f"{server.url}/live/m1")
    count(page, 3)
    publisher.say("The ramp is built.", number=1, revision=9)
    publisher.say("And so we come", CueStatus.PARTIAL, 4, 1, 2)
    until(page, "document.getElementById('tail').textContent !== ''")
    page.wait_for_selector("#awake", state="attached")
    choose(page, "more", "tools", "changes", "share")
    page.fill("#wanted", "the")
    page.press("#wanted", "Enter")
    page.click("#mark")
    yield page
    context.close()


def sniffed(page, *, seen=False):
    """Return what HTML_CodeSniffer calls an error; with `seen`, only of what is drawn now."""
    if not page.evaluate("typeof HTMLCS !== 'undefined'"):
        page.add_script_tag(path=SNIFFER)
    found = page.evaluate("""() => new Promise((done) => HTMLCS.process("WCAG2AA", document, () => done(
      HTMLCS.getMessages().map(({ type, code, msg, element }) => ({ type, code, msg, at: element.outerHTML?.slice(0, 120),
        seen: element.checkVisibility?.() ?? true })))))""")
    return [each for each in found if each["type"] == ERROR and (each["seen"] or not seen)]


def dress(page, theme, size):
    page.select_option("#theme", theme)
    page.select_option("#size", size)


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_at_any_size_or_width(meeting, theme):
    for size in ("50", "100", "400"):
        dress(meeting, theme, size)
        for width in (1280, 320):
            meeting.set_viewport_size({"width": width, "height": 800})
            assert Axe().run(meeting).response["violations"] == [], (size, width)
            assert meeting.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (size, width)


@pytest.mark.skipif(not SNIFFER.exists(), reason="npm's html_codesniffer is not here")
@pytest.mark.parametrize("theme", THEMES)
def test_the_second_rule_set_finds_nothing(meeting, theme):
    for size in ("100", "400"):
        dress(meeting, theme, size)
        assert sniffed(meeting) == []


@pytest.mark.parametrize("state", ["paused", "away", "forced colours", "print", "reduced motion", "all text doubled"])
def test_no_state_breaks_a_rule(meeting, server, publisher, state):
    if state == "paused":
        meeting.click("#pause")
    elif state == "away":
        publisher.close()
        until(meeting, "document.getElementById('status').textContent.includes('away')")
    elif state == "forced colours":
        meeting.emulate_media(forced_colors="active")
    elif state == "print":
        meeting.emulate_media(media="print")
    elif state == "reduced motion":
        meeting.emulate_media(reduced_motion="reduce")
    else:
        meeting.add_style_tag(content=":root { font-size: 200% !important }")
    assert Axe().run(meeting).response["violations"] == []
    if SNIFFER.exists():
        assert sniffed(meeting) == []
    assert meeting.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_end_is_told_with_a_link_to_the_transcript(meeting, publisher):
    assert publisher.sink.close(end=True, timeout=10)
    until(meeting, "document.getElementById('status').textContent.includes('has ended')")
    until(meeting, "document.getElementById('transcript').pathname === '/archive/m1/'")
    assert meeting.is_visible("#transcript")
    assert Axe().run(meeting).response["violations"] == []


def test_forced_colours_keep_what_is_not_finished_apart_by_more_than_colour(meeting):
    meeting.emulate_media(forced_colors="active")
    style = meeting.evaluate(
        "(() => { const s = getComputedStyle(document.getElementById('tail')); return [s.textDecorationLine, s.fontStyle]; })()"
    )
    assert style == ["underline", "italic"]
    mark = meeting.evaluate("getComputedStyle(document.querySelector('#log p.marked')).outlineStyle")
    assert mark == "solid"
