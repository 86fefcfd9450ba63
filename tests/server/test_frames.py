import pytest

from captioner.captions import wire
from captioner.captions.cue import RecordPolicy
from captioner.captions.event import CaptionEvent
from captioner.captions.transcript import Snapshot, TrackUpdate
from server.frames import frame_of
from tests.server.conftest import final, partial


def live(update):
    return frame_of(wire.Live(shown=TrackUpdate("floor", update)))


def test_a_partial_is_superseded_by_the_next_and_covered_by_its_final():
    first, second, end = live(partial()), live(partial(text="Good mor", revision=1)), live(final())
    assert first.key == second.key
    assert end.covers == first.key
    assert end.key == ()
    event = frame_of(wire.EventMessage(event=CaptionEvent(epoch="e", seq=1, track="floor", update=final())))
    assert (event.covers, event.key) == (first.key, ())


def test_other_tracks_and_cues_are_apart():
    assert live(partial("c1")).key != live(partial("c2")).key


@pytest.mark.parametrize("message", [wire.Ping(), wire.Status(captioners=(), policy=RecordPolicy.ON_RECORD)])
def test_of_signs_of_life_and_states_the_newest_is_enough(message):
    assert frame_of(message).key == (type(message).__name__,)


def test_a_snapshot_does_not_count_and_the_rest_must_arrive():
    assert frame_of(wire.SnapshotMessage(snapshot=Snapshot("e", 0))).whole
    ended = frame_of(wire.Ended(transcript="/archive/m/"))
    assert (ended.key, ended.whole) == ((), False)
    assert wire.decode_from_server(ended.data) == wire.Ended(transcript="/archive/m/")
