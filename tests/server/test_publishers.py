import pytest

from captioner.captions import wire
from captioner.captions.cue import Origin, Track
from server.lease import Taken
from server.publishers import Publishers

FLOOR, FRENCH = Track("floor", "en"), Track("fr", "fr")
PERSON = Track("floor", "en", origin=Origin.HUMAN)


@pytest.fixture
def publishers():
    made = Publishers(10.0)
    made.join("m", FLOOR, "p1", 0)
    made.join("f", FRENCH, "p2", 0)
    return made


def test_who_is_where(publishers):
    assert set(publishers.members) == {"m", "f"}
    assert len(publishers) == 2
    assert publishers.find("m")[0] == "floor"
    assert publishers.find("nobody") is None
    assert publishers.leave("m", 1) == "floor"
    assert publishers.leave("m", 1) is None
    assert publishers.clear() == ["f"]
    assert len(publishers) == 0


def test_a_taken_track(publishers):
    assert publishers.taken(FLOOR, "p3")
    assert not publishers.taken(FLOOR, "p1")
    assert not publishers.taken(PERSON, "p3")
    assert not publishers.taken(Track("new", "en"), "p3")
    with pytest.raises(Taken):
        publishers.join("x", FLOOR, "p3", 1)
    assert publishers.join("again", FLOOR, "p1", 1) == "m"


def test_a_takeover_holds_for_its_track_alone(publishers):
    publishers.join("h", PERSON, "ada", 1)
    assert [publishers.may_show(member, 2) for member in ("m", "f", "h", "x")] == [False, True, True, False]
    assert publishers.hand_back("m") is None
    assert publishers.hand_back("h") == "floor"
    assert publishers.may_show("m", 2)


def test_reports_and_silence(publishers):
    assert publishers.report("m", wire.Health.DELAYED, 5000)
    assert not publishers.report("m", wire.Health.DELAYED, 5000)
    assert not publishers.report("nobody", wire.Health.DELAYED, 0)
    assert publishers.health(FLOOR, 0) == wire.TrackHealth("floor", wire.Health.DELAYED, 5000)
    publishers.check(5, 4)
    assert not publishers.present
    assert publishers.health(FLOOR, 5).health is wire.Health.ABSENT
    assert publishers.heard("m", 6)
    assert not publishers.heard("m", 6)
    assert not publishers.heard("nobody", 6)
    assert publishers.present
    assert publishers.health(Track("none", "en"), 0).health is wire.Health.ABSENT


def test_deaf_is_when_nobody_hears(publishers):
    assert not publishers.deaf
    publishers.report("m", wire.Health.AUDIO_LOST, 0)
    assert not publishers.deaf
    publishers.report("f", wire.Health.AUDIO_LOST, 0)
    assert publishers.deaf
    publishers.report("m", wire.Health.DELAYED, 0)
    assert not publishers.deaf
    assert not Publishers(1.0).deaf
