import json

import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Word
from captioner.captions.policy import PolicyChange
from captioner.publish.jsonl import JsonLines
from captioner.publish.sink import Emitted
from captioner.publish.state import PolicyView

WORDS = (Word(0, 400, " Good"), Word(400, 900, " morning"), Word(900, 1200, " all"))


def emitted(start=0, status=CueStatus.PARTIAL, stable=2):
    words = tuple(Word(w.start + start, w.end + start, w.text) for w in WORDS)
    cue = Cue("c1", start, start + 1200, "Good morning all", "en", words=words)
    return Emitted(CueUpdate(cue, 3, status, stable), 1700, 1500)


def test_a_line_says_when_what_and_how_sure(tmp_path):
    path = tmp_path / "events.jsonl"
    with JsonLines(path, PolicyView(RecordPolicy.ON_RECORD)) as sink:
        sink.push(emitted())
        assert json.loads(path.read_text()) == {  # at once, not at the end
            "emitted_ms": 1700, "audio_ms": 1500, "cue": "c1", "revision": 3, "status": "partial",
            "stable": "Good morning", "unstable": "all", "start_ms": 0, "end_ms": 1200, "language": "en",
        }  # fmt: skip


def test_a_final_is_stable_whole(tmp_path):
    path = tmp_path / "events.jsonl"
    with JsonLines(path, PolicyView(RecordPolicy.ON_RECORD)) as sink:
        sink.push(emitted(status=CueStatus.FINAL))
    line = json.loads(path.read_text())
    assert (line["stable"], line["unstable"]) == ("Good morning all", "")


def test_off_the_record_nothing_is_written(tmp_path):
    path = tmp_path / "events.jsonl"
    policy = PolicyView(RecordPolicy.ON_RECORD)
    policy.add(PolicyChange(10_000, RecordPolicy.OFF_RECORD))
    with JsonLines(path, policy) as sink:
        sink.push(emitted(0))
        sink.push(emitted(9_500))  # touches the switch
        sink.push(emitted(20_000))
    assert [json.loads(line)["start_ms"] for line in path.read_text().splitlines()] == [0]


def test_a_restart_goes_on_in_the_same_file(tmp_path):
    path = tmp_path / "events.jsonl"
    policy = PolicyView(RecordPolicy.ON_RECORD)
    for append in (False, True):
        with JsonLines(path, policy, append=append) as sink:
            sink.push(emitted())
    assert len(path.read_text().splitlines()) == 2


def test_a_path_that_cannot_be_written(tmp_path):
    with pytest.raises(OSError):  # noqa: PT011 - any of them; the pipeline says what to do
        JsonLines(tmp_path / "no" / "folder" / "x", PolicyView())
