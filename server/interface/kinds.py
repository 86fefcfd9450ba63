"""Kinds of addresses that come several times in the table of `server.interface.addresses`, and what they take."""

from captioner.captions import wire
from server.archive.export.registry import FORMATS
from server.interface.operation import (
    BYTES,
    HTML,
    JSON,
    TEXT,
    Answer,
    Operation,
    Parameter,
    Schema,
    json_of,
    page,
    text,
)
from server.roles import Verb
from server.routes import answers
from server.wording import NAMES

IDENTIFIER: Schema = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"}
PARTS: dict[str, tuple[str, Schema]] = {
    "meeting": ("The meeting's id.", IDENTIFIER),
    "track": ("The track's id.", IDENTIFIER),
    "before": ("A caption's number, from 1, in the order in which they first came.", {"type": "integer", "minimum": 1}),
    "cue": ("The caption's id.", TEXT),
    "file": ("A file's name.", TEXT),
    "guide": ("A guide's name.", TEXT),
    "id": ("The id from the list.", TEXT),
    "key": ("The key from the list.", TEXT),
    "kind": ("The feed's format.", {"enum": ["atom", "rss"]}),
    "number": ("The version's number.", {"type": "integer", "minimum": 1, "maximum": 999_999}),
    "part": ("A version as `v2`, or a caption as `TRACK:CUE`.", TEXT),
    "view": ("The view's name.", TEXT),
}
"""What can stand in an address, by its name in the route."""

PAGE = Parameter("page", "Which page of the list.", {"type": "integer", "minimum": 1, "maximum": 10_000})
LANGUAGE = Parameter("language", "Only what is in this language (BCP 47).")
INTERFACE = Parameter("interface", "The language of the page's own words.", {"enum": sorted(NAMES)})
TRACK = Parameter("track", "Only this track.")
AFTER = Parameter("after", "Up to where the reader has read: `epoch:seq`, or `seq`.")
SIGNATURE = "signature"
NO_MEETING = json_of(answers.Problem, "There is no such meeting.")
STATIC: dict[str, object] = dict.fromkeys((
    "text/css", HTML, "image/x-icon", "text/javascript", JSON, "image/png", "image/svg+xml", "text/plain",
    "application/manifest+json", "font/woff2",
), BYTES)  # fmt: skip
FILES = {made.media_type: BYTES for made in FORMATS.values()}


def view(about: str) -> Operation:
    """Describe a page for readers."""
    return Operation("views", about, {200: page()}, stores=False)


def socket(about: str, protocol: str) -> Operation:
    """Describe a WebSocket with a protocol of its own."""
    return Operation(
        "sockets",
        f"{about} The messages are in the AsyncAPI document.",
        {
            101: Answer("The WebSocket."),
            400: text(f"No WebSocket with the subprotocol `{protocol}` was asked for."),
            403: text("A foreign page asks."),
        },
        stores=False,
    )


def captions_socket(about: str) -> Operation:
    """Describe a WebSocket of the captions' protocol."""
    found = socket(about, wire.SUBPROTOCOL)
    full = Answer("The server ends or is full: come again.", {JSON: answers.Problem}, headers=("Retry-After",))
    low = Parameter("low", "Compress, for a slow line. The value does not matter.")
    return Operation(found.tag, found.about, {**found.answers, 503: full}, parameters=(low,), stores=False)


def stream(about: str, media: str, *parameters: Parameter) -> Operation:
    """Describe an answer that goes on while the meeting does."""
    full = Answer("The server ends or is full: come again.", {JSON: answers.Problem}, headers=("Retry-After",))
    return Operation("reading", about, {200: Answer("An answer that goes on.", {media: TEXT}), 503: full}, Verb.READ,
                     (AFTER, *parameters))  # fmt: skip


def listing(about: str, *parameters: Parameter) -> Operation:
    """Describe a page of the open archive's lists."""
    return Operation(
        "open archive", about, {200: page(), 404: page("There is no such page.")}, parameters=(*parameters, INTERFACE)
    )


def document(about: str, media: str, **more: object) -> Operation:
    """Describe a document in XML."""
    found: dict[int, Answer] = {200: Answer("The document.", {media: TEXT})}
    if more.pop("may_lack", False):
        found[404] = page("There is no such series.")
    return Operation("open archive", about, found)


def reviewing(about: str, verb: Verb, answer: Answer, body: object = None, **more: Answer) -> Operation:
    """Describe what an archivist asks."""
    found = {200: answer, 404: NO_MEETING} | {int(code.lstrip("_")): each for code, each in more.items()}
    return Operation("review", about, found, verb, body={JSON: body} if body is not None else {})


def changing(about: str, verb: Verb, body: object) -> Operation:
    """Describe what an archivist changes."""
    return reviewing(
        about, verb, json_of(answers.Changed, "What was touched."), body,
        _400=json_of(answers.Problem, "This cannot be done so."),
        _409=json_of(answers.Conflicts, "Somebody else changed this meanwhile."),
    )  # fmt: skip


def ingesting(about: str) -> Operation:
    """Describe a post of captions by a foreign captioner's program."""
    return Operation(
        "ingest", about,
        {
            200: text("When it was taken."), 400: text("The number, language or track is wrong, or nothing runs."),
            403: text("The address is wrong, revoked or has expired."), 413: text("The body is too large."),
        },
        parameters=(
            Parameter("seq", "The post's number; a repeated one is taken once.", {"type": "integer", "minimum": 0}),
            Parameter("lang", "Language of the captions (BCP 47)."), TRACK,
        ),
        body={"text/plain": TEXT}, security=(SIGNATURE,),
    )  # fmt: skip


OAI_ARGUMENTS = (
    Parameter("verb", "Identify, ListRecords, GetRecord, ListIdentifiers, ListSets or ListMetadataFormats."),
    Parameter("metadataPrefix", "oai_dc."), Parameter("identifier", "A record's."), Parameter("set", "A set's name."),
    Parameter("from", "Not older."), Parameter("until", "Not newer."), Parameter("resumptionToken", "From a list."),
)  # fmt: skip
SIGNAL_FORM: Schema = {
    "type": "object",
    "required": ["signal"],
    "properties": {"signal": {"enum": [kind.value for kind in wire.SignalKind]}, "text": TEXT, "name": TEXT},
}
PASSCODE_FORM: Schema = {"type": "object", "required": ["passcode"], "properties": {"passcode": TEXT}}
FORM = "application/x-www-form-urlencoded"
