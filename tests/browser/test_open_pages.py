"""The open archive's pages in a real Chromium: axe, keyboard, a narrow screen, and files that stand alone."""

import time
import urllib.request
from dataclasses import replace

import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState, Track
from server.archive.catalogue import Catalogue, slug
from server.archive.export.registry import FORMATS
from server.archive.record import About, Point, Record, Remark, Span, TrackRecord
from tests.browser.meeting import Server

pytestmark = pytest.mark.browser

SAID = [
    ("en", "Amina", "Good morning, and welcome to the meeting about open captions."),
    ("ar", "محمد", "صباح الخير، الإنترنت للجميع."),
    ("zh-Hans", "李华", "互联网治理论坛讨论网络问题。"),
    ("ru", "", "На площади стоит ёлка."),
]


def sample(number=1):
    cues = tuple(
        CueUpdate(Cue(f"c{n}", n * 4000, n * 4000 + 3500, text, language, speaker), 1, CueStatus.FINAL)
        for n, (language, speaker, text) in enumerate(SAID)
    )
    about = About(
        series="Internet Governance Forum", licence="https://creativecommons.org/licenses/by/4.0/",
        agenda=(Point(0, "Opening"), Point(8000, "开放")), address="https://example.org/id/m",
        remarks=(Remark("floor", "c1", "c1", "Bo", "I disagree.", "2026-11-01"),),
    )  # fmt: skip
    track = TrackRecord(Track("floor", "en", "The floor"), cues)
    started = 1_790_000_000_000 + number * 86_400_000
    return Record(
        Meeting(f"m{number}", f"Meeting {number}", started),
        "e",
        4,
        MeetingState.ENDED,
        (Span(2000, 3000),),
        (track,),
        about,
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    catalogue = Catalogue(data)
    for number in range(1, 61):
        catalogue.put(sample(number), 1_790_000_000_000 + number)
    catalogue.remove("m7", 1_790_000_000_000, "the speaker asked for it")
    catalogue.close()
    server = Server(data)
    yield server
    server.kill()


PATHS = [
    "/archive/", "/archive/?page=2", "/archive/?language=ar", "/series/", f"/series/{slug('Internet Governance Forum')}/", "/speakers/",
    f"/speakers/{slug('محمد')}/", "/search", "/search?q=captions", "/search?q=网络", "/search?q=nothing-at-all", "/id/m7",
]  # fmt: skip


def axe(page):
    from axe_playwright_python.sync_playwright import Axe

    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_also_on_a_narrow_screen(page, server, path):
    page.goto(server.url + path)
    page.problems = [problem for problem in page.problems if "410" not in problem]
    assert axe(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_keyboard_searches_and_follows_a_hit(page, server):
    page.goto(f"{server.url}/search")
    page.get_by_label("Words").focus()
    page.keyboard.type("елка")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    assert page.locator("ol mark").first.text_content() == "ёлка"
    assert page.locator("ol p").first.get_attribute("lang") == "ru"
    assert page.locator("ol a").first.get_attribute("href") == "/archive/m60/#floor:c3"


@pytest.mark.parametrize("ending", ["html", "large.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_files_that_stand_alone_pass_axe(page, tmp_path, ending, scheme):
    record = sample()
    path = tmp_path / f"floor.{ending}"
    path.write_bytes(FORMATS[ending](record, record.tracks[0]))
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{path.as_uri()}#c2")
    assert axe(page) == []
    assert page.locator(":target").text_content() == SAID[2][2]
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_recording_plays_from_the_moment(page, tmp_path):
    record = sample()
    record = record.knowing(replace(record.about, audio="floor.wav"))
    (tmp_path / "floor.wav").write_bytes(wave(20))
    path = tmp_path / "floor.html"
    path.write_bytes(FORMATS["html"](record, record.tracks[0]))
    page.goto(path.as_uri())
    page.locator("time a").nth(2).click()
    deadline = time.monotonic() + 15
    while page.evaluate("document.querySelector('audio').currentTime") < 8:
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)
    assert axe(page) == []


def wave(seconds):
    import io
    import wave as format_

    file = io.BytesIO()
    with format_.open(file, "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", "NONE"))
        out.writeframes(bytes(16_000 * seconds))
    return file.getvalue()


def test_the_list_is_sent_without_a_script(server):
    with urllib.request.urlopen(f"{server.url}/archive/") as answer:
        text = answer.read().decode()
    assert "<script" not in text
    assert text.count('<li><a href="/archive/m') == 50
