"""Every output against its stand-in, with a fifth of the requests failing; and stand-ins that catch what is wrong."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from captioner.captions.cue import CueStatus, CueUpdate
from captioner.publish.sinks.contract import Kind
from captioner.publish.sinks.cursor import CursorFile
from captioner.publish.sinks.output import Output
from captioner.publish.sinks.settings import OutputSettings, carrier
from captioner.rehearse.numbered import StreamTextStandin, YouTubeStandin, ZoomStandin
from captioner.rehearse.plain import TeamsStandin, VMixStandin, WebexStandin
from captioner.rehearse.rehearsal import Hurried, demo_cues, rehearse
from captioner.rehearse.standin import Faults, HttpStandin, Request

NUMBERED = {Kind.ZOOM, Kind.YOUTUBE, Kind.STREAMTEXT}


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_is_lost_or_out_of_order_while_a_fifth_fails(kind):
    verdict = rehearse(kind, demo_cues(40), Faults(0.2, seed=5), hurried=True)
    assert verdict.violations == ()
    assert verdict.faults > 0
    assert verdict.good, verdict
    if kind in NUMBERED:
        assert verdict.repeats == 0


def request(path, body=b"Hello.\n", method="POST", **query):
    from urllib.parse import parse_qs, urlsplit

    parts = urlsplit(path)
    found = {**parse_qs(parts.query), **{k: [v] for k, v in query.items()}}
    return Request(method, parts.path, found, {"content-type": "text/plain; charset=utf-8"}, body)


@pytest.mark.parametrize(
    "wrong",
    [
        {"seq": "3"}, {"seq": "0"}, {"seq": "x"}, {}, {"seq": "1", "body": b"Other.\n"}, {"seq": "2", "lang": "english"},
        {"seq": "2", "body": b"\xff"}, {"seq": "2", "body": b"\n"}, {"seq": "2", "signature": "forged"}, {"seq": "2", "method": "PUT"},
    ],
)  # fmt: skip
def test_zooms_stand_in_catches(wrong):
    judge = ZoomStandin()
    assert judge.answer(request(judge.path, seq="1", lang="en-US")).status == 200
    assert judge.violations == []
    judge.answer(request(judge.path, **{"lang": "en-US", **wrong}))
    assert judge.violations


def test_zooms_stand_in_takes_a_retry_and_tells_its_seq():
    judge = ZoomStandin()
    for _ in range(2):
        judge.answer(request(judge.path, seq="1", lang="en-US"))
    assert (judge.lines, judge.violations) == (["Hello."], [])
    assert judge.answer(request(judge.path.replace("?", "/seq?"), b"", "GET")).body == b"1"


@pytest.mark.parametrize("body", [b"Hello.\n", b"2026-01-01 00:00:00\nHi\n", b"2026-01-01T00:00:00.000\n"])
def test_youtubes_stand_in_catches(body):
    judge = YouTubeStandin()
    judge.answer(request(judge.path, body, seq="1"))
    assert judge.violations


def test_youtubes_stand_in_knows_heartbeats():
    judge = YouTubeStandin()
    reply = judge.answer(request(judge.path, b"", seq="0"))
    assert reply.status == 200
    assert datetime.fromisoformat(reply.body.decode()).year >= 2025
    assert (judge.heartbeats, judge.violations) == (1, [])
    judge.answer(request(judge.path, b"", seq="1"))
    assert judge.violations


def test_captions_do_not_wait_for_a_heartbeat_that_fails():
    """With this seed the very first request, the heartbeat, is lost."""
    verdict = rehearse(Kind.YOUTUBE, demo_cues(10), Faults(0.2, seed=1), hurried=True)
    assert verdict.good, verdict


def test_captions_for_youtube_stand_at_its_own_time():
    """Its clock is an hour ahead of ours; what was said when the meeting began is sent with the hour added."""
    judge = YouTubeStandin(lambda: datetime.now(UTC) + timedelta(hours=1))
    with HttpStandin(judge) as server, TemporaryDirectory() as folder:
        settings = OutputSettings(Kind.YOUTUBE, server.url + judge.path, private=True)
        file = CursorFile(Path(folder) / "c.json", "t", "m")
        output = Output("youtube", "youtube", Hurried(carrier(settings)), file)
        output.welcomed("e", 1_790_000_000_000)
        output.start()
        output.take("floor", CueUpdate(demo_cues(1)[0], 0, CueStatus.FINAL), 1)
        assert output.close(drain_s=20)
    began = datetime.fromtimestamp(1_790_000_000, UTC) + timedelta(hours=1)
    first = datetime.fromisoformat(judge.times[0]).replace(tzinfo=UTC)
    assert abs((first - began).total_seconds()) < 1
    assert judge.violations == []


def test_the_others_catch():
    for judge, bad in [
        (StreamTextStandin(), request(StreamTextStandin.path, seq="1", lang="?")),
        (StreamTextStandin(), request(StreamTextStandin.path.replace("secret", "x"), seq="1", lang="en")),
        (TeamsStandin(), request(TeamsStandin.path, b"two\nlines")),
        (TeamsStandin(), request(TeamsStandin.path, b"x" * 121)),
        (WebexStandin(), request(WebexStandin.path, b"x", method="GET")),
        (WebexStandin(), request(WebexStandin.path.replace("d2V4", "x"))),
        (VMixStandin(), request("/API/", b"", method="POST")),
        (VMixStandin(), request("/API/", b"", method="GET", Function="Cut")),
    ]:
        judge.answer(bad)
        assert judge.violations, judge


def test_teams_states():
    judge = TeamsStandin()
    judge.started = False
    assert judge.answer(request(judge.path, b"x")).status == 404
    judge.expired = True
    assert judge.answer(request(judge.path, b"x")).status == 401
    assert judge.lines == []
