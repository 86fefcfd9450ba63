"""The archive as files, opened from the disk: read, searched in six languages, with the keyboard, found well by axe."""

import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState, Track
from server.archive.preserve.static import Source, export_static
from server.archive.record import Record, TrackRecord
from server.archive.templating import environment

pytestmark = pytest.mark.browser

SAID = {
    "en": "We discuss the network.", "zh": "我们今天讨论网络治理。", "ar": "قال مُحَمَّد إنّ الإنترنت مفتوح.", "ru": "В лесу ёлка.",
    "fr": "Le réseau est à nous.", "es": "La red está abierta.",
}  # fmt: skip


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    sources = []
    for number, (language, text) in enumerate(SAID.items()):
        cue = CueUpdate(Cue("c1", 5_000, 9_000, text, language), 1, CueStatus.FINAL)
        track = TrackRecord(Track("floor", language), (cue,))
        made = Record(
            Meeting(f"m{number}", f"Meeting {number}", 1_777_900_000_000 + number),
            "e",
            5,
            MeetingState.ENDED,
            (),
            (track,),
        )
        sources.append(Source(f"m{number}", "1", lambda made=made: (made, (), {"floor.vtt": b"WEBVTT\n"})))
    export_static(folder, environment(), sources)
    return folder.as_uri()


@pytest.mark.parametrize("path", ["index.html", "search.html", "meetings/m2/index.html"])
def test_axe_finds_nothing(page, exported, path):
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": 320, "height": 500})
    page.goto(f"{exported}/{path}")
    assert Axe().run(page).response["violations"] == []
    page.problems.clear()  # axe itself tries to fetch the style sheet, which a page from the disk may not
    page.problems.clear()  # axe itself tries to fetch the style sheet, which a page from the disk may not
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(
    ("words", "meeting"),
    [
        ("网络", "m1"),
        ("محمد", "m2"),
        ("الانترنت", "m2"),
        ("елка", "m3"),
        ("RESEAU", "m4"),
        ("esta red", "m5"),
        ("network", "m0"),
    ],
)
def test_search_finds_it_and_leads_to_the_moment(page, exported, words, meeting):
    page.goto(f"{exported}/search.html")
    page.focus("#words")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('status').textContent === 'Places found: 1.'")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/meetings/{meeting}/index.html#floor-c1")
    assert page.is_visible("#floor-c1")


def test_nothing_found_is_said(page, exported):
    page.goto(f"{exported}/search.html")
    page.fill("#words", "zzzz")
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('status').textContent === 'Places found: 0.'")
