"""A reader who joins late: the newest captions at once, the older ones afterwards, in order, and nothing lost."""

import pytest

from benchmarks.viewer import kept_meeting
from tests.browser.meeting import Publisher, Server, until

pytestmark = pytest.mark.browser

CUES = 1_200  # a whole block and a part of one
SHOWN = "document.querySelectorAll('#log p').length"
TIMES = "[...document.querySelectorAll('#log p')].map((node) => node.dataset.time)"


@pytest.fixture
def server(tmp_path):
    kept_meeting(tmp_path / "data", CUES)
    server = Server(tmp_path / "data")
    yield server
    server.kill()


@pytest.fixture
def publisher(server):
    publisher = Publisher(server)
    yield publisher
    publisher.sink.close(end=False, timeout=1)


@pytest.fixture
def held(page):
    """Older captions do not come before they are let go."""
    waiting, free = [], []

    def handle(route):
        if free:
            route.continue_()
        else:
            waiting.append(route)

    page.route("**/older/*", handle)

    def let_go():
        free.append(True)
        for route in waiting:
            route.continue_()

    return let_go


def test_the_newest_come_first_and_all_is_there_in_order_once(page, server, publisher, held):
    page.goto(f"{server.url}/live/m1")
    until(page, f"{SHOWN} === 60")
    until(page, "document.getElementById('status').textContent.startsWith('Live')")
    page.evaluate("""() => {
      window.modes = new Set();
      new MutationObserver(() => window.modes.add(document.getElementById("log").getAttribute("aria-live")))
        .observe(document.getElementById("log"), {childList: true});
    }""")
    page.wait_for_selector("#size")
    page.select_option("#announce", "sentence")
    held()
    until(page, f"{SHOWN} === {CUES}", 60_000)
    assert page.evaluate("[...window.modes]") == ["off"]  # none of it is spoken
    times = page.evaluate(TIMES)
    assert times == sorted(times)
    assert times[0] == "00:00:00"
    assert page.locator("#older").is_hidden()
    gap = "document.getElementById('log').scrollHeight - document.getElementById('log').scrollTop - document.getElementById('log').clientHeight"
    until(page, f"{gap} < 48")  # the newest is still in view
    publisher.say("The newest of all.", number=CUES * 4)
    until(page, f"{SHOWN} === {CUES + 1}")
    assert page.locator("#log p").last.text_content() == "The newest of all."
    until(page, "document.getElementById('log').getAttribute('aria-live') === 'polite'")


def test_a_search_says_that_older_captions_are_coming_and_finds_them_when_they_are_there(page, server, publisher, held):
    page.goto(f"{server.url}/live/m1")
    until(page, f"{SHOWN} === 60")
    page.wait_for_selector("#size")
    page.click("#tools > summary")
    page.fill("#wanted", page.locator("#log p").first.text_content())
    page.press("#wanted", "Enter")
    until(page, "document.getElementById('tool-status').textContent.endsWith('Earlier captions are still coming.')")
    first = int(page.text_content("#tool-status").split()[0])
    held()
    until(page, f"{SHOWN} === {CUES}", 60_000)
    until(page, "!document.getElementById('tool-status').textContent.includes('still coming')")
    assert int(page.text_content("#tool-status").split()[0]) > first


def test_what_the_reader_looks_at_stays_where_it_is(page, server, publisher, held):
    page.goto(f"{server.url}/live/m1")
    until(page, f"{SHOWN} === 60")
    page.wait_for_selector("#awake", state="attached")
    until(
        page, "[...document.styleSheets].some((one) => one.href?.endsWith('views.css'))"
    )  # it comes late, and moves the log
    page.evaluate("document.getElementById('log').scrollTop = 0")
    place = "document.querySelectorAll('#log p')[document.querySelectorAll('#log p').length - 60].getBoundingClientRect().top"
    before = page.evaluate(place)
    held()
    until(page, f"{SHOWN} === {CUES}", 60_000)
    assert abs(page.evaluate(place) - before) <= 2


def test_where_data_are_dear_older_captions_come_when_the_reader_asks(page, server, publisher):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/older/" in request.url else None)
    page.goto(f"{server.url}/live/m1#data=low")
    until(page, f"{SHOWN} === 60")
    page.wait_for_selector("#size")
    button = page.get_by_role("button", name="Load the earlier captions")
    button.wait_for()
    assert asked == []
    button.focus()
    page.keyboard.press("Enter")
    until(page, f"{SHOWN} === {CUES}", 60_000)
    assert len(asked) == 2
    assert page.evaluate("document.activeElement.id") == "log"
    assert button.is_hidden()


def test_a_small_page_fetches_what_the_reader_scrolls_to(page, server, publisher):
    page.goto(f"{server.url}/pin/m1")
    until(page, f"{SHOWN} === 60")
    page.evaluate("document.getElementById('log').scrollTop = 0")
    until(page, f"{SHOWN} > 60", 30_000)
    times = page.evaluate(TIMES)
    assert times == sorted(times)


def test_a_server_that_is_away_loses_nothing_of_it(page, server, publisher, held):
    page.goto(f"{server.url}/live/m1")
    until(page, f"{SHOWN} === 60")
    page.wait_for_selector("#size")
    server.kill()
    until(page, "document.getElementById('status').textContent.startsWith('Reconnecting')")
    held()
    server.start()
    until(page, f"{SHOWN} === {CUES}", 90_000)
    times = page.evaluate(TIMES)
    assert times == sorted(times)
