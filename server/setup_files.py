"""A set-up from a file that hosts have anyway: a TOML plan, or a calendar's invitation (ICS, RFC 5545).

Addresses of people are never taken over; an invitation's guests come into the roster as not having agreed to be named.
"""

import re
import tomllib
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
from icalendar import Calendar, Event

from captioner.captions.cue import MAX_NAME, RecordPolicy, check_language, clean_text
from captioner.captions.errors import InvalidCue
from server.setup import MAX_AGENDA, MAX_ROSTER, FieldError, InvalidSetup, Item, MeetingSetup, Person, checked

_TIMED = re.compile(
    r"(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)\s*(?:h|hrs?)?\s*[-\u2013\u2014:.)]*\s*(?P<title>\D.*)"
)
_LISTED = re.compile(r"(?:[-*•]|\d{1,2}[.)])\s+(?P<title>.+)")
KNOWN = {
    "title", "series", "languages", "licence", "record", "start", "agenda", "roster", "glossary", "keep_signals",
    "two_person_release", "retention_days", "sign_video",
}  # fmt: skip


def from_toml(text: str) -> MeetingSetup:
    """Read a plan; InvalidSetup says what is wrong and where."""
    try:
        plan = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidSetup((FieldError("file", str(error)),)) from error
    unknown = sorted(set(plan) - KNOWN)
    if unknown:
        raise InvalidSetup(
            tuple(FieldError(name, f"No such setting. There are: {', '.join(sorted(KNOWN))}") for name in unknown)
        )
    start = plan.pop("start", None)
    plan["policy"] = plan.pop("record", RecordPolicy.ON_RECORD)
    for number, item in enumerate(plan.get("agenda", ())):
        if isinstance(item, dict) and "at" in item:
            item["at_ms"] = _at(item.pop("at"), start, number)
    try:
        return checked(msgspec.convert(plan, MeetingSetup))
    except msgspec.ValidationError as error:
        where = str(error).rpartition("`$.")[2].rstrip("`") or "file"
        raise InvalidSetup((FieldError(where, str(error).partition(" - at ")[0]),)) from error


def _at(value: object, start: object, number: int) -> int:
    """Return ms after the beginning: a number is minutes, a time of day needs the plan's `start`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value * 60_000
    if isinstance(value, time) and isinstance(start, datetime):
        return _after(start, value)
    problem = "Minutes after the beginning (15), or a time (10:15:00) with `start = 2030-01-31T10:00:00` in the plan."
    raise InvalidSetup((FieldError(f"agenda.{number}.at", problem),))


def _after(start: datetime, of_day: time) -> int:
    day = start.replace(hour=of_day.hour, minute=of_day.minute, second=of_day.second, microsecond=0)
    if day < start:
        day += timedelta(days=1)  # a meeting over midnight
    return round((day - start).total_seconds() * 1000)


def from_ics(text: str) -> MeetingSetup:
    """Read an invitation: the longest event is the meeting, events within it or its description's lines the agenda."""
    try:
        events = [part for part in Calendar.from_ical(text).walk("VEVENT") if isinstance(part, Event)]
    except (ValueError, IndexError, KeyError) as error:
        raise InvalidSetup((FieldError("file", "This is no calendar file (ICS)."),)) from error
    timed = [event for event in events if _start(event) is not None]
    if not timed:
        raise InvalidSetup((FieldError("file", "There is no event with a date in this calendar file."),))
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
    try:
        check_language(tag)
    except InvalidCue:
        return ()
    return (tag,)


def _line(text: object) -> str:
    return clean_text(str(text))[:MAX_NAME]


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.astimezone()
    if isinstance(value, date):
        return datetime.combine(value, time()).astimezone()
    return None


def _start(event: Event) -> datetime | None:
    found = event.get("DTSTART")
    return _moment(getattr(found, "dt", None))


def _end(event: Event) -> datetime | None:
    found = _moment(getattr(event.get("DTEND"), "dt", None))
    begins, lasts = _start(event), getattr(event.get("DURATION"), "dt", None)
    if found is None and begins is not None and isinstance(lasts, timedelta):
        return begins + lasts
    return found


def _length(event: Event) -> float:
    begins, ends = _start(event), _end(event)
    return (ends - begins).total_seconds() if begins and ends else 0.0


def _ms(begins: datetime | None, moment: datetime | None) -> int | None:
    if begins is None or moment is None:
        return None
    return round((moment - begins).total_seconds() * 1000)
