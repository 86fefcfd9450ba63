import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track
from captioner.captions.policy import PolicyChange
from server.roles import Grant
from server.session import Append, Close, CloseCode, EndMeeting, Join, Reported, Send, Session, Subscribe, SwitchPolicy

UPDATE = CueUpdate(Cue("c1", 0, 1000, "Hello.", "en"), 1, CueStatus.FINAL)
CHANGE = PolicyChange(5, RecordPolicy.OFF_RECORD)
PUBLISHER = wire.Hello(
    role=wire.Role.PUBLISHER, meeting="m", token="right", track=Track("floor", "en"), title=" A\ttitle "
)
VIEWER = wire.Hello(role=wire.Role.VIEWER, meeting="m", epoch="e", after=7)
VERBS = {
    "update": (wire.Update(update=UPDATE), Append(UPDATE)),
    "report": (wire.Report(health=wire.Health.DELAYED, behind_ms=-5), Reported(wire.Health.DELAYED, 0)),
    "set_policy": (wire.SetPolicy(change=CHANGE), SwitchPolicy(CHANGE)),
    "end": (wire.End(), EndMeeting()),
}


def session(grant=Grant.STRANGER):
    made = Session(lambda token: token == "right")
    if grant is Grant.HOST:
        made.receive(wire.encode(PUBLISHER))
    elif grant is Grant.VIEWER:
        made.receive(wire.encode(VIEWER))
    assert made.grant is grant
    return made


def refusal(effects):
    send, close = effects
    assert isinstance(send, Send)
    assert isinstance(close, Close)
    assert send.message.fatal
    assert send.message.message
    return send.message.code, close.code


@pytest.mark.parametrize("name", VERBS)
def test_only_the_host_may_publish(name):
    message, effect = VERBS[name]
    frame = wire.encode(message)
    assert session(Grant.HOST).receive(frame) == (effect,)
    assert refusal(session(Grant.VIEWER).receive(frame)) == (wire.ErrorCode.UNAUTHORISED, CloseCode.POLICY_VIOLATION)
    assert session().receive(frame)[0].message.message == "say hello first"


@pytest.mark.parametrize("grant", Grant)
def test_ping_and_pong(grant):
    assert session(grant).receive(wire.encode(wire.Ping())) == (Send(wire.Pong()),)
    assert session(grant).receive(wire.encode(wire.Pong())) == ()


def test_hello_of_a_viewer_and_again():
    viewer = session(Grant.VIEWER)
    assert viewer.receive(wire.encode(VIEWER)) == (Subscribe("m", "e", 7),)
    assert refusal(viewer.receive(wire.encode(PUBLISHER)))[0] is wire.ErrorCode.MALFORMED


def test_hello_of_a_publisher_hides_its_token_and_cleans_its_title():
    (join,) = session().receive(wire.encode(PUBLISHER))
    assert isinstance(join, Join)
    assert (join.hello.token, join.hello.title) == ("", "A title")


@pytest.mark.parametrize("change", [{"token": ""}, {"token": "wrong"}])
def test_a_wrong_token(change):
    made = session()
    hello = wire.Hello(role=wire.Role.PUBLISHER, meeting="m", track=Track("floor", "en"), **change)
    assert refusal(made.receive(wire.encode(hello)))[0] is wire.ErrorCode.UNAUTHORISED
    assert made.grant is Grant.STRANGER


@pytest.mark.parametrize(
    "change",
    [
        {"track": None},
        {"track": Track("a/b", "en")},
        {"track": Track("floor", "?")},
        {"meeting": "../x"},
        {"title": "x" * 201},
        {"publisher": "x" * 201},
    ],
)
def test_a_broken_hello(change):
    fields = {"role": wire.Role.PUBLISHER, "meeting": "m", "token": "right", "track": Track("floor", "en")} | change
    made = session()
    assert made.receive(wire.encode(wire.Hello(**fields)))[0].message.code is wire.ErrorCode.MALFORMED
    assert made.grant is Grant.STRANGER


def test_a_broken_cue_is_refused_alone():
    broken = CueUpdate(Cue("c1", 5, 1, "Hello.", "en"), 3, CueStatus.FINAL)
    (send,) = session(Grant.HOST).receive(wire.encode(wire.Update(update=broken)))
    error = send.message
    assert (error.code, error.fatal, error.cue, error.revision) == (wire.ErrorCode.MALFORMED, False, "c1", 3)
    assert "Hello" not in error.message


def test_a_policy_must_have_a_time_of_the_meeting():
    frame = wire.encode(wire.SetPolicy(change=PolicyChange(-1, RecordPolicy.ON_RECORD)))
    assert refusal(session(Grant.HOST).receive(frame))[0] is wire.ErrorCode.MALFORMED


def test_limits_by_role():
    frame = '{"type":"ping","x":"' + "x" * 5000 + '"}'
    assert refusal(session(Grant.VIEWER).receive(frame)) == (wire.ErrorCode.TOO_LARGE, CloseCode.TOO_LARGE)
    assert refusal(session().receive(frame)) == (wire.ErrorCode.TOO_LARGE, CloseCode.TOO_LARGE)
    assert session(Grant.HOST).receive(frame) == (Send(wire.Pong()),)


def test_only_a_stranger_is_ended_for_silence():
    assert refusal(session().silent())[0] is wire.ErrorCode.MALFORMED
    assert session(Grant.VIEWER).silent() == ()


@given(st.sampled_from(Grant), st.text() | st.binary())
def test_nothing_that_is_sent_raises(grant, frame):
    assert isinstance(session(grant).receive(frame), tuple)
