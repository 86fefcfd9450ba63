import json

import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState
from server.archive.erasure import Tombstone
from server.archive.preserve.static import Source, export_static, remove_meeting
from server.archive.record import Record, TrackRecord
from server.archive.review import Statement
from server.archive.templating import environment
from tests.server.conftest import FLOOR


def record(meeting="m1", text="Hello.", title="A <b>meeting</b>", language="en"):
    cues = (CueUpdate(Cue("c1", 61_000, 62_000, text, language, "Ann"), 1, CueStatus.FINAL),)
    about = Meeting(meeting, title, 1_777_900_000_000)
    return Record(about, "e", 5, MeetingState.ENDED, (), (TrackRecord(FLOOR, cues),))


def source(meeting="m1", key="1", loads=None, **said):
    def load():
        if loads is not None:
            loads.append(meeting)
        stated = [Statement("s1", "floor", "c1", "c1", "Bo", "We disagree.", 5)]
        return record(meeting, **said), stated, {"floor.vtt": b"WEBVTT\n"}

    return Source(meeting, key, load)


@pytest.fixture
def templates():
    return environment()


def test_pages_files_and_search_stand_on_their_own(tmp_path, templates):
    done = export_static(tmp_path, templates, [source(text="网络 <script>\u2028")])
    assert done.written == ("m1",)
    page = (tmp_path / "meetings/m1/index.html").read_text(encoding="utf-8")
    assert "A &lt;b&gt;meeting&lt;/b&gt;" in page
    assert 'href="../../index.html"' in page
    assert "We disagree." in page
    assert (tmp_path / "meetings/m1/floor.vtt").read_bytes() == b"WEBVTT\n"
    shard = (tmp_path / "search/m1.js").read_text(encoding="utf-8")
    assert "\u2028" not in shard
    _, _, cues = shard.partition(", ")
    assert json.loads(cues.removesuffix(");\n")) == [["floor-c1", "0:01:01", "en", "网络 <script>\u2028"]]
    for path in tmp_path.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        assert 'href="/' not in html
        assert 'src="/' not in html


def test_only_what_changed_is_written_again(tmp_path, templates):
    loads = []
    export_static(tmp_path, templates, [source("m1", loads=loads), source("m2", loads=loads)])
    before = (tmp_path / "meetings/m1/index.html").stat().st_mtime_ns
    loads.clear()
    done = export_static(tmp_path, templates, [source("m1", loads=loads), source("m2", "2", loads=loads, text="New.")])
    assert loads == ["m2"]
    assert (done.written, done.kept) == (("m2",), 1)
    assert (tmp_path / "meetings/m1/index.html").stat().st_mtime_ns == before
    assert "New." in (tmp_path / "search/m2.js").read_text()


def test_what_is_gone_from_the_archive_goes_from_the_export(tmp_path, templates):
    export_static(tmp_path, templates, [source("m1", text="Canary."), source("m2")])
    stone = Tombstone("m1", "Asked for.", 1_777_900_000_000)
    done = export_static(tmp_path, templates, [source("m2")], [stone])
    assert done.removed == ("m1",)
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"Canary" not in content
    assert "Asked for." in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_one_meeting_is_taken_out_at_once(tmp_path, templates):
    export_static(tmp_path, templates, [source("m1", text="Canary."), source("m2")])
    remove_meeting(tmp_path, "m1")
    assert b"Canary" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert '"m1"' not in (tmp_path / "search/index.js").read_text()


def test_after_a_broken_state_everything_is_written_again(tmp_path, templates):
    export_static(tmp_path, templates, [source("m1")])
    (tmp_path / "export.json").write_text("{")
    assert export_static(tmp_path, templates, [source("m1")]).written == ("m1",)


def test_an_empty_archive_is_a_page(tmp_path, templates):
    export_static(tmp_path, templates, [])
    assert "no transcripts yet" in (tmp_path / "index.html").read_text()
