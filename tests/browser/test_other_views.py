"""The other views of the captions in a real Chromium, against the real server, with a scripted publisher."""

import pytest

from captioner.captions.cue import CueStatus
from tests.browser.meeting import count, log, until

pytestmark = pytest.mark.browser

VIEWS = ["/read/m1", "/simple/m1", "/pin/m1", "/beside/m1", "/embed/m1"]
PAGES = [*VIEWS, "/screen/m1", "/screen/m1/set-up", "/embed/m1/code", "/try", "/help/", "/help/braille"]
SAID = ["Good morning and welcome.", "We meet in the room with the ramp.", "The lift is late."]


def axe(page):
    from axe_playwright_python.sync_playwright import Axe

    return Axe().run(page).response["violations"]


def shown(page, text):
    until(page, f"document.body.innerText.includes({text!r})")


def talk(publisher, texts=SAID):
    for text in texts:
        publisher.say(text, speaker="Ann")
    publisher.settle()


def value(page):
    return page.text_content("#text .now")


@pytest.mark.parametrize("path", PAGES)
def test_axe_and_reflow_on_every_page(page, server, publisher, path):
    talk(publisher)
    page.goto(server.url + path)
    if path in VIEWS or path == "/screen/m1":
        shown(page, SAID[-1])
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert axe(page) == []
    page.emulate_media(color_scheme="light", forced_colors="active")
    for width, height in ((320, 640), (320, 256), (780, 360)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (width, height)


@pytest.mark.parametrize("path", VIEWS)
def test_four_hundred_per_cent_and_high_contrast_keep_everything_in_reach(page, server, publisher, path):
    talk(publisher)
    page.add_init_script('localStorage.setItem("captions.settings", JSON.stringify({size: "400", theme: "contrast"}))')
    page.goto(server.url + path)
    shown(page, SAID[-1])
    assert axe(page) == []
    page.set_viewport_size({"width": 320, "height": 480})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    covered = page.evaluate(
        """() => [...document.querySelectorAll("button, select, a, summary, textarea")].filter((node) => {
          node.scrollIntoView({block: "center"});
          const box = node.getBoundingClientRect();
          if (!node.checkVisibility({contentVisibilityAuto: true}) || !box.width || node.classList.contains("skip")) return false;
          const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          return !(hit && (node.contains(hit) || hit.contains(node)));
        }).map((node) => node.id || node.textContent)"""
    )
    assert covered == []


@pytest.mark.parametrize("path", ["/read/m1", "/simple/m1", "/pin/m1", "/beside/m1"])
def test_targets_are_large(page, server, publisher, path):
    page.goto(server.url + path)
    small = page.evaluate(
        """() => [...document.querySelectorAll("main button, main select, summary, input")].filter((node) => {
          const box = node.getBoundingClientRect();
          return box.width && (box.height < 24 || box.width < 24);
        }).map((node) => node.id || node.textContent)"""
    )
    assert small == []


def test_the_text_is_one_field_that_only_the_reader_moves(page, server, publisher):
    talk(publisher)
    page.goto(f"{server.url}/read/m1")
    shown(page, SAID[2])
    page.focus("#text .now")
    page.evaluate("window.moves = 0; document.getElementById('told').textContent = ''")
    for text in ("One.", "Two."):
        publisher.say(text, speaker="Ann")
    until(page, "document.getElementById('behind').textContent.startsWith('2 ')")
    assert value(page) == f"Ann: {SAID[2]}"
    assert page.text_content("#told") == ""
    assert page.get_attribute("#behind", "role") is None
    page.keyboard.press("Enter")
    assert value(page) == "Ann: One."
    page.keyboard.press("Shift+Enter")
    assert value(page) == f"Ann: {SAID[2]}"
    page.keyboard.press("b")
    assert value(page) == f"Ann: {SAID[1]}"
    page.keyboard.press("w")
    until(page, "document.getElementById('told').textContent.startsWith('3 captions come after')")
    page.keyboard.press("e")
    assert value(page) == "Ann: Two."
    page.keyboard.press("n")
    until(page, "document.getElementById('told').textContent === 'This is the newest text.'")
    assert page.evaluate("document.activeElement.className") == "now"


def test_assistive_technology_sees_the_text_as_a_named_field_and_no_live_region(page, server, publisher):
    talk(publisher)
    page.goto(f"{server.url}/read/m1")
    shown(page, SAID[2])
    page.focus("#text .now")
    page.keyboard.press("b")
    until(page, "document.querySelectorAll('#text > :not([hidden])').length === 1")
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    fields = [node for node in tree if node.get("role", {}).get("value") == "textbox"]
    assert len(fields) == 1
    field = fields[0]
    properties = {each["name"]: each["value"].get("value") for each in field["properties"]}
    assert field["name"]["value"] == f"Ann: {SAID[1]}"  # its own text: nothing stands before it on a Braille line
    assert properties["focused"] is True
    assert properties["readonly"] is True
    assert properties["multiline"] is True
    assert page.evaluate("document.getElementById('text').closest('[aria-live], [role=log], [role=status]')") is None


def test_a_button_keeps_the_focus_and_a_key_brings_it_to_the_text(page, server, publisher):
    talk(publisher)
    page.goto(f"{server.url}/read/m1")
    shown(page, SAID[2])
    page.focus("#back")
    page.keyboard.press("Enter")
    assert value(page) == f"Ann: {SAID[1]}"
    assert page.evaluate("document.activeElement.id") == "back"
    for text in (SAID[0],):
        page.keyboard.press("b")
        assert value(page) == f"Ann: {text}"
    assert page.evaluate("document.activeElement.className") == "now"
    for expected in (SAID[1], SAID[2], SAID[2]):  # quicker than the fields take turns
        page.keyboard.press("Enter")
        assert value(page) == f"Ann: {expected}"
        assert page.evaluate("document.activeElement.textContent") == f"Ann: {expected}"


def test_the_place_is_kept_over_reload_reconnect_and_steps(page, server, publisher):
    talk(publisher)
    page.goto(f"{server.url}/read/m1")
    shown(page, SAID[2])
    page.select_option("#step", "20")
    page.click("#beginning")
    page.click("#next")
    page.click("#next")
    here = value(page)
    assert here == "We meet in the room"
    page.reload()
    until(page, f"document.querySelector('#text .now').textContent === {here!r}")
    assert page.input_value("#step") == "20"
    server.kill()
    until(page, "document.getElementById('status').textContent.startsWith('Reconnecting')")
    page.click("#next")
    assert value(page) == "with the ramp."
    publisher.say("After the break.", speaker="Ann")
    server.start()
    until(page, "document.getElementById('behind').textContent.startsWith('2 ')")
    assert value(page) == "with the ramp."


def test_a_correction_behind_the_reader_is_listed_and_not_pushed(page, server, publisher):
    talk(publisher)
    page.goto(f"{server.url}/read/m1")
    shown(page, SAID[2])
    publisher.say("We meet in the room with the lamp.", number=2, revision=9, speaker="Ann")
    until(page, "document.querySelectorAll('#correction-list li').length === 1")
    assert value(page) == f"Ann: {SAID[2]}"
    assert "lamp" in page.text_content("#correction-list")
    assert page.get_attribute("#corrections", "open") is None


def test_single_keys_can_be_changed_and_switched_off(page, server, publisher):
    talk(publisher)
    page.goto(f"{server.url}/read/m1")
    shown(page, SAID[2])
    page.click("#keys summary")
    page.fill("#key-list input >> nth=1", "j")
    page.keyboard.press("Tab")
    page.focus("#text .now")
    page.keyboard.press("b")
    assert value(page) == f"Ann: {SAID[2]}"
    page.keyboard.press("j")
    assert value(page) == f"Ann: {SAID[1]}"
    page.uncheck("#keys-on")
    page.focus("#text .now")
    page.keyboard.press("j")
    assert value(page) == f"Ann: {SAID[1]}"
    page.keyboard.press("Shift+Enter")
    assert value(page) == f"Ann: {SAID[0]}"
    page.reload()
    shown(page, SAID[0])
    assert not page.is_checked("#keys-on")


def test_reading_right_to_left(chromium, server, publisher):
    publisher.say("صباح الخير للجميع.", language="ar")
    publisher.settle()
    context = chromium.new_context(viewport={"width": 320, "height": 640}, locale="ar")
    page = context.new_page()
    page.goto(f"{server.url}/read/m1")
    shown(page, "صباح")
    assert page.get_attribute("#text .now", "dir") == "rtl"
    assert page.get_attribute("#text .now", "lang") == "ar"
    assert page.get_attribute("html", "dir") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert axe(page) == []
    context.close()


def test_the_simple_page_has_three_controls_that_act_and_are_kept(page, server, publisher):
    talk(publisher)
    page.goto(f"{server.url}/simple/m1")
    count(page, 3)
    assert page.locator("main button:visible").count() == 3
    size = "parseFloat(getComputedStyle(document.getElementById('log')).fontSize)"
    before = page.evaluate(size)
    page.click("#bigger")
    assert page.evaluate(size) > before
    page.click("#pause")
    publisher.say("Meanwhile.")
    until(page, "document.getElementById('held').textContent === '1 caption waits.'")
    assert page.text_content("#status").startswith("Paused.")
    assert len(log(page)) == 3
    page.click("#pause")
    count(page, 4)
    page.reload()
    count(page, 4)
    assert page.evaluate(size) > before


def test_the_big_screen_rolls_up_and_nothing_above_moves(page, server, publisher):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{server.url}/screen/m1#lines=2&size=8")
    for text in SAID:
        publisher.say(text)
    shown(page, SAID[-1])
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
    lines = page.evaluate("Math.round(document.getElementById('roll').offsetHeight / (0.08 * 720 * 1.4))")
    assert lines == 2
    top = "[...document.querySelectorAll('#roll p')].find((each) => each.textContent.includes('lift')).getBoundingClientRect().top"
    before = page.evaluate(top)
    publisher.say("Now the", CueStatus.PARTIAL, 9, 1, 1)
    shown(page, "Now the")
    once = page.evaluate(top)
    publisher.say("Now the budget", CueStatus.PARTIAL, 9, 2, 2)
    shown(page, "Now the budget")
    assert page.evaluate(top) == once < before
    publisher.say("Now the budget.", number=9)
    shown(page, "Now the budget.")
    assert page.locator("#roll p", has_text="budget").count() == 1
    box = page.evaluate(
        "(({top, bottom, left, right}) => [top, bottom, left, right])(document.getElementById('roll').getBoundingClientRect())"
    )
    assert box[0] >= 36
    assert box[1] <= 684
    assert box[2] >= 64
    assert box[3] <= 1216
    assert page.locator("button, a, select").count() == 0


def test_a_day_on_the_big_screen_keeps_few_nodes(page, server, publisher):
    page.goto(f"{server.url}/screen/m1")
    for number in range(60):
        publisher.say(f"Sentence {number}.")
    shown(page, "Sentence 59.")
    assert page.locator("#roll p").count() <= 12


def test_the_set_up_makes_a_link_and_shows_it(page, server, publisher):
    talk(publisher)
    page.goto(f"{server.url}/screen/m1/set-up")
    until(page, "document.getElementById('result').value.endsWith('/screen/m1')")
    page.select_option("#lines", "3")
    page.select_option("#back", "none")
    assert page.input_value("#result") == f"{server.url}/screen/m1#lines=3&back=none"
    frame = page.frame_locator("#preview")
    frame.get_by_text(SAID[-1]).wait_for()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#copy")
    until(page, "document.getElementById('told').textContent === 'Copied.'")


def test_the_code_to_embed_works_on_another_site(page, server, publisher, tmp_path):
    import threading
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    talk(publisher)
    page.goto(f"{server.url}/embed/m1/code")
    page.select_option("#height", "480")
    code = page.input_value("#result")
    assert f'src="{server.url}/embed/m1"' in code
    assert 'title="Live captions"' in code
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text(f"<!doctype html><title>Conference</title>{code}", encoding="utf-8")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path / "site"))
    thread = threading.Thread(target=site.serve_forever, daemon=True)
    thread.start()
    try:
        page.goto(f"http://localhost:{site.server_port}/index.html")
        page.frame_locator("iframe").get_by_text(SAID[-1]).wait_for()
    finally:
        site.shutdown()
        site.server_close()
        thread.join()
    page.problems.clear()  # the other site's missing icon


