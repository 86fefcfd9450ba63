import shutil

import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState, Track
from server.archive import writer
from server.archive.record import Record, TrackRecord
from server.archive.writer import FORMATS, ArchiveWriter
from server.errors import StorageFull


def record(text="Good morning."):
    cue = CueUpdate(Cue("c1", 0, 900, text, "en"), 1, CueStatus.FINAL)
    tracks = (TrackRecord(Track("floor", "en"), (cue,)), TrackRecord(Track("fr", "fr"), ()))
    return Record(Meeting("m", "t", 0), "e", 1, MeetingState.ENDED, (), tracks)


def test_every_track_in_every_format(tmp_path):
    archive = ArchiveWriter(tmp_path)
    assert not archive.exists("m")
    names = archive.write(record())
    braille = shutil.which("lou_translate") is not None
    assert set(names) == {
        f"{track}.{ending}" for track in ("floor", "fr") for ending in FORMATS if braille or "brf" not in ending
    }
    assert archive.exists("m")
    assert sorted(path.name for path in archive.folder("m").iterdir()) == sorted([*names, "SHA512SUMS"])


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    archive = ArchiveWriter(tmp_path)
    archive.write(record("First."))

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer.os, "fsync", full)
    with pytest.raises(StorageFull, match="free space"):
        archive.write(record("Second."))
    folder = archive.folder("m")
    assert "First." in (folder / "floor.vtt").read_text(encoding="utf-8")
    assert not list(folder.glob(".*.new"))
    monkeypatch.undo()
    archive.write(record("Third."))
    assert "Third." in (folder / "floor.vtt").read_text(encoding="utf-8")


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "archive").write_text("")
    with pytest.raises(StorageFull):
        ArchiveWriter(tmp_path).write(record())
