"""Text spacing, 320 CSS pixels and 400 per cent on every page for readers, also the ones of the server."""

import pytest

from tests.browser.meeting import choose, until
from tests.browser.test_reading import SPACING

pytestmark = pytest.mark.browser

VIEWS = ["/live/m1", "/read/m1", "/simple/m1", "/pin/m1", "/beside/m1", "/embed/m1"]
OTHERS = [
    "/screen/m1/set-up",
    "/embed/m1/code",
    "/live/m1/plain",
    "/live/m1/signal",
    "/try",
    "/help/",
    "/help/braille",
    "/",
]
TEXT = "A sentence that is long enough to need more than one line on a narrow screen."
CLIPPED = """() => [...document.querySelectorAll("button, summary, label, p, a, h1, h2, li, select")].filter((node) => {
  if (node.closest(".quiet, .skip") || !node.getClientRects().length) return false;
  const style = getComputedStyle(node);
  const across = node.scrollWidth > node.clientWidth + 1 && style.overflowX !== "visible" && node.tagName !== "SELECT";
  const down = node.scrollHeight > node.clientHeight + 1 && style.overflowY !== "visible" && node.id !== "log" && node.tagName !== "SELECT";
  return across || down;
}).map((node) => node.outerHTML.slice(0, 100))"""
REACHED = """() => [...document.querySelectorAll("button, select, a, summary, textarea, input")].filter((node) => {
  node.scrollIntoView({block: "center"});
  const box = node.getBoundingClientRect();
  if (!node.checkVisibility({contentVisibilityAuto: true}) || !box.width || node.classList.contains("skip")) return false;
  const hit = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
  return !(hit && (node.contains(hit) || hit.contains(node)));
}).map((node) => node.id || node.textContent)"""


@pytest.mark.parametrize("path", [*VIEWS, *OTHERS])
def test_spacing_width_and_zoom_take_nothing_away(chromium, server, publisher, path):
    """WCAG 2.2, 1.4.12, 1.4.10 and 1.4.4: 1280 pixels at 400 per cent are 320 CSS pixels with letters four times as large."""
    publisher.say(TEXT, speaker="Ann")
    publisher.settle()
    context = chromium.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True, locale="en")
    page = context.new_page()
    page.goto(server.url + path)
    if path in VIEWS:
        until(page, f"document.body.innerText.includes({TEXT[-20:]!r})")
    if path == "/live/m1":
        page.wait_for_selector("#awake", state="attached")
        choose(page, "more", "tools", "changes", "share")
    page.add_style_tag(content=SPACING)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "spacing"
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(REACHED) == []
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "width"
    assert page.evaluate(REACHED) == []
    page.set_viewport_size({"width": 1280, "height": 1024})
    page.add_style_tag(content=":root { font-size: 400% !important }")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "letters"
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(REACHED) == []
    context.close()
