"""What a host lays down before a meeting and while it runs: agenda, roster, glossary, languages, licence, policy.

Pure. Names live in the roster, and may stand in the glossary, the agenda: only a meeting on the record may keep these
three on disk (`storable`).
"""

import re

import msgspec

from captioner.captions.cue import MAX_NAME, MAX_TIME, RecordPolicy, check_language, clean_text
from captioner.captions.errors import InvalidCue
from server.faults import Fault, FieldError, InvalidSetup, invalid, misfit, wrong

MAX_AGENDA = 200  # items; a week's conference has fewer
MAX_ROSTER = 500  # people; a host cannot choose among more
MAX_LANGUAGES = 30  # of a meeting
MAX_GLOSSARY = 64 * 1024  # characters; the recogniser takes 1,000 terms of 100
MAX_BODY = 256 * 1024  # bytes of a set-up as JSON
MAX_RETENTION = 36_500  # days
KEYS = "123456789"
"""Hot keys of speakers."""

MAX_ADDRESS = 500  # characters
_CODE = 3  # letters of a language's code (ISO 639)
_SHOWN = 40  # characters of what is no language code
_HOST = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?"
_SIGN_VIDEO = re.compile(rf"(?P<origin>https://{_HOST})(?:[/?#][!#-&(-;=?-Z_a-z~%]*)?", re.IGNORECASE)
_LICENCE = re.compile(r"https?://[^\s<>\"{}|\\^`]{3,500}")


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """A point of the agenda."""

    title: str  # one line
    at_ms: int | None = None  # after the meeting's beginning; None where no time is planned


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody who may speak."""

    name: str  # as it shall stand in the captions
    affiliation: str = ""  # removed with the name where names are removed
    role: str = ""  # in the meeting
    key: str = ""  # hot key 1-9, or none
    consent: bool = False  # agrees to be named in the captions and their record


class MeetingSetup(msgspec.Struct, frozen=True, omit_defaults=True):
    """A meeting's set-up. Unknown policy fails closed: the default keeps nothing that was not asked for."""

    title: str = ""  # as readers see it; needed in the end
    series: str = ""  # of which the meeting is one
    languages: tuple[str, ...] = ()  # spoken, as BCP 47 tags
    licence: str = ""  # URI
    agenda: tuple[Item, ...] = ()  # in order
    roster: tuple[Person, ...] = ()  # who may speak
    glossary: str = ""  # a term a line, "DCAD = decad, D-card"
    policy: RecordPolicy = RecordPolicy.OFF_RECORD  # to begin with
    keep_signals: bool = False  # readers' signals and questions stay with the record
    two_person_release: bool = False  # one person reviews, another one publishes
    retention_days: int | None = None  # None: for good
    sign_video: str = ""  # https address of a page with the sign-language interpreter, shown beside the captions


def decode(body: bytes) -> MeetingSetup:
    """Read a set-up from JSON and check it; InvalidSetup otherwise."""
    try:
        return checked(msgspec.json.decode(body, type=MeetingSetup))
    except msgspec.ValidationError as error:
        raise InvalidSetup((misfit(error),)) from None
    except msgspec.DecodeError:
        raise invalid(Fault.JSON, "") from None


def checked(setup: MeetingSetup) -> MeetingSetup:
    """Return the set-up with every text on one clean line; InvalidSetup names each field that is wrong."""
    errors: list[FieldError] = []

    def line(field: str, text: str, missing: Fault | None = None) -> str:
        clean = clean_text(text)
        if len(clean) > MAX_NAME:
            errors.append(wrong(Fault.LONG, field, most=MAX_NAME))
        elif missing and not clean:
            errors.append(wrong(missing, field))
        return clean[:MAX_NAME]

    agenda = []
    for number, item in enumerate(setup.agenda):
        if item.at_ms is not None and not 0 <= item.at_ms <= MAX_TIME:
            errors.append(wrong(Fault.TIME, f"agenda.{number}.at_ms"))
        agenda.append(Item(line(f"agenda.{number}.title", item.title, Fault.EMPTY_LINE), item.at_ms))
    roster = [
        Person(
            line(f"roster.{number}.name", one.name, Fault.EMPTY_LINE),
            line(f"roster.{number}.affiliation", one.affiliation),
            line(f"roster.{number}.role", one.role),
            one.key,
            one.consent,
        )
        for number, one in enumerate(setup.roster)
    ]
    title, series = line("title", setup.title, Fault.NO_TITLE), line("series", setup.series)
    errors += _wrong_people(roster) + _wrong_rest(setup)
    if errors:
        raise InvalidSetup(tuple(errors))
    glossary = "\n".join(text for each in setup.glossary.splitlines() if (text := clean_text(each)))
    return msgspec.structs.replace(
        setup, title=title, series=series, agenda=tuple(agenda), roster=tuple(roster), glossary=glossary
    )


