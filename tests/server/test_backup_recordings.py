"""Recordings go with a copy of the log, and none is named that is not the one that was attached."""

import hashlib

import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, RecordPolicy, Track
from captioner.captions.event import CaptionEvent, PolicyEvent, TrackEvent
from captioner.captions.policy import PolicyChange
from server.archive.backup import copy_closed, restore
from server.archive.backup_recordings import beside, copy_recordings
from server.archive.log import EventLog
from server.archive.recording import Attached, attach, attached, path_of

SOUND = b"ID3" + b"sound" * 100


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    log = EventLog(folder)
    for meeting in ("m1", "m2"):
        drafts = (
            PolicyEvent(epoch="", seq=0, change=PolicyChange(0, RecordPolicy.ON_RECORD)),
            TrackEvent(epoch="", seq=0, track=Track("floor", "en")),
        )
        log.open_meeting(Meeting(meeting, "A meeting", 1), drafts)
        update = CueUpdate(Cue("c1", 0, 900, "Hello.", "en"), 1, CueStatus.FINAL)
        log.append(meeting, CaptionEvent(epoch="", seq=0, track="floor", update=update))
        path_of(folder, meeting).parent.mkdir(exist_ok=True)
        path_of(folder, meeting).write_bytes(SOUND + meeting.encode())
        attach(log, meeting, Attached((), hashlib.sha512(SOUND + meeting.encode()).hexdigest(), 1))
    log.close()
    return folder


def opened(folder):
    log = EventLog(folder)
    found = [meeting for meeting in ("m1", "m2") if attached(log, meeting)]
    log.close()
    return found


def test_a_copy_brings_the_recordings_back(tmp_path, data):
    copy, fresh = tmp_path / "copy", tmp_path / "fresh"
    copy_closed(data, copy)
    assert copy_recordings(data, copy) == 2
    held, _ = restore(copy, fresh, force=False)
    assert (held.recordings, held.lost) == (2, 0)
    assert path_of(fresh, "m1").read_bytes() == SOUND + b"m1"
    assert path_of(fresh, "m1").stat().st_mode & 0o077 == 0
    assert opened(fresh) == ["m1", "m2"]


def test_what_is_not_there_or_is_another_is_not_named(tmp_path, data):
    copy, fresh = tmp_path / "copy", tmp_path / "fresh"
    copy_closed(data, copy)
    copy_recordings(data, copy)
    (beside(copy) / "m1.mp3").unlink()
    (beside(copy) / "m2.mp3").write_bytes(SOUND + b"something else")
    (beside(copy) / "m3.mp3").write_bytes(SOUND)
    held, _ = restore(copy, fresh, force=False)
    assert (held.recordings, held.lost) == (0, 2)
    assert opened(fresh) == []
    assert not path_of(fresh, "m2").exists()
    assert not path_of(fresh, "m3").exists()


def test_without_recordings_there_is_no_folder(tmp_path, data):
    for meeting in ("m1", "m2"):
        path_of(data, meeting).unlink()
    assert copy_recordings(data, tmp_path / "copy") == 0
    assert not beside(tmp_path / "copy").exists()
