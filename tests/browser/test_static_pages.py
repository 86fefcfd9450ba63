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
        ("net*", "m0"),
        ('"the network"', "m0"),
        ("网", "m1"),
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


@pytest.mark.parametrize("words", ["net", '"network the"', "discuss lesu"])
def test_what_is_not_said_so_is_not_found(page, exported, words):
    page.goto(f"{exported}/search.html")
    page.fill("#words", words)
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('status').textContent === 'Places found: 0.'")


def test_nothing_asked_for_is_said(page, exported):
    page.goto(f"{exported}/search.html")
    page.fill("#words", " - ")
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('status').textContent === 'Write a word to search for.'")


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """An export of 1,150 meetings in two blocks; every one says "captions", one says "needle"."""
    folder = tmp_path_factory.mktemp("many")

    def made(number):
        text = "Captions and a needle." if number == 3 else "Captions for all."
        cue = CueUpdate(Cue("c1", 5_000, 9_000, text, "en"), 1, CueStatus.FINAL)
        meeting = Meeting(f"m{number}", f"Meeting {number}", 1_700_000_000_000 + number * 3_600_000)
        return Record(meeting, "e", 5, MeetingState.ENDED, (), (TrackRecord(Track("floor", "en"), (cue,)),))

    sources = [Source(f"m{n}", "1", lambda n=n: (made(n), (), {})) for n in range(1_150)]
    export_static(folder, environment(), sources)
    return folder.as_uri()


def test_a_search_in_many_transcripts_reads_few_files_and_goes_on_with_a_button(page, many):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{many}/search.html")
    page.fill("#words", "needle")
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('status').textContent === 'Places found: 1.'")
    assert len([url for url in asked if url.endswith("words.js")]) == 1
    page.fill("#words", "captions")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "document.getElementById('status').textContent.startsWith('Places found so far: 112, in 112 of 1150')"
    )
    assert "Meeting 1149," in page.inner_text("#results li:first-child")
    page.focus("#further")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "document.getElementById('status').textContent.startsWith('Places found so far: 224, in 224 of 1150')"
    )
    assert page.evaluate("document.activeElement.textContent").startswith("Meeting 1037,")


@pytest.mark.parametrize("path", ["index.html", "months/2023-11.html", "search.html"])
def test_axe_finds_nothing_in_many(page, many, path):
    from axe_playwright_python.sync_playwright import Axe

    page.goto(f"{many}/{path}")
    if path == "search.html":
        page.fill("#words", "captions")
        page.keyboard.press("Enter")
        page.wait_for_selector("#further:visible")
    assert Axe().run(page).response["violations"] == []
    page.problems.clear()  # axe itself tries to fetch the style sheet, which a page from the disk may not


def test_a_damaged_index_is_told(page, exported, tmp_path):
    import shutil
    import urllib.parse

    folder = tmp_path / "damaged"
    shutil.copytree(urllib.parse.urlparse(exported).path, folder)
    for path in (folder / "search").glob("b0-*.js"):
        path.unlink()
    page.goto(f"{folder.as_uri()}/search.html")
    page.fill("#words", "network")
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('status').textContent.includes('cannot be read')")
    page.problems.clear()
