import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState, Origin, RecordPolicy, Track, Word
from captioner.captions.errors import MalformedMessage, MessageTooLarge, WireError
from captioner.captions.event import CaptionEvent, ClockEvent, GapEvent, GapReason, PolicyEvent, StateEvent, TrackEvent
from captioner.captions.policy import PolicyChange
from captioner.captions.transcript import Gap, Snapshot, TrackUpdate

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
whole = st.integers(0, 2**40)
words = st.builds(Word, whole, whole, text, st.floats(0, 1))
updates = st.builds(
    CueUpdate,
    st.builds(Cue, text, whole, whole, text, text, text, st.lists(words, max_size=3).map(tuple)),
    whole,
    st.sampled_from(CueStatus),
    whole,
    st.booleans(),
)
tracks = st.builds(Track, text, text, text)
changes = st.builds(PolicyChange, whole, st.sampled_from(RecordPolicy))
head = {"epoch": text, "seq": whole}
events = st.one_of(
    st.builds(CaptionEvent, **head, track=text, update=updates),
    st.builds(TrackEvent, **head, track=tracks),
    st.builds(PolicyEvent, **head, change=changes),
    st.builds(StateEvent, **head, state=st.sampled_from(MeetingState)),
    st.builds(ClockEvent, **head, at_ms=whole, wall_ms=whole),
    st.builds(GapEvent, **head, start=whole, end=whole, reason=st.sampled_from(GapReason)),
)
gaps = st.builds(Gap, whole, whole, st.sampled_from(GapReason))
shown = st.builds(TrackUpdate, text, updates)
snapshots = st.builds(
    Snapshot, text, whole, st.sampled_from(MeetingState), st.lists(tracks, max_size=2).map(tuple),
    st.lists(changes, max_size=2).map(tuple), st.lists(shown, max_size=2).map(tuple),
    st.lists(gaps, max_size=2).map(tuple),
)  # fmt: skip
policies = st.sampled_from(RecordPolicy)
from_client = st.one_of(
    st.builds(
        wire.Hello, role=st.sampled_from(wire.Role), meeting=text, epoch=text, after=whole, token=text, publisher=text, passcode=text,
        title=text, track=st.none() | tracks, policy=st.none() | policies,
    ),
    st.builds(wire.Update, update=updates),
    st.builds(wire.Report, health=st.sampled_from(wire.Health), behind_ms=whole),
    st.builds(wire.SetPolicy, change=changes),
    st.builds(wire.Correct, track=text, update=updates, base=whole),
    st.builds(wire.Signal, signal=st.sampled_from(wire.SignalKind), text=text, name=text),
    st.builds(wire.Control, action=st.sampled_from(wire.Action)),
    st.builds(wire.Speaker, track=text, name=text),
    st.builds(wire.Rename, track=text, old=text, new=text),
    st.sampled_from([wire.End(), wire.HandBack(), wire.Ping(), wire.Pong()]),
)  # fmt: skip
from_server = st.one_of(
    st.builds(
        wire.Welcome,
        meeting=st.builds(Meeting, text, text, whole),
        epoch=text,
        seq=whole,
        policy=policies,
        now_ms=whole,
        resume_ms=whole,
    ),
    st.builds(wire.SnapshotMessage, snapshot=snapshots, gap=st.booleans()),
    st.builds(wire.EventMessage, event=events),
    st.builds(wire.Live, shown=shown),
    st.builds(
        wire.Status,
        captioners=st.lists(
            st.builds(wire.TrackHealth, text, st.sampled_from(wire.Health), whole, st.sampled_from(Origin)), max_size=2
        ).map(tuple),
        policy=policies,
        paused=st.booleans(),
    ),
    st.builds(
        wire.Signalled,
        id=whole,
        signal=st.sampled_from(wire.SignalKind),
        text=text,
        name=text,
        at_ms=whole,
        count=whole,
    ),
    st.builds(wire.Presence, viewers=whole),
    st.builds(wire.Ack, cue=text, revision=whole),
    st.builds(
        wire.Error, code=st.sampled_from(wire.ErrorCode), message=text, fatal=st.booleans(), cue=text, revision=whole
    ),
    st.builds(wire.Bye, retry_after_ms=whole),
    st.builds(wire.Ended, transcript=text),
    st.sampled_from([wire.Ping(), wire.Pong()]),
)


@given(from_client)
def test_a_client_is_understood(message):
    assert wire.decode_from_client(wire.encode(message)) == message


@given(from_server)
def test_a_server_is_understood(message):
    frame = wire.encode(message)
    assert wire.decode_from_server(frame) == message
    assert wire.decode_from_server(frame.encode()) == message


@given(st.text() | st.binary())
def test_whatever_comes_only_a_wire_error_is_raised(frame):
    for decode in (wire.decode_from_client, wire.decode_from_server):
        with contextlib.suppress(WireError):
            decode(frame)


@pytest.mark.parametrize(
    "frame", ["", "{", "[]", "null", "{}", '{"type":"nothing"}', "[" * 5000, b"\xff\xfe", '"\\ud800"']
)
def test_what_is_no_message(frame):
    with pytest.raises(MalformedMessage, match=r"captions\.v1"):
        wire.decode_from_client(frame)


def test_unknown_fields_are_ignored():
    assert wire.decode_from_client('{"type":"ping","new":1}') == wire.Ping()


def test_limits_count_bytes():
    frame = wire.encode(wire.Hello(role=wire.Role.VIEWER, meeting="ä" * 3000))
    with pytest.raises(MessageTooLarge, match="4096"):
        wire.decode_from_client(frame, wire.MAX_FROM_VIEWER)
    assert wire.decode_from_client(frame)


def test_errors_do_not_repeat_what_was_sent():
    secret = "Rumpelstiltskin"
    update = msgspec.to_builtins(
        wire.Update(update=CueUpdate(Cue("c", 0, 1, secret, "en", secret), 1, CueStatus.FINAL))
    )
    frames = [
        f'{{"type":"{secret}"}}',
        f'{{"type":"hello","role":"{secret}","meeting":"m"}}',
        f"{secret}",
        f'{{"type":"update","update":"{secret}"}}',
    ]
    frames += [msgspec.json.encode(update | {"update": update["update"] | {"status": secret}}).decode()]
    frames += [msgspec.json.encode(update).decode().replace('"start":0', f'"start":"{secret}"')]
    for frame in frames:
        with pytest.raises(MalformedMessage) as error:
            wire.decode_from_client(frame)
        assert secret not in str(error.value)
        assert error.value.__cause__ is None


def test_names_on_the_wire_that_python_keeps_for_itself():
    frame = wire.encode(wire.Rename(track="floor", old="A", new="B"))
    assert frame == '{"type":"rename","track":"floor","from":"A","to":"B"}'
