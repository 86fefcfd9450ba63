import pytest

from captioner.captions.cue import RecordPolicy
from server.faults import InvalidSetup
from server.setup import Item, Person
from server.setup_files import from_ics, from_toml

PLAN = """
title = "Committee on accessible meetings"
series = "DCAD"
languages = ["en", "fr"]
licence = "https://creativecommons.org/licenses/by/4.0/"
record = "chatham"
start = 2030-01-31T23:30:00
retention_days = 90
two_person_release = true
glossary = '''
DCAD = decad, D-card
Secretariat
'''
[[agenda]]
at = 23:30:00
title = "Opening"
[[agenda]]
at = 00:15:00
title = "Report"
[[agenda]]
at = 60
title = "Any other business"
[[roster]]
name = "Ana Sanchez"
role = "Chair"
key = "1"
consent = true
"""

INVITATION = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
BEGIN:VEVENT
UID:1@example.org
DTSTART:20300131T100000Z
DTEND:20300131T120000Z
SUMMARY;LANGUAGE=fr:Réunion du comité
ORGANIZER;CN=Ana Sanchez:mailto:ana@example.org
ATTENDEE;CN="Li, Bo";ROLE=REQ-PARTICIPANT:mailto:bo@example.org
ATTENDEE;CN=Room 4;CUTYPE=ROOM:mailto:room4@example.org
ATTENDEE;CN=someone@example.org:mailto:someone@example.org
DESCRIPTION:Join at https://example.org/j/1\\n10:00 Ouverture\\n10.15 - Rapport\\n3. Divers\\nMerci
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT15M
DESCRIPTION:09:45 Reminder
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def test_a_plan():
    setup = from_toml(PLAN)
    assert setup.policy is RecordPolicy.CHATHAM
    assert setup.agenda == (Item("Opening", 0), Item("Report", 45 * 60_000), Item("Any other business", 60 * 60_000))
    assert setup.roster == (Person("Ana Sanchez", "", "Chair", "1", consent=True),)
    assert setup.glossary.splitlines() == ["DCAD = decad, D-card", "Secretariat"]
    assert (setup.retention_days, setup.two_person_release, setup.keep_signals) == (90, True, False)


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ("title = ", "file"),
        ("title = 'a'\ncolour = 'red'", "colour"),
        ("title = 'a'\nrecord = 'maybe'", "record"),
        ("title = 'a'\n[[agenda]]\ntitle = 'b'\nat = 10:00:00", "agenda.0.at"),
        ("title = 'a'\n[[roster]]\nname = 'b'\nkey = 'x'", "roster.0.key"),
    ],
)
def test_a_wrong_plan_says_where(plan, field):
    with pytest.raises(InvalidSetup) as caught:
        from_toml(plan)
    assert caught.value.errors[0].field == field


def test_an_invitation():
    setup = from_ics(INVITATION)
    assert setup.title == "Réunion du comité"
    assert setup.languages == ("fr",)
    assert setup.agenda == (Item("Ouverture", 0), Item("Rapport", 15 * 60_000), Item("Divers"))
    assert [(one.name, one.role, one.consent) for one in setup.roster] == [
        ("Ana Sanchez", "Chair", False), ("Li, Bo", "", False),
    ]  # fmt: skip
    assert "example.org" not in repr(setup)
    assert "Reminder" not in repr(setup)


def test_a_language_that_is_no_code_is_left_out():
    assert from_ics(INVITATION.replace("LANGUAGE=fr", "LANGUAGE=French")).languages == ()


def test_events_within_the_meeting_are_its_agenda():
    inner = "BEGIN:VEVENT\nUID:2\nDTSTART:20300131T110000Z\nDURATION:PT30M\nSUMMARY:Talk\nEND:VEVENT\n"
    other = "BEGIN:VEVENT\nUID:3\nDTSTART:20300201T110000Z\nDURATION:PT30M\nSUMMARY:Next day\nEND:VEVENT\n"
    setup = from_ics(INVITATION.replace("END:VCALENDAR", inner + other + "END:VCALENDAR"))
    assert setup.agenda == (Item("Talk", 3_600_000),)


@pytest.mark.parametrize("text", ["", "hello", "BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR"])
def test_no_invitation(text):
    with pytest.raises(InvalidSetup):
        from_ics(text)
