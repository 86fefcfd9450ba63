"""What can be wrong with a set-up: a code with its values, which the form words in its own language, and English words.

The form's words stand in `viewer/host/locales` under `fault.` and the code. A test holds both complete, and alike
in English.
"""

import enum

import msgspec


class Fault(enum.StrEnum):
    """What is wrong, as the form and programs know it."""

    LONG = "long"
    EMPTY_LINE = "empty_line"
    NO_TITLE = "no_title"
    TIME = "time"
    NAME_TWICE = "name_twice"
    KEY = "key"
    KEY_TWICE = "key_twice"
    LANGUAGE = "language"
    LANGUAGE_TWICE = "language_twice"
    LICENCE = "licence"
    SIGN_VIDEO = "sign_video"
    DAYS = "days"
    LINES = "lines"
    SIZE = "size"
    JSON = "json"
    UNKNOWN = "unknown"
    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    LIST = "list"
    PARTS = "parts"
    LACKS = "lacks"
    RECORD = "record"
    PLAN = "plan"
    AT = "at"
    CALENDAR = "calendar"
    NO_EVENT = "no_event"
    DATE = "date"


ENGLISH: dict[Fault, str] = {
    Fault.LONG: "Too long: write at most {most} characters.",
    Fault.EMPTY_LINE: "Write something here, or take the line away.",
    Fault.NO_TITLE: "Write a title.",
    Fault.TIME: "Write how many minutes after the beginning, such as 15, or nothing.",
    Fault.NAME_TWICE: "This name is there already: write another one, or take the line away.",
    Fault.KEY: "Write a digit from 1 to 9, or nothing.",
    Fault.KEY_TWICE: "Another person has this key: choose another digit, or none.",
    Fault.LANGUAGE: "{tag} is no language code: write a code such as en, fr or zh-Hans.",
    Fault.LANGUAGE_TWICE: "{tag} stands here twice: take one away.",
    Fault.LICENCE: "Write the address of the licence, such as https://creativecommons.org/licenses/by/4.0/",
    Fault.SIGN_VIDEO: "Write the address of the page with the video. It begins with https:// "
    "and holds no name or password.",
    Fault.DAYS: "Write a number of days from 1 to {most}, or nothing to keep it for good.",
    Fault.LINES: "Too many lines: keep at most {most}.",
    Fault.SIZE: "This is too much: a set-up has at most {most} KiB. Shorten the names and terms.",
    Fault.JSON: "The server cannot read what was sent: load this page again. "
    "Programs send JSON as the API describes it.",
    Fault.UNKNOWN: "There is no such setting. There are: {known}",
    Fault.TEXT: "Write a text in quotation marks.",
    Fault.NUMBER: "Write a whole number, without quotation marks.",
    Fault.YES_NO: "Write true or false, without quotation marks.",
    Fault.LIST: "Write a list in brackets, such as ['en', 'fr'].",
    Fault.PARTS: "Write a part for each line: [[agenda]] with a title, [[roster]] with a name.",
    Fault.LACKS: "Here {name} is missing: write it.",
    Fault.RECORD: "Write 'on_record', 'chatham' or 'off_record'.",
    Fault.PLAN: "The plan cannot be read: look at line {line}, character {column}. "
    "Write texts in quotation marks, and each setting only once.",
    Fault.AT: "Write minutes after the beginning, such as 15; or a time such as 10:15:00, "
    "with start = 2030-01-31T10:00:00 at the top of the plan.",
    Fault.CALENDAR: "This is no calendar file (ICS): export the event from the calendar again.",
    Fault.NO_EVENT: "There is no event with a date in this calendar file: export the event of the meeting.",
    Fault.DATE: "The date {text} in this calendar file cannot be read: "
    "set the date of the event anew in the calendar, and export it again.",
}


class FieldError(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wrong with one field, for the form to show there."""

    field: str  # "title", "roster.2.key"
    problem: str  # in English
    fault: Fault  # for pages that say it in another language, with its values
    values: dict[str, str | int] = {}


class InvalidSetup(ValueError):
    """A set-up that cannot be used; `errors` says where and why."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        """Keep every error."""
        super().__init__("; ".join(f"{error.field}: {error.problem}" for error in errors))
        self.errors = errors


def wrong(fault: Fault, field: str, **values: str | int) -> FieldError:
    """Return an error of a field with its English words."""
    return FieldError(field, ENGLISH[fault].format(**values), fault, values)


def invalid(fault: Fault, field: str, **values: str | int) -> InvalidSetup:
    """Return a set-up's only error."""
    return InvalidSetup((wrong(fault, field, **values),))


_WANTED = {"`str": Fault.TEXT, "`int": Fault.NUMBER, "`bool": Fault.YES_NO}
_MISSING = "Object missing required field `"


def misfit(error: msgspec.ValidationError) -> FieldError:
    """Return what msgspec found, with its place as the form has it ("agenda.0.title")."""
    said, _, path = str(error).partition(" - at `$")
    place = path.rstrip("`").removeprefix(".").replace("[", ".").replace("]", "")
    if place == "policy":
        return wrong(Fault.RECORD, place)
    if said.startswith(_MISSING):
        return wrong(Fault.LACKS, place, name=said.removeprefix(_MISSING).rstrip("`"))
    wanted = said.removeprefix("Expected ")
    if wanted.startswith("`array") and place == "languages":
        return wrong(Fault.LIST, place)
    return wrong(next((fault for start, fault in _WANTED.items() if wanted.startswith(start)), Fault.PARTS), place)
