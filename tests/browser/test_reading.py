"""What a reader's hands and eyes meet: keyboard, targets, spacing of text, orientation, and pictures that do not flicker."""

import io

import pytest
from PIL import Image, ImageChops

from captioner.captions.cue import CueStatus
from tests.browser.meeting import PROBE, choose, count, until

pytestmark = pytest.mark.browser

SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }"
STOP = """() => { const node = document.activeElement, box = node.getBoundingClientRect(), style = getComputedStyle(node);
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1), y = Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1);
  const at = document.elementFromPoint(x, y);
  return { name: node.id || node.textContent, width: box.width, height: box.height, seen: box.bottom > 0 && box.top < innerHeight,
    clear: at === node || node.contains(at) || at?.contains(node) && at.tagName === "LABEL",
    outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, body: node === document.body }; }"""


@pytest.fixture
def open_page(chromium, server):
    contexts = []

    def opened(width=1280, height=800, **options):
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{server.url}/live/m1")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("size", [(1280, 800), (320, 640), (844, 390)])
def test_each_stop_of_the_keyboard_is_seen_clear_and_big_enough(open_page, publisher, size):
    publisher.say("A sentence.")
    page = open_page(*size)
    count(page, 1)
    choose(page, "more", "tools", "changes", "share")
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop["body"]:
            break
        assert stop["seen"], stop
        assert stop["clear"], stop
        assert stop["outline"], stop
        if stop["name"] != "Skip to captions":
            assert stop["height"] >= 24, stop  # WCAG 2.2, 2.5.8
        stops.append(stop["name"])
    else:
        pytest.fail("the keyboard never leaves the page")
    assert len(stops) > 25
    assert {"log", "pause", "reset", "save", "link", "mark"} <= set(stops)
    for _ in stops:
        page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.className") == "skip"


def test_no_key_alone_does_anything(open_page, publisher):
    publisher.say("A sentence.")
    page = open_page()
    count(page, 1)
    page.wait_for_selector("#awake", state="attached")
    page.focus("#log")
    before = page.content()
    for key in "abcdefghijklmnopqrstuvwxyz0123456789?/":
        page.keyboard.press(key)
    assert page.content() == before


@pytest.mark.parametrize("language", ["en", "ar", "ru", "zh"])
def test_text_spacing_takes_nothing_away(open_page, publisher, language):
    publisher.say("A sentence that is long enough to need more than one line on a narrow screen.")
    page = open_page(320, 640, bypass_csp=True, locale=language)
    count(page, 1)
    choose(page)
    page.add_style_tag(content=SPACING)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    clipped = page.evaluate("""() => [...document.querySelectorAll("button, summary, label, p, a, h1, h2")].filter((node) =>
      !node.closest(".quiet, .skip") && node.getClientRects().length && !node.classList.contains("quiet") && !node.classList.contains("skip") &&
      (node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== "visible")).map((node) => node.outerHTML.slice(0, 80))""")
    assert clipped == []


def frame(page, selector):
    box = page.eval_on_selector(
        selector, "(n) => { const b = n.getBoundingClientRect(); return [b.x, b.y, b.width, b.height] }"
    )
    clip = dict(zip(("x", "y", "width", "height"), box, strict=True))
    return Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("L")


def changed(one, other):
    size = (min(one.width, other.width), min(one.height, other.height))
    different = ImageChops.difference(one.crop((0, 0, *size)), other.crop((0, 0, *size)))
    return different.point(lambda grey: grey if grey > 16 else 0).getbbox()  # a round corner is not drawn alike twice


def test_words_that_stand_do_not_flicker(open_page, publisher):
    publisher.say("A sentence that is finished.")
    page = open_page()
    count(page, 1)
    page.wait_for_selector("#size")
    page.wait_for_timeout(300)
    words = ["and", "so", "we", "come", "to", "the", "next", "item", "of", "the", "agenda"]
    log = frame(page, "#log")
    before = None
    for number in range(3, len(words)):
        publisher.say(" ".join(words[:number]), CueStatus.PARTIAL, 2, number, number - 2)
        until(page, f"document.getElementById('tail').textContent === '{' '.join(words[number - 2 : number])}'")
        now = frame(page, "#stable")
        assert changed(log, frame(page, "#log")) is None  # what is finished stands still
        if before is not None:
            assert changed(before, now.crop((0, 0, before.width - 2, before.height))) is None  # so do the stable words
        before = now


def test_nothing_moves_or_changes_in_the_log_but_one_paragraph_for_a_final(open_page, server, publisher):
    page = open_page()
    publisher.say("Before.")
    count(page, 1)
    page.wait_for_selector("#size")
    page.evaluate(PROBE)
    for number in range(2, 12):
        for length in range(1, 4):
            publisher.say(" ".join(["word"] * length), CueStatus.PARTIAL, number, length, length - 1)
        publisher.say("Three words here.", number=number)
    publisher.count = 11
    count(page, 11)
    server.kill()
    until(page, "document.getElementById('status').textContent.startsWith('Reconnecting')")
    publisher.say("Meanwhile.")
    server.start()
    count(page, 12)
    assert page.evaluate("window.bad") == []


def test_focus_never_moves_by_itself(open_page, publisher):
    page = open_page()
    publisher.say("Before.")
    count(page, 1)
    page.wait_for_selector("#size")
    page.focus("#size")
    for _ in range(5):
        publisher.say("Another sentence.")
    count(page, 6)
    publisher.say("A corrected sentence.", number=2, revision=9)
    until(page, "document.querySelectorAll('#log p')[1].textContent === 'A corrected sentence.'")
    assert page.evaluate("document.activeElement.id") == "size"
