import dataclasses
import re
from html.parser import HTMLParser

import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState, Origin, Track
from server.archive.log import Kept
from server.archive.pages import Pages
from server.archive.record import Missing, Record, Span, TrackRecord
from server.wording import Reader

NOON = 1_790_000_000_000


def kept(name, state=MeetingState.LIVE):
    return Kept(Meeting(name, f"Meeting {name}", NOON), "e", state, 3, 0)


def update(cue, start, text, language="en", speaker=""):
    return CueUpdate(Cue(cue, start, start + 900, text, language, speaker), 1, CueStatus.FINAL)


def record(*cues, state=MeetingState.ENDED, off=(), origin=Origin.AUTOMATIC):
    track = TrackRecord(Track("floor", "en", "", origin), cues)
    return Record(Meeting("m", "A meeting", NOON), "e", 9, state, off, (track,))


class Outline(HTMLParser):
    """Collects headings, ids, and elements with their attributes."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_index_has_live_meetings_first():
    html = Pages().index([kept("old", MeetingState.ENDED), kept("now")], Reader())
    assert html.index("/live/now") < html.index("/archive/old/")
    assert 'datetime="2026-09-21T' in html


def test_empty_lists_say_what_to_expect():
    assert "No meeting is live" in Pages().index([], Reader())


def test_a_meeting_s_page_speaks_the_languages_of_its_cues():
    html = Pages().meeting(
        record(update("c1", 0, "Good morning.", speaker="Amina"), update("c2", 3000, "صباح الخير", "ar"))
    )
    outline = Outline(html)
    said = [p for p in outline.all("p") if "lang" in p and p.get("class") != "meta"]
    assert [(p["lang"], p["dir"]) for p in said] == [("en", "ltr"), ("ar", "rtl")]
    assert "<strong>Amina:</strong>" in html
    assert {"floor:c1", "floor:c2"} <= {span.get("id") for span in outline.all("span")}
    headings = [name for name, _ in outline.elements if name in {"h1", "h2", "h3"}]
    assert headings == ["h1", "h2", "h3", "h3"]


def test_quality_and_what_was_off_the_record_are_told():
    html = Pages().meeting(record(update("c1", 0, "x"), off=(Span(60_000, 120_000), Span(300_000, None))))
    assert "made automatically" in html
    assert "Off the record 00:01:00\u201300:02:00." in html
    assert "Off the record from 00:05:00 on." in html
    assert "made by a person" in Pages().meeting(record(update("c1", 0, "x"), origin=Origin.HUMAN))


def test_stretches_without_words_stand_in_their_places():
    said = record(update("c1", 0, "One."), update("c2", 30_000, "Two."), off=(Span(60_000, None),))
    html = Pages().meeting(dataclasses.replace(said, gaps=(Missing(Span(9_500, 29_000), "Not captioned"),)))
    shown = html[html.index('<div class="transcript">') :]
    assert re.findall(r"One\.|Two\.|(?<=class=\"gap\" lang=\"en\" dir=\"ltr\">)[^<]*", shown) == [
        "One.", "[Not captioned 00:00:09\u201300:00:29]", "Two.", "[Off the record from 00:01:00 on]",
    ]  # fmt: skip


@pytest.mark.parametrize("state", list(MeetingState))
def test_a_live_meeting_s_transcript_leads_to_its_captions(state):
    html = Pages().meeting(record(state=state))
    assert ("Follow the live captions" in html) == (state is MeetingState.LIVE)
    assert "Nothing was said on the record." in html


def test_a_problem_has_advice():
    html = Pages().problem("Not <found>", "Go & look.")
    assert "<h1>Not &lt;found&gt;</h1>" in html
    assert "Go &amp; look." in html


@pytest.mark.parametrize("html", [Pages().index([], Reader()), Pages().problem("a", "b"), Pages().meeting(record())])
def test_every_page_has_language_title_skip_link_and_one_main(html):
    outline = Outline(html)
    assert outline.all("html")[0]["lang"] == "en"
    assert len(outline.all("main")) == len(outline.all("h1")) == len(outline.all("title")) == 1
    assert outline.all("a")[0]["href"] == "#main"
