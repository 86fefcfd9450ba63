"""A set-up from a file that hosts have anyway: a TOML plan, or a calendar's invitation (ICS, RFC 5545).

Addresses of people are never taken over; an invitation's guests come into the roster as not having agreed to be named.
"""

import re
import tomllib
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
from icalendar import Calendar, Event

from captioner.captions.cue import MAX_NAME, RecordPolicy, clean_text
from server.faults import Fault, InvalidSetup, invalid, misfit, wrong
from server.setup import MAX_AGENDA, MAX_ROSTER, Item, MeetingSetup, Person, checked, is_language

_TIMED = re.compile(
    r"(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)\s*(?:h|hrs?)?\s*[-\u2013\u2014:.)]*\s*(?P<title>\D.*)"
)
_AT_LINE = re.compile(r"\(at line (?P<line>\d+), column (?P<column>\d+)\)")
_MOST_UNKNOWN = 20  # settings that are told: a file of something else may have thousands
_LISTED = re.compile(r"(?:[-*•]|\d{1,2}[.)])\s+(?P<title>.+)")
KNOWN = {
    "title", "series", "languages", "licence", "record", "start", "agenda", "roster", "glossary", "keep_signals",
    "two_person_release", "retention_days", "sign_video",
}  # fmt: skip


def from_toml(text: str) -> MeetingSetup:
    """Read a plan; InvalidSetup says what is wrong and where."""
    try:
        plan = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise invalid(Fault.PLAN, "file", **_place(str(error), text)) from error
    unknown = sorted(set(plan) - KNOWN)
    if unknown:
        known = ", ".join(sorted(KNOWN))
        errors = (wrong(Fault.UNKNOWN, name[:MAX_NAME], known=known) for name in unknown[:_MOST_UNKNOWN])
        raise InvalidSetup(tuple(errors))
    start = plan.pop("start", None)
    plan["policy"] = plan.pop("record", RecordPolicy.ON_RECORD)
    agenda = plan.get("agenda", ())
    for number, item in enumerate(agenda if isinstance(agenda, list) else ()):
        if isinstance(item, dict) and "at" in item:
            item["at_ms"] = _at(item.pop("at"), start, number)
    try:
        return checked(msgspec.convert(plan, MeetingSetup))
    except msgspec.ValidationError as error:
        found = misfit(error)
        if found.fault is Fault.RECORD:
            found = msgspec.structs.replace(found, field="record")  # as a plan calls it
        raise InvalidSetup((found,)) from error


def _place(said: str, text: str) -> dict[str, int]:
    """Return where a plan cannot be read; its end, where that is not known."""
    if found := _AT_LINE.search(said):
        return {"line": int(found["line"]), "column": int(found["column"])}
    lines = text.rstrip().splitlines() or [""]
    return {"line": len(lines), "column": len(lines[-1]) + 1}


def _at(value: object, start: object, number: int) -> int:
    """Return ms after the beginning: a number is minutes, a time of day needs the plan's `start`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value * 60_000
    if isinstance(value, time) and isinstance(start, datetime):
        return _after(start, value)
    raise invalid(Fault.AT, f"agenda.{number}.at")


def _after(start: datetime, of_day: time) -> int:
    waits = datetime.combine(start, of_day) - start.replace(tzinfo=None)
    return round(waits % timedelta(days=1) / timedelta(milliseconds=1))  # a meeting may go over midnight


def from_ics(text: str) -> MeetingSetup:
    """Read an invitation: the longest event is the meeting, events within it or its description's lines the agenda."""
    try:
        events = [part for part in Calendar.from_ical(text).walk("VEVENT") if isinstance(part, Event)]
    except (ValueError, IndexError, KeyError) as error:
        raise invalid(Fault.CALENDAR, "file") from error
    timed = [event for event in events if _start(event) is not None]
    if not timed:
        raise invalid(Fault.NO_EVENT, "file")
    meeting = max(timed, key=_length)
    begins, ends = _start(meeting), _end(meeting)
    inside = [
        event
        for event in timed
        if event is not meeting and begins and ends and begins <= (_start(event) or begins) < ends
    ]
    agenda = [Item(_line(event.get("SUMMARY", "")), _ms(begins, _start(event))) for event in inside]
    agenda.sort(key=lambda item: item.at_ms or 0)
    if not agenda:
        agenda = _described(str(meeting.get("DESCRIPTION", "")), begins)
    return checked(
        MeetingSetup(
            title=_line(meeting.get("SUMMARY", "")) or "Meeting",
            languages=_languages(meeting),
            agenda=tuple(item for item in agenda if item.title)[:MAX_AGENDA],
            roster=_guests(meeting),
            policy=RecordPolicy.ON_RECORD,
        )
    )


def _described(text: str, begins: datetime | None) -> list[Item]:
    """Return the lines of a description that look like an agenda's: "10:15 Report", "2. Report", "- Report"."""
    items = []
    for raw in text.splitlines():
        line = _line(raw)
        if (found := _TIMED.fullmatch(line)) and begins:
            at = _after(begins, time(int(found["hour"]), int(found["minute"])))
            items.append(Item(found["title"], at))
        elif found := _LISTED.fullmatch(line):
            items.append(Item(found["title"]))
    return items


def _guests(meeting: Event) -> tuple[Person, ...]:
    people: dict[str, Person] = {}
    for kind, role in (("ORGANIZER", "Chair"), ("ATTENDEE", "")):
        found = meeting.get(kind, [])
        for guest in found if isinstance(found, list) else [found]:
            params: Any = getattr(guest, "params", {})
            name = _line(params.get("CN", ""))
            room = str(params.get("CUTYPE", "")).upper() in {"ROOM", "RESOURCE", "GROUP"}
            if name and not room and "@" not in name:
                people.setdefault(name.casefold(), Person(name, role=role))
    return tuple(people.values())[:MAX_ROSTER]


def _languages(meeting: Event) -> tuple[str, ...]:
    params: Any = getattr(meeting.get("SUMMARY", ""), "params", {})
    tag = str(params.get("LANGUAGE", ""))
    return (tag,) if is_language(tag) else ()


def _line(text: object) -> str:
    return clean_text(str(text))[:MAX_NAME]


def _dated(event: Event, name: str) -> Any:
    """Return a date, time or duration of an event; InvalidSetup where it is none."""
    found = event.get(name)
    try:
        value = getattr(found, "dt", None)
        if isinstance(value, datetime):
            return value if value.tzinfo else value.astimezone()
        return datetime.combine(value, time()).astimezone() if isinstance(value, date) else value
    except (ValueError, OverflowError) as error:
        raise _undated(event, name) from error


def _undated(event: Event, name: str) -> InvalidSetup:
    written: Any = event[name]
    return invalid(Fault.DATE, "file", text=_line(written.to_ical().decode()))


def _start(event: Event) -> datetime | None:
    found = _dated(event, "DTSTART")
    return found if isinstance(found, datetime) else None


def _end(event: Event) -> datetime | None:
    found, begins, lasts = _dated(event, "DTEND"), _start(event), _dated(event, "DURATION")
    if not isinstance(found, datetime) and begins is not None and isinstance(lasts, timedelta):
        try:
            return begins + lasts
        except OverflowError as error:
            raise _undated(event, "DURATION") from error
    return found if isinstance(found, datetime) else None


def _length(event: Event) -> float:
    begins, ends = _start(event), _end(event)
    return (ends - begins).total_seconds() if begins and ends else 0.0


def _ms(begins: datetime | None, moment: datetime | None) -> int | None:
    if begins is None or moment is None:
        return None
    return round((moment - begins).total_seconds() * 1000)
