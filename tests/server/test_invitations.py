import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Meeting
from server.archive.log import EventLog
from server.invitations import INVITABLE, MAX_HOURS, Invitations, NotValid, load, store
from server.roles import Grant

NOW = 1_700_000_000_000


@pytest.fixture
def invitations():
    return Invitations("secret of the host", [])


def invite(invitations, role=Grant.CORRECTOR, meeting="m1", hours=1.0):
    made, token = invitations.make(meeting, role, hours, NOW, "for the\nstenographer")
    invitations.add(made)
    return made, token


@pytest.mark.parametrize("role", INVITABLE)
def test_a_token_gives_its_role_in_its_meeting_until_its_end(invitations, role):
    made, token = invite(invitations, role)
    claim = invitations.check(token, "m1", NOW)
    assert (claim.grant, claim.invitation, claim.expires) == (role, made.id, NOW + 3_600_000)
    assert made.label == "for the stenographer"
    for meeting, now in (("m2", NOW), ("m1", NOW + 3_600_000)):
        with pytest.raises(NotValid, match="host"):
            invitations.check(token, meeting, now)


def test_a_revoked_or_forgotten_invitation_gives_nothing(invitations):
    made, token = invite(invitations)
    invitations.add(made.withdrawn())
    with pytest.raises(NotValid, match="revoked"):
        invitations.check(token, "m1", NOW)
    with pytest.raises(NotValid, match="revoked"):
        Invitations("secret of the host", []).check(token, "m1", NOW)


def test_another_server_s_token_gives_nothing(invitations):
    made, _ = invite(invitations)
    other = Invitations("another secret", [made])
    with pytest.raises(NotValid, match="older key"):
        invitations.check(other.token(made), "m1", NOW)


def test_a_role_cannot_be_changed_in_the_token(invitations):
    made, token = invite(invitations, Grant.VIEWER)
    risen = invitations.token(msgspec.structs.replace(made, role=Grant.HOST))
    forged = risen.rpartition(".")[0] + "." + token.rpartition(".")[2]
    with pytest.raises(NotValid):
        invitations.check(forged, "m1", NOW)


@given(st.text(max_size=300))
def test_nonsense_gives_nothing(token):
    with pytest.raises(NotValid):
        Invitations("x", []).check(token, "m1", NOW)


@pytest.mark.parametrize(
    ("meeting", "role", "hours"),
    [("../m", Grant.VIEWER, 1), ("m", Grant.STRANGER, 1), ("m", Grant.VIEWER, 0), ("m", Grant.VIEWER, MAX_HOURS + 1),
     ("m", Grant.VIEWER, float("nan"))],
)  # fmt: skip
def test_what_cannot_be_an_invitation(invitations, meeting, role, hours):
    with pytest.raises(NotValid):
        invitations.make(meeting, role, hours, NOW)


def test_the_table_keeps_what_it_gives_and_not_the_token(tmp_path, invitations):
    log = EventLog(tmp_path)
    log.open_meeting(Meeting("m1", "A meeting", NOW), [])
    made, token = invite(invitations)
    store(log, made)
    store(log, made.withdrawn())
    assert load(log) == [made.withdrawn()]
    log.close()
    signature = token.rpartition(".")[2].encode()
    assert all(signature not in path.read_bytes() for path in tmp_path.iterdir())
    assert Invitations("x", [made]).of("m1") == [made]
    assert Invitations("x", [made]).of("m2") == []