def _wrong_people(roster: list[Person]) -> list[FieldError]:
    errors = []
    names: set[str] = set()
    keys: set[str] = set()
    for number, one in enumerate(roster):
        if one.name and one.name.casefold() in names:
            errors.append(wrong(Fault.NAME_TWICE, f"roster.{number}.name"))
        if one.key and (len(one.key) != 1 or one.key not in KEYS):
            errors.append(wrong(Fault.KEY, f"roster.{number}.key"))
        elif one.key and one.key in keys:
            errors.append(wrong(Fault.KEY_TWICE, f"roster.{number}.key"))
        names.add(one.name.casefold())
        keys.add(one.key)
    return errors


def _wrong_rest(setup: MeetingSetup) -> list[FieldError]:
    errors = []
    for number, tag in enumerate(setup.languages):
        if not is_language(tag):
            errors.append(wrong(Fault.LANGUAGE, "languages", tag=clean_text(tag)[:_SHOWN] or "-"))
        if tag in setup.languages[:number]:
            errors.append(wrong(Fault.LANGUAGE_TWICE, "languages", tag=clean_text(tag)[:_SHOWN]))
    if setup.licence and not _LICENCE.fullmatch(setup.licence):
        errors.append(wrong(Fault.LICENCE, "licence"))
    if setup.sign_video and not origin(setup.sign_video):
        errors.append(wrong(Fault.SIGN_VIDEO, "sign_video"))
    if setup.retention_days is not None and not 1 <= setup.retention_days <= MAX_RETENTION:
        errors.append(wrong(Fault.DAYS, "retention_days", most=MAX_RETENTION))
    if len(setup.glossary) > MAX_GLOSSARY:
        errors.append(wrong(Fault.LONG, "glossary", most=MAX_GLOSSARY))
    for field, count, most in (
        ("agenda", len(setup.agenda), MAX_AGENDA),
        ("roster", len(setup.roster), MAX_ROSTER),
        ("languages", len(setup.languages), MAX_LANGUAGES),
    ):
        if count > most:
            errors.append(wrong(Fault.LINES, field, most=most))
    return errors


def is_language(tag: str) -> bool:
    """Tell whether this is a code; a language's name such as "English" has the form of one, but no code is so long."""
    try:
        check_language(tag)
    except InvalidCue:
        return False
    return len(tag.partition("-")[0]) <= _CODE


def origin(address: str) -> str:
    """Return the origin (RFC 6454) of an https address, for a content policy; "" for what is no such address."""
    match = _SIGN_VIDEO.fullmatch(address) if len(address) <= MAX_ADDRESS else None
    return "" if match is None else match["origin"].lower()


def storable(setup: MeetingSetup, policy: RecordPolicy) -> MeetingSetup:
    """Return what may lie on a disk while `policy` holds: names, and texts that may hold names, only on the record."""
    if policy is RecordPolicy.ON_RECORD and setup.policy is RecordPolicy.ON_RECORD:
        return setup
    return msgspec.structs.replace(setup, roster=(), glossary="", agenda=())


def nameable(setup: MeetingSetup, name: str) -> bool:
    """Tell whether captions may carry this name: nobody of the roster is named without having agreed."""
    known = [one for one in setup.roster if one.name.casefold() == name.casefold()]
    return all(one.consent for one in known)


def spelling(setup: MeetingSetup) -> str:
    """Return what the recogniser is given: the glossary, and the roster's names after it."""
    written = {line.partition("=")[0].strip().casefold() for line in setup.glossary.splitlines()}
    names = [one.name for one in setup.roster if one.name.casefold() not in written]
    return "\n".join([*setup.glossary.splitlines(), *names])
