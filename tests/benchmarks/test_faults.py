"""The checker of the fault campaigns finds what it is there for."""

import pytest

from benchmarks.chaos import Watcher, view
from benchmarks.faults import check
from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, Track
from captioner.captions.event import CaptionEvent, TrackEvent
from captioner.captions.transcript import Transcript
from server.archive.log import EventLog


def final(number, text="Good morning.", revision=1):
    return CueUpdate(Cue(f"c{number}", number, number + 1, text, "en"), revision, CueStatus.FINAL)


@pytest.fixture
def folder(tmp_path):
    log = EventLog(tmp_path)
    log.open_meeting(Meeting("m1", "A meeting", 1000), [TrackEvent(epoch="", seq=0, track=Track("floor", "en"))])
    for number in (1, 2):
        log.append("m1", CaptionEvent(epoch="", seq=0, track="floor", update=final(number)))
    log.close()
    return tmp_path


@pytest.fixture
def watcher(folder):
    log = EventLog(folder)
    mine = Watcher(0, "m1")
    mine.seen[0] = view(mine.transcript)
    for event in log.read("m1"):
        mine.transcript.apply(event)
        mine.seen[event.seq] = view(mine.transcript)
    log.close()
    return mine


def test_what_went_well_is_not_accused(folder, watcher):
    assert check(folder, [final(1), final(2)], [watcher]) == []


@pytest.mark.parametrize(
    ("pushed", "wrong"),
    [
        ([final(1), final(2), final(3)], "a final is lost, or has another text"),
        ([final(1), final(2, "Good evening.")], "a final is lost, or has another text"),
        ([final(2), final(1)], "finals are out of order"),
    ],
)
def test_of_the_log(folder, pushed, wrong):
    assert wrong in check(folder, pushed, [])


def test_of_the_readers(folder, watcher):
    pushed = [final(1), final(2)]
    watcher.seen[2] = watcher.seen[3]
    assert check(folder, pushed, [watcher]) == ["a reader saw what the log never was"]
    watcher.transcript = Transcript()
    assert "a reader's last view is not the log's" in check(folder, pushed, [watcher])
    watcher.gaps = 1
    assert "a reader got an event out of its turn" in check(folder, pushed, [watcher])
