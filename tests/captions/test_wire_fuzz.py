"""Whatever a client sends, the decoder gives a message or a WireError, and never looks at more than it may."""

import typing

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track
from captioner.captions.errors import MessageTooLarge, WireError
from captioner.captions.policy import PolicyChange

_UPDATE = CueUpdate(Cue("c1", 0, 999, "Good morning.", "en", "Ana"), 1, CueStatus.FINAL)
SAMPLES = (
    wire.Hello(role=wire.Role.PUBLISHER, meeting="m1", track=Track("floor", "en"), policy=RecordPolicy.ON_RECORD),
    wire.Update(update=_UPDATE),
    wire.Report(health=wire.Health.LIVE, level_db=-20, cpu=50),
    wire.OutputHealth(outputs=(wire.Output("Zoom", "zoom", wire.OutputState.OK),)),
    wire.SetPolicy(change=PolicyChange(0, RecordPolicy.OFF_RECORD)),
    wire.End(), wire.HandBack(), wire.Ping(), wire.Pong(),
    wire.Correct(track="floor", update=_UPDATE, base=1),
    wire.Signal(signal=wire.SignalKind.QUESTION, text="Why?"),
    wire.Mark(id=1, state=wire.SignalState.SEEN),
    wire.Control(action=wire.Action.PAUSE),
    wire.Speaker(track="floor", name="Ana"),
    wire.Rename(track="floor", old="Ana", new="Anna"),
    wire.Editing(track="floor", cue="c1"),
)  # fmt: skip
_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def taken(frame, limit=wire.MAX_FROM_PUBLISHER):
    try:
        message = wire.decode_from_client(frame, limit)
    except WireError:
        return None
    assert isinstance(message, wire.FromClient)
    assert wire.decode_from_client(wire.encode(message), 10 * limit) == message, "what was taken can be sent on"
    return message


def test_there_is_a_sample_of_every_message_and_each_is_taken():
    assert {type(each) for each in SAMPLES} == set(typing.get_args(wire.FromClient))
    for each in SAMPLES:
        assert taken(wire.encode(each)) == each


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300))
def test_any_bytes(frame):
    taken(frame)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SAMPLES), st.integers(0, 400), st.integers(0, 8), st.binary(max_size=8))
def test_a_true_message_with_bytes_changed(message, at, gone, put):
    raw = wire.encode(message).encode()
    at %= len(raw) + 1
    taken(raw[:at] + put + raw[at + gone :])


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_a_true_message_with_a_value_changed(message, data):
    fields = msgspec.json.decode(wire.encode(message))
    fields[data.draw(st.sampled_from([*fields, "new"]))] = data.draw(_values)
    taken(msgspec.json.encode(fields))


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 200), st.sampled_from(["a", "é", "\ud800", "\U0001f600"]))
def test_never_more_than_the_limit(over, letter):
    for frame in (letter * (wire.MAX_FROM_VIEWER + over), b" " * (wire.MAX_FROM_VIEWER + over)):
        try:
            wire.decode_from_client(frame, wire.MAX_FROM_VIEWER)
        except MessageTooLarge:
            continue
        raise AssertionError(letter)


def test_deep_nesting():
    for opened in ('{"type":"hello","role":' + "[" * 30_000, "[" * 60_000, '{"a":' * 10_000):
        assert taken(opened) is None
