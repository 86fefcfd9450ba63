import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track
from captioner.captions.policy import PolicyChange
from server import session as effects_of
from server.invitations import Claim, NotValid
from server.roles import Grant, Verb, allowed
from server.session import (
    Append,
    Close,
    CloseCode,
    EndMeeting,
    Guess,
    Join,
    Pause,
    Reported,
    Send,
    Session,
    Speak,
    Subscribe,
    SwitchPolicy,
)

UPDATE = CueUpdate(Cue("c1", 0, 1000, "Hello.", "en"), 1, CueStatus.FINAL)
CHANGE = PolicyChange(5, RecordPolicy.OFF_RECORD)
PUBLISHER = wire.Hello(
    role=wire.Role.PUBLISHER, meeting="m", token="host", track=Track("floor", "en"), title=" A\ttitle ",
    policy=RecordPolicy.ON_RECORD,
)  # fmt: skip
VIEWER = wire.Hello(role=wire.Role.VIEWER, meeting="m", epoch="e", after=7)
CORRECTION = wire.Correct(track="floor", update=UPDATE, base=0)
SIGNAL = wire.Signal(signal=wire.SignalKind.WHO, text="?")
VERBS = {
    "update": (Verb.APPEND, wire.Update(update=UPDATE), Append(UPDATE)),
    "report": (Verb.REPORT, wire.Report(health=wire.Health.DELAYED, behind_ms=-5), Reported(wire.Health.DELAYED, 0)),
    "set_policy": (Verb.SWITCH_POLICY, wire.SetPolicy(change=CHANGE), SwitchPolicy(CHANGE)),
    "end": (Verb.CONTROL, wire.End(), EndMeeting()),
    "hand_back": (Verb.APPEND, wire.HandBack(), effects_of.HandBack()),
    "correct": (Verb.CORRECT, CORRECTION, effects_of.Correct(CORRECTION)),
    "signal": (Verb.SIGNAL, SIGNAL, effects_of.Signal(SIGNAL)),
    "pause": (Verb.CONTROL, wire.Control(action=wire.Action.PAUSE), Pause(on=True)),
    "resume": (Verb.CONTROL, wire.Control(action=wire.Action.RESUME), Pause(on=False)),
    "end by control": (Verb.CONTROL, wire.Control(action=wire.Action.END), EndMeeting(asked=True)),
    "speaker": (Verb.CORRECT, wire.Speaker(track="floor", name=" A\tB "), Speak("floor", "A B")),
    "rename": (Verb.CORRECT, wire.Rename(track="floor", old="A", new="B"), effects_of.Rename("floor", "A", "B")),
}
ROLES = {
    Grant.VIEWER: wire.Role.VIEWER,
    Grant.CORRECTOR: wire.Role.CORRECTOR,
    Grant.CAPTIONER: wire.Role.PUBLISHER,
    Grant.ARCHIVIST: wire.Role.ARCHIVIST,
    Grant.HOST: wire.Role.HOST,
}


class Doors:
    """Every role has a token of its name; meeting "shut" wants a passcode."""

    def claim(self, token, meeting):
        if token not in set(Grant) - {Grant.STRANGER}:
            raise NotValid("ask the host")
        return Claim(Grant(token))

    def locked(self, meeting):
        return meeting == "shut"


def hello(grant, token=None, **changes):
    fields = {"role": ROLES[grant], "meeting": "m", "track": Track("floor", "en"), "token": token or grant} | changes
    return wire.encode(wire.Hello(**fields))


def session(grant=Grant.STRANGER):
    made = Session(Doors())
    if grant is not Grant.STRANGER:
        made.receive(hello(grant))
    assert made.grant is grant
    return made


def refusal(effects):
    send, close = effects
    assert isinstance(send, Send)
    assert isinstance(close, Close)
    assert send.message.fatal
    assert send.message.message
    return send.message.code, close.code


@pytest.mark.parametrize("grant", Grant)
@pytest.mark.parametrize("name", VERBS)
def test_every_message_in_every_role(name, grant):
    verb, message, effect = VERBS[name]
    effects = session(grant).receive(wire.encode(message))
    if allowed(grant, verb):
        assert effects == (effect,)
    elif grant is Grant.STRANGER:
        assert effects[0].message.message == "say hello first"
    else:
        assert refusal(effects) == (wire.ErrorCode.UNAUTHORISED, CloseCode.POLICY_VIOLATION)


def test_every_message_that_a_client_may_send_has_a_verb():
    asked = set(effects_of.VERBS) | {wire.Hello, wire.Ping, wire.Pong}
    assert asked == set(wire.FromClient.__args__)


