"""Every fault of a set-up: how it comes about, and that the form can say it in each of its languages."""

import json
import re
from pathlib import Path

import pytest

import viewer
from captioner.captions.cue import MAX_NAME
from server.faults import ENGLISH, Fault, InvalidSetup
from server.setup import MAX_AGENDA, MAX_GLOSSARY, MAX_RETENTION, Item, MeetingSetup, Person, checked, decode
from server.setup_files import from_ics, from_toml

LOCALES = Path(viewer.__file__).parent / "host" / "locales"
HOLES = re.compile(r"\{(\w+)\}")
EVENT = (
    "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nSUMMARY:Committee\nDTSTART:20300131T100000Z\n{more}"
    "END:VEVENT\nEND:VCALENDAR\n"
)
NO_DATE = EVENT.replace("DTSTART:20300131T100000Z\n", "").format(more="")
PLAN = "title = 'a'\n"

CAUSES = [
    (checked, MeetingSetup("x" * (MAX_NAME + 1)), "title", Fault.LONG, {"most": MAX_NAME}),
    (checked, MeetingSetup("a", glossary="x" * (MAX_GLOSSARY + 1)), "glossary", Fault.LONG, {"most": MAX_GLOSSARY}),
    (checked, MeetingSetup("a", agenda=(Item(""),)), "agenda.0.title", Fault.EMPTY_LINE, {}),
    (checked, MeetingSetup(" "), "title", Fault.NO_TITLE, {}),
    (checked, MeetingSetup("a", agenda=(Item("b", -1),)), "agenda.0.at_ms", Fault.TIME, {}),
    (checked, MeetingSetup("a", roster=(Person("b"), Person("B"))), "roster.1.name", Fault.NAME_TWICE, {}),
    (checked, MeetingSetup("a", roster=(Person("b", key="x"),)), "roster.0.key", Fault.KEY, {}),
    (checked, MeetingSetup("a", roster=(Person("b", key="1"), Person("c", key="1"))), "roster.1.key", Fault.KEY_TWICE, {}),
    (checked, MeetingSetup("a", languages=("no!",)), "languages", Fault.LANGUAGE, {"tag": "no!"}),
    (checked, MeetingSetup("a", languages=("en", "French")), "languages", Fault.LANGUAGE, {"tag": "French"}),
    (checked, MeetingSetup("a", languages=("fr", "fr")), "languages", Fault.LANGUAGE_TWICE, {"tag": "fr"}),
    (checked, MeetingSetup("a", licence="free"), "licence", Fault.LICENCE, {}),
    (checked, MeetingSetup("a", sign_video="http://a.org"), "sign_video", Fault.SIGN_VIDEO, {}),
    (checked, MeetingSetup("a", retention_days=0), "retention_days", Fault.DAYS, {"most": MAX_RETENTION}),
    (checked, MeetingSetup("a", agenda=(Item("b"),) * (MAX_AGENDA + 1)), "agenda", Fault.LINES, {"most": MAX_AGENDA}),
    (decode, b"{", "", Fault.JSON, {}),
    (decode, b'{"title": 4}', "title", Fault.TEXT, {}),
    (decode, b'{"policy": "x"}', "policy", Fault.RECORD, {}),
    (from_toml, "title = ", "file", Fault.PLAN, {"line": 1, "column": 8}),
    (from_toml, "title = 'a'\nstart = 2030-02-31T10:00:00", "file", Fault.PLAN, {"line": 2, "column": 9}),
    (from_toml, "a = 1\na = 2\n", "file", Fault.PLAN, {"line": 2, "column": 6}),
    (from_toml, "a = " + "9" * 5000, "file", Fault.PLAN, {"line": 1, "column": 5005}),
    (from_toml, PLAN + "colour = 'red'", "colour", Fault.UNKNOWN, None),
    (from_toml, "title = 2030-01-31", "title", Fault.TEXT, {}),
    (from_toml, PLAN + "retention_days = 1.5", "retention_days", Fault.NUMBER, {}),
    (from_toml, PLAN + "keep_signals = 'yes'", "keep_signals", Fault.YES_NO, {}),
    (from_toml, PLAN + "languages = 'en'", "languages", Fault.LIST, {}),
    (from_toml, PLAN + "agenda = 5", "agenda", Fault.PARTS, {}),
    (from_toml, PLAN + "agenda = ['b']", "agenda.0", Fault.PARTS, {}),
    (from_toml, PLAN + "[[roster]]\nrole = 'Chair'", "roster.0", Fault.LACKS, {"name": "name"}),
    (from_toml, PLAN + "record = 'maybe'", "record", Fault.RECORD, {}),
    (from_toml, PLAN + "[[agenda]]\ntitle = 'b'\nat = 10:00:00", "agenda.0.at", Fault.AT, {}),
    (from_ics, "hello", "file", Fault.CALENDAR, {}),
    (from_ics, NO_DATE, "file", Fault.NO_EVENT, {}),
    (from_ics, EVENT.replace("20300131", "20309931").format(more=""), "file", Fault.DATE, {"text": "20309931T100000Z"}),
    (from_ics, EVENT.format(more="DTEND:soon\n"), "file", Fault.DATE, {"text": "soon"}),
    (from_ics, EVENT.format(more="DURATION:P99999999D\n"), "file", Fault.DATE, {"text": "P99999999D"}),
    (from_ics, EVENT.replace("20300131T100000Z", "00010101").format(more=""), "file", Fault.DATE, {"text": "00010101"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reads", "what", "field", "fault", "values"), CAUSES, ids=[f"{each[3]}-{n}" for n, each in enumerate(CAUSES)]
)
def test_each_fault_comes_with_its_place_and_values(reads, what, field, fault, values):
    with pytest.raises(InvalidSetup) as caught:
        reads(what)
    (error,) = caught.value.errors
    assert (error.field, error.fault) == (field, fault)
    assert values in (None, error.values)
    assert error.problem == ENGLISH[fault].format(**error.values)


def test_every_fault_is_brought_about_here():
    by_routes = {Fault.SIZE}  # what is too large is not read at all: test_setup_routes.py
    assert {cause[3] for cause in CAUSES} | by_routes == set(Fault)


def words(file):
    """Return a catalogue's texts of faults."""
    found = re.findall(r'"fault\.(\w+)": ("(?:[^"\\]|\\.)*")', file.read_text(encoding="utf-8"))
    return {code: json.loads(text) for code, text in found}


def test_the_form_says_each_fault_in_every_language():
    files = sorted(LOCALES.glob("*.js"))
    assert [file.stem for file in files] == ["ar", "en", "es", "fr", "ru", "zh"]
    for file in files:
        said = words(file)
        assert set(said) == set(Fault), file.stem
        for fault, english in ENGLISH.items():
            assert sorted(HOLES.findall(said[fault])) == sorted(HOLES.findall(english)), f"{file.stem}: {fault}"
            assert (said[fault] == english) is (file.stem == "en"), f"{file.stem}: {fault}"
