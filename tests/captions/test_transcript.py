import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Cue, CueStatus, CueUpdate, MeetingState, RecordPolicy, Track
from captioner.captions.errors import GapInLog
from captioner.captions.event import (
    CaptionEvent,
    ClockEvent,
    Event,
    GapEvent,
    GapReason,
    PolicyEvent,
    StateEvent,
    TrackEvent,
)
from captioner.captions.policy import PolicyChange
from captioner.captions.transcript import Snapshot, Transcript

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "fold.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_shared_vectors(vector):
    start = msgspec.convert(vector["snapshot"], Snapshot) if "snapshot" in vector else None
    events = msgspec.convert(vector["events"], list[Event])
    transcript = Transcript(start).apply_all(events)
    assert transcript.snapshot() == msgspec.convert(vector["expect"], Snapshot)
    assert {t.id: [u.cue.id for u in transcript.cues(t.id)] for t in transcript.tracks()} == vector["cues"]


def caption(seq, cue, start, revision, status):
    return CaptionEvent(
        epoch="e",
        seq=seq,
        track="floor",
        update=CueUpdate(Cue(cue, start, start + 5, f"{cue}.{revision}", "en"), revision, status),
    )


captions = st.tuples(
    st.sampled_from("abcd"),
    st.integers(0, 9),
    st.integers(0, 4),
    st.sampled_from([CueStatus.FINAL, CueStatus.RETRACTED]),
)
others = st.one_of(
    st.builds(
        lambda at, policy: PolicyEvent(epoch="e", seq=0, change=PolicyChange(at, policy)),
        st.integers(0, 9),
        st.sampled_from(RecordPolicy),
    ),
    st.builds(lambda state: StateEvent(epoch="e", seq=0, state=state), st.sampled_from(MeetingState)),
    st.builds(lambda name: TrackEvent(epoch="e", seq=0, track=Track(name, "en")), st.sampled_from(["floor", "fr"])),
    st.builds(lambda at: ClockEvent(epoch="e", seq=0, at_ms=at, wall_ms=at), st.integers(0, 9)),
    st.builds(
        lambda start, length, reason: GapEvent(epoch="e", seq=0, start=start, end=start + length, reason=reason),
        st.integers(0, 3),
        st.integers(0, 3),
        st.sampled_from(GapReason),
    ),
)


@st.composite
def logs(draw):
    drawn = draw(st.lists(st.one_of(captions, others), max_size=30))
    return [
        caption(seq, *what) if isinstance(what, tuple) else msgspec.structs.replace(what, seq=seq)
        for seq, what in enumerate(drawn, 1)
    ]


@given(logs(), st.data())
def test_a_snapshot_and_the_rest_are_the_whole(log, data):
    cut = data.draw(st.integers(0, len(log)))
    overlap = data.draw(st.integers(0, cut))
    snapshot = Transcript().apply_all(log[:cut]).snapshot()
    rest = Transcript(snapshot).apply_all(log[overlap:])
    whole = Transcript().apply_all(log)
    assert rest.snapshot() == whole.snapshot()
    assert rest.cues("floor") == whole.cues("floor")


def test_a_missing_event_is_told_and_nothing_is_taken():
    transcript = Transcript().apply_all([caption(1, "a", 0, 0, CueStatus.FINAL)])
    with pytest.raises(GapInLog) as gap:
        transcript.apply(caption(3, "b", 5, 0, CueStatus.FINAL))
    assert (gap.value.expected, gap.value.got) == (2, 3)
    assert transcript.seq == 1


def test_another_log_is_a_gap():
    transcript = Transcript().apply_all([caption(1, "a", 0, 0, CueStatus.FINAL)])
    with pytest.raises(GapInLog):
        transcript.apply(msgspec.structs.replace(caption(2, "b", 5, 0, CueStatus.FINAL), epoch="other"))


def test_revisions():
    transcript = Transcript().apply_all([caption(1, "a", 0, 3, CueStatus.RETRACTED)])
    assert transcript.revision("floor", "a") == 3
    assert transcript.revision("floor", "b") == -1
    assert transcript.cues("floor") == []
    assert transcript.latest("floor", "a").status is CueStatus.RETRACTED
    assert transcript.latest("floor", "b") is None