@pytest.mark.parametrize("token", sorted(set(Grant) - {Grant.STRANGER}))
@pytest.mark.parametrize("wanted", ROLES)
def test_what_a_token_makes_of_a_hello(wanted, token):
    made = Session(Doors())
    effects = made.receive(hello(wanted, token))
    if wanted is Grant.VIEWER:
        assert effects == (Subscribe("m", "", 0),)
        assert made.grant is Grant.VIEWER  # no more than was asked for
    elif wanted is Grant.CAPTIONER and token in {Grant.CAPTIONER, Grant.HOST}:
        assert isinstance(effects[0], Join)
        assert made.grant == token  # a publisher with the host's token also ends the meeting
    elif token in {wanted, Grant.HOST} and wanted is not Grant.CAPTIONER:
        assert effects == (Subscribe("m", "", 0, wanted),)
        assert made.grant is wanted
    else:
        assert refusal(effects)[0] is wire.ErrorCode.UNAUTHORISED
        assert made.grant is Grant.STRANGER


def test_a_meeting_with_a_passcode():
    made = Session(Doors())
    frame = wire.encode(wire.Hello(role=wire.Role.VIEWER, meeting="shut", passcode="open sesame", after=3, epoch="e"))
    assert made.receive(frame) == (Guess("shut", "open sesame"),)
    assert made.grant is Grant.STRANGER
    assert made.silent() == ()
    assert made.receive(wire.encode(SIGNAL))[0].message.fatal
    assert made.let_in() == (Subscribe("shut", "e", 3),)
    assert made.grant is Grant.VIEWER
    assert made.let_in() == ()
    other = Session(Doors())
    other.receive(frame)
    assert refusal(other.keep_out("wrong", limited=False))[0] is wire.ErrorCode.PASSCODE
    assert refusal(other.keep_out("wrong", limited=True))[0] is wire.ErrorCode.TOO_MANY
    assert other.let_in() == ()
    assert other.grant is Grant.STRANGER


def test_an_invitation_opens_a_meeting_with_a_passcode_and_a_bad_one_is_told():
    assert session(Grant.VIEWER).claim.grant is Grant.VIEWER
    made = Session(Doors())
    assert made.receive(hello(Grant.VIEWER, meeting="shut")) == (Subscribe("shut", "", 0),)
    bad = Session(Doors())
    assert refusal(bad.receive(hello(Grant.VIEWER, "nonsense", meeting="shut")))[0] is wire.ErrorCode.UNAUTHORISED
    assert Session(Doors()).receive(hello(Grant.VIEWER, "nonsense")) == (Subscribe("m", "", 0),)


def test_an_invited_captioner_does_not_choose_the_policy():
    policy = RecordPolicy.ON_RECORD
    (join,) = Session(Doors()).receive(hello(Grant.CAPTIONER, policy=policy))
    assert join.hello.policy is None
    (join,) = Session(Doors()).receive(hello(Grant.CAPTIONER, Grant.HOST, policy=policy))
    assert join.hello.policy is policy


@pytest.mark.parametrize("change", [{"base": -2}, {"update": CueUpdate(UPDATE.cue, 1, CueStatus.PARTIAL)}])
def test_a_correction_that_is_none(change):
    fields = {"track": "floor", "update": UPDATE, "base": 0} | change
    (send,) = session(Grant.CORRECTOR).receive(wire.encode(wire.Correct(**fields)))
    assert (send.message.code, send.message.fatal) == (wire.ErrorCode.MALFORMED, False)


@pytest.mark.parametrize("grant", Grant)
def test_ping_and_pong(grant):
    assert session(grant).receive(wire.encode(wire.Ping())) == (Send(wire.Pong()),)
    assert session(grant).receive(wire.encode(wire.Pong())) == ()


def test_hello_of_a_viewer_and_again():
    viewer = session(Grant.VIEWER)
    assert viewer.receive(wire.encode(VIEWER)) == (Subscribe("m", "e", 7),)
    assert refusal(viewer.receive(wire.encode(PUBLISHER)))[0] is wire.ErrorCode.MALFORMED
    assert refusal(session(Grant.CAPTIONER).receive(wire.encode(PUBLISHER)))[0] is wire.ErrorCode.MALFORMED


def test_hello_of_a_publisher_hides_its_token_and_cleans_its_title():
    (join,) = session().receive(wire.encode(PUBLISHER))
    assert isinstance(join, Join)
    assert (join.hello.token, join.hello.title) == ("", "A title")


@pytest.mark.parametrize("change", [{"token": ""}, {"token": "wrong"}])
def test_a_wrong_token(change):
    made = session()
    claimed = wire.Hello(role=wire.Role.PUBLISHER, meeting="m", track=Track("floor", "en"), **change)
    assert refusal(made.receive(wire.encode(claimed)))[0] is wire.ErrorCode.UNAUTHORISED
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
    fields = {"role": wire.Role.PUBLISHER, "meeting": "m", "token": "host", "track": Track("floor", "en")} | change
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
