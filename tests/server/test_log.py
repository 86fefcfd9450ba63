import sqlite3

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState, Track
from captioner.captions.event import CaptionEvent, StateEvent, TrackEvent
from server.archive.log import FILE, EventLog
from server.errors import LogCorrupt, LogInUse, LogTooNew, StorageError, StorageFull

MEETING = Meeting("m1", "A meeting", 1000)


def caption(cue="c1", revision=1, track="floor", text="Good morning."):
    return CaptionEvent(
        epoch="", seq=0, track=track, update=CueUpdate(Cue(cue, 0, 9, text, "en"), revision, CueStatus.FINAL)
    )


def ended(state=MeetingState.ENDED):
    return StateEvent(epoch="", seq=0, state=state)


@pytest.fixture
def log(tmp_path):
    made = EventLog(tmp_path)
    made.open_meeting(MEETING, [TrackEvent(epoch="", seq=0, track=Track("floor", "en"))])
    yield made
    made.close()


def test_a_meeting_and_its_events_come_back(tmp_path, log):
    first, again, second = (
        log.append("m1", caption()),
        log.append("m1", caption()),
        log.append("m1", caption(revision=2)),
    )
    assert again is None
    assert [first.seq, second.seq] == [2, 3]
    kept = log.find("m1")
    assert (kept.meeting, kept.seq, kept.state, kept.exported) == (MEETING, 3, MeetingState.LIVE, 0)
    assert first.epoch == second.epoch == kept.epoch
    log.close()
    log = EventLog(tmp_path)
    assert list(log.read("m1", 1)) == [first, second]
    assert log.meetings() == [kept]
    log.close()


def test_the_state_and_the_export_are_kept(log):
    log.append("m1", ended())
    log.mark_exported("m1", 2)
    assert (log.find("m1").state, log.find("m1").exported) == (MeetingState.ENDED, 2)
    assert log.find("m2") is None


def test_meetings_have_seqs_and_epochs_of_their_own(log):
    other = log.open_meeting(Meeting("m2", "Another", 2000), [])
    assert log.append("m2", caption()).seq == 1
    assert other.epoch != log.find("m1").epoch
    assert [kept.meeting.id for kept in log.meetings()] == ["m2", "m1"]


@settings(max_examples=30, deadline=None)
@given(moves=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(0, 4)), max_size=25))
def test_seq_has_no_gaps_and_revisions_only_rise(tmp_path_factory, moves):
    log = EventLog(tmp_path_factory.mktemp("log"))
    log.open_meeting(MEETING, [])
    newest = {}
    for track, cue, revision in moves:
        event = log.append("m1", caption(cue, revision, track))
        assert (event is None) == (newest.get((track, cue), -1) >= revision)
        newest[track, cue] = max(revision, newest.get((track, cue), -1))
    events = list(log.read("m1"))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    taken = [(event.track, event.update.cue.id, event.update.revision) for event in events]
    assert len(set(taken)) == len(taken)
    log.close()


def test_a_full_disk_loses_nothing_and_is_over_when_there_is_room(log):
    log.append("m1", caption())
    pages = log._db.execute("PRAGMA page_count").fetchone()[0]
    log._db.execute(f"PRAGMA max_page_count = {pages + 1}").fetchall()
    taken, problem = 1, ""
    while not problem:
        try:
            log.append("m1", caption(f"n{taken}", text="x" * 1500))
            taken += 1
        except StorageFull as error:
            problem = str(error)
    assert "free space" in problem
    assert len(list(log.read("m1"))) == taken + 1
    log._db.execute("PRAGMA max_page_count = 1000000").fetchall()
    assert log.append("m1", caption("later")).seq == taken + 2


def test_opening_a_meeting_is_all_or_nothing(log):
    pages = log._db.execute("PRAGMA page_count").fetchone()[0]
    log._db.execute(f"PRAGMA max_page_count = {pages}").fetchall()
    with pytest.raises(StorageFull):
        log.open_meeting(
            Meeting("m2", "Another", 1),
            [caption(text="x" * 1900) for _ in range(9)] + [caption(f"c{i}", text="x" * 1900) for i in range(9)],
        )
    assert log.find("m2") is None


def test_one_server_a_log(tmp_path, log):
    with pytest.raises(LogInUse, match="end the other server"):
        EventLog(tmp_path)


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / FILE).write_bytes(b"not a database" * 500)
    with pytest.raises(LogCorrupt, match="move it away"):
        EventLog(tmp_path)


def test_a_damaged_database(tmp_path):
    log = EventLog(tmp_path)
    log.open_meeting(MEETING, [caption(f"c{i}", text="x" * 900) for i in range(50)])
    log.close()
    path = tmp_path / FILE
    content = bytearray(path.read_bytes())
    content[4096 * 3 :] = b"\xaa" * (len(content) - 4096 * 3)
    path.write_bytes(content)
    with pytest.raises(LogCorrupt):
        EventLog(tmp_path)


def test_an_event_that_cannot_be_read(tmp_path, log):
    log.append("m1", caption())
    log._db.execute("UPDATE event SET json = x'00'")
    with pytest.raises(LogCorrupt):
        list(log.read("m1"))


def test_a_newer_version_wrote_it(tmp_path):
    db = sqlite3.connect(tmp_path / FILE)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(LogTooNew, match="newer version"):
        EventLog(tmp_path)


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(StorageError):
        EventLog(tmp_path / "missing")


def test_settings_for_safety(log):
    pragmas = {
        name: log._db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete")
    }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}


def test_events_are_kept_as_the_wire_sends_them(log):
    event = log.append("m1", caption())
    assert log._db.execute("SELECT json FROM event WHERE seq = 2").fetchone()[0] == msgspec.json.encode(event)


def test_a_replica_has_the_same_bytes_under_the_same_seq(tmp_path, log):
    for number in range(2, 6):
        log.append("m1", caption(f"c{number}"))
    log.append("m1", ended())
    (tmp_path / "edge").mkdir()
    edge = EventLog(tmp_path / "edge")
    epoch = log.find("m1").epoch
    assert edge.replica(MEETING, epoch).seq == 0
    events = list(log.read("m1"))
    assert not edge.copy("m1", events[1]), "a gap is refused"
    for event in events:
        assert edge.copy("m1", event)
        assert not edge.copy("m1", event), "each once"
    assert edge.rows("SELECT * FROM event") == log.rows("SELECT * FROM event")
    assert edge.find("m1") == log.find("m1")
    assert edge.replica(MEETING, epoch).seq == len(events), "what is there stays"
    assert not edge.copy("m1", msgspec.structs.replace(ended(), epoch="another", seq=len(events) + 1))
    assert not edge.copy("m2", events[0])
    assert edge.replica(MEETING, "another").seq == 0
    assert edge.rows("SELECT * FROM event") == []
    edge.close()


def test_an_erased_meeting_is_in_no_file(tmp_path, log):
    log.append("m1", caption(text="Zanzibar and Kilimanjaro."))
    log.erase("m1")
    assert log.find("m1") is None
    for path in tmp_path.iterdir():
        assert b"Zanzibar" not in path.read_bytes()


def test_a_meeting_counts_what_was_overwritten_in_it_durably(tmp_path, log):
    log.append("m1", caption())
    first = next(event for event in log.read("m1") if isinstance(event, CaptionEvent))
    assert log.find("m1").rewritten == 0
    with log.transaction():
        log.overwrite("m1", first)
    log.close()
    again = EventLog(tmp_path)
    assert again.find("m1").rewritten == 1
    again.close()
