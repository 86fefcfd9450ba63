import os
import stat

import pytest

from captioner.publish.sinks.cursor import Cursor, CursorFile, fingerprint


def test_round_trip_for_the_owner_alone(tmp_path):
    path = tmp_path / "outputs" / "zoom.json"
    cursor = Cursor("t", "m", "e", 7, 100, ("a", "b"), 9, "c", 1, 2, named=True)
    CursorFile(path, "t", "m").save(cursor)
    assert CursorFile(path, "t", "m").load() == cursor
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_address_begins_at_one(tmp_path):
    path = tmp_path / "zoom.json"
    CursorFile(path, "t", "m").save(Cursor("t", "m", seq=9))
    assert CursorFile(path, "other", "m").load() == Cursor("other", "m")


@pytest.mark.parametrize(("cue", "seq"), [("", 9), ("c", 10)])
def test_another_meeting_of_ours_goes_on_with_the_seq(tmp_path, cue, seq):
    path = tmp_path / "zoom.json"
    CursorFile(path, "t", "m").save(Cursor("t", "m", "e", 7, seq=9, cue=cue))
    assert CursorFile(path, "t", "next").load() == Cursor("t", "next", seq=seq)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"seq":"x"}', b"\xff"])
def test_a_damaged_file_counts_as_none(tmp_path, content):
    path = tmp_path / "zoom.json"
    path.write_bytes(content)
    assert CursorFile(path, "t", "m").load() == Cursor("t", "m")


def test_a_fingerprint_keeps_no_address():
    url = "https://example.com/closedcaption?signature=secret"
    assert fingerprint(url) == fingerprint(url) != fingerprint(url + "x")
    assert "secret" not in fingerprint(url)
