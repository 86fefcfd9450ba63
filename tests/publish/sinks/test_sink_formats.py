"""Each platform's documented shape, byte for byte."""

import pytest

from captioner.publish.sinks.cart import Teams, Webex
from captioner.publish.sinks.contract import Answer, Line, Verdict, with_query
from captioner.publish.sinks.streamtext import StreamText
from captioner.publish.sinks.vmix import VMix
from captioner.publish.sinks.youtube import YouTube
from captioner.publish.sinks.zoom import Zoom

LINE = Line("Grüße, <you>.", "en", 7, 1_356_307_206_873)
ZOOM = "https://example.com/closedcaption?id=1&ns=a%20b&expire=9&sparams=id%2Cns&signature=x%2By"
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


def test_zoom():
    post = Zoom(ZOOM).post(LINE)
    assert (post.method, post.url) == ("POST", ZOOM + "&seq=7&lang=en-US")
    assert post.headers == PLAIN
    assert post.body == "Grüße, <you>.\n".encode()
    ask = Zoom(ZOOM).ask_seq()
    assert (ask.method, ask.url) == ("GET", ZOOM.replace("closedcaption?", "closedcaption/seq?"))


def test_zoom_keeps_a_region():
    line = Line("x", "pt-PT", 1, 0)
    assert Zoom(ZOOM).post(line).url.endswith("&lang=pt-PT")


def test_teams():
    url = "https://example.com/cartcaption?meetingid=1&token=t"
    post = Teams(url).post(LINE)
    assert (post.method, post.url, post.headers, post.body) == ("POST", url, PLAIN, LINE.text.encode())
    assert 80 <= Teams.shape.width <= 120


def test_webex():
    url = "https://example.com/cc?x=1"
    post = Webex(url).post(LINE)
    assert (post.method, post.url, post.headers, post.body) == ("POST", url, PLAIN, LINE.text.encode())


def test_youtube():
    url = "http://example.com/closedcaption?cid=a"
    post = YouTube(url).post(Line("One <b>\ntwo", "en", 3, 1_356_307_206_873))
    assert post.url == url + "&seq=3"
    assert (
        post.body
        == "2012-12-24T00:00:06.873 region:reg1#cue1\nOne \N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}b><br>two\n".encode()
    )
    beat = YouTube(url).post(Line("", "", 3, 0))
    assert (beat.method, beat.url, beat.body) == ("POST", url + "&seq=3", b"")


@pytest.mark.parametrize(
    ("body", "ms"),
    [
        (b"2012-12-24T00:00:06.873", 1_356_307_206_873), (b"2012-12-24T00:00:06.873Z\n", 1_356_307_206_873),
        (b"", None), (b"OK", None), (b"\xff", None),
    ],
)  # fmt: skip
def test_youtube_tells_its_time(body, ms):
    assert YouTube("http://example.com/").clock_ms(Answer(200, body)) == ms


def test_the_others_tell_no_time():
    for platform in (
        Zoom(ZOOM),
        Teams("https://a.example/"),
        StreamText("https://a.example/"),
        VMix("http://a.example"),
    ):
        assert platform.clock_ms(Answer(200, b"2012-12-24T00:00:06.873")) is None
        assert platform.shape.beat_ms == 0


def test_streamtext():
    post = StreamText("https://example.com/c?event=e").post(LINE)
    assert post.url == "https://example.com/c?event=e&seq=7&lang=en"
    assert post.headers == {**PLAIN, "Content-Language": "en"}
    assert post.body.endswith(b".\n")


def test_vmix():
    post = VMix("http://127.0.0.1:8088/", "My title", "Headline.Text").post(Line("a & b\nc", "en", 1, 0))
    assert post.method == "GET"
    assert post.url == (
        "http://127.0.0.1:8088/API/?Function=SetText&Input=My+title&SelectedName=Headline.Text&Value=a+%26+b%0Ac"
    )


@pytest.mark.parametrize(
    ("platform", "status", "verdict"),
    [
        (Zoom(ZOOM), 200, Verdict.ACCEPTED), (Zoom(ZOOM), 400, Verdict.LATER), (Zoom(ZOOM), 405, Verdict.LATER),
        (Zoom(ZOOM), 403, Verdict.REFUSED), (Zoom(ZOOM), 408, Verdict.AGAIN), (Zoom(ZOOM), 503, Verdict.AGAIN),
        (Zoom(ZOOM), 429, Verdict.LATER), (Zoom(ZOOM), 302, Verdict.REFUSED),
        (Teams("https://a.example/"), 404, Verdict.LATER), (Teams("https://a.example/"), 401, Verdict.REFUSED),
        (Webex("https://a.example/"), 403, Verdict.REFUSED), (Webex("https://a.example/"), 200, Verdict.ACCEPTED),
        (YouTube("https://a.example/"), 500, Verdict.AGAIN), (VMix("http://a.example"), 500, Verdict.LATER),
        (StreamText("https://a.example/"), 204, Verdict.ACCEPTED),
    ],
)  # fmt: skip
def test_answers(platform, status, verdict):
    assert platform.verdict(Answer(status)) is verdict


@pytest.mark.parametrize("platform", [Teams("https://a.example/"), Webex("https://a.example/"), YouTube("https://a.example/"), StreamText("https://a.example/"), VMix("http://a.example")])  # fmt: skip
def test_only_zoom_tells_its_seq(platform):
    assert platform.ask_seq() is None


def test_nothing_that_is_signed_is_written_anew():
    assert with_query("https://a/b?x=%2c", "seq=1") == "https://a/b?x=%2c&seq=1"
    assert with_query("https://a/b", "seq=1") == "https://a/b?seq=1"
    assert with_query("https://a/b?", "seq=1") == "https://a/b?seq=1"
    assert with_query("https://a/b?x=1#part", "seq=1") == "https://a/b?x=1&seq=1"


def test_a_request_prints_no_secret_and_no_text():
    shown = repr(Zoom(ZOOM).post(LINE))
    assert "signature" not in shown
    assert "Grüße" not in shown