def test_the_border_is_moved_by_keys_and_kept(page, server, publisher):
    talk(publisher)
    page.goto(f"{server.url}/beside/m1")
    count(page, 3)
    width = "document.getElementById('picture').offsetWidth"
    before = page.evaluate(width)
    page.focus("#splitter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("#splitter", "aria-valuenow") == "60"
    assert page.evaluate(width) > before
    page.click("#swap")
    assert page.evaluate(
        "document.getElementById('picture').getBoundingClientRect().left > document.getElementById('captions').getBoundingClientRect().left"
    )
    page.focus("#splitter")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("#splitter", "aria-valuenow") == "55"
    page.reload()
    until(page, "document.getElementById('splitter').getAttribute('aria-valuenow') === '55'")
    page.set_viewport_size({"width": 390, "height": 780})
    until(page, "document.getElementById('splitter').getAttribute('aria-orientation') === 'horizontal'")


def test_the_small_window_says_what_it_shows(page, server, publisher):
    talk(publisher)
    page.set_viewport_size({"width": 480, "height": 320})
    page.goto(f"{server.url}/pin/m1")
    count(page, 3)
    assert page.text_content("#title") == "A meeting"
    assert "Automatic" in page.text_content("#origin")
    in_sight = "(() => { const box = document.getElementById('{id}').getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; })()"
    for node in ("title", "origin", "status", "log", "open"):
        assert page.evaluate(in_sight.replace("{id}", node)), node


@pytest.mark.parametrize("view", ["live", "read", "simple", "pin", "beside", "screen"])
def test_every_view_can_be_tried_without_a_server_s_meeting(page, server, view):
    page.goto(f"{server.url}/try/{view}")
    shown(page, "Good morning, everyone")
    if view != "screen":
        assert "recorded, to try" in page.text_content("#title")


def test_the_keyboard_walks_through_each_view_and_is_never_caught(page, server, publisher):
    talk(publisher)
    for path in VIEWS:
        page.goto(server.url + path)
        shown(page, SAID[-1])
        page.evaluate("document.activeElement.blur()")
        seen = []
        for _ in range(40):
            page.keyboard.press("Tab")
            here = page.evaluate(
                "(() => { const n = document.activeElement; return n === document.body ? '' : n.id || n.textContent.trim(); })()"
            )
            if not here or (seen and here == seen[0]):
                break
            seen.append(here)
        wanted = page.evaluate(
            """[...document.querySelectorAll("a, button, select, textarea, summary, input, [tabindex='0']")]
               .filter((n) => n.checkVisibility() && !n.disabled).map((n) => n.id || n.textContent.trim())"""
        )
        assert [each for each in wanted if each not in seen] == [], path
        assert len(seen) < 40
