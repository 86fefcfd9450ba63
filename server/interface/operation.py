"""How an address is described: the vocabulary of `server.interface.addresses`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.roles import Verb

Schema = Mapping[str, object]
TEXT: Schema = {"type": "string"}
BYTES: Schema = {"type": "string", "format": "binary"}
HTML = "text/html"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: what it means, and its body by media type: a type for JSON, several in a tuple, else a schema."""

    about: str
    content: Mapping[str, object] = field(default_factory=dict)
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query, or a header."""

    name: str
    about: str
    schema: Schema = field(default_factory=lambda: TEXT)
    required: bool = False
    where: str = "query"


@dataclass(frozen=True, slots=True)
class Operation:
    """What a method of an address does. What follows from the rest is not said here; see `server.interface.openapi`."""

    tag: str
    about: str
    answers: Mapping[int, Answer]
    verb: Verb | None = None
    """What the caller must be allowed to do; None where everybody may, or `security` says otherwise."""
    parameters: tuple[Parameter, ...] = ()
    body: Mapping[str, object] = field(default_factory=dict)
    """The body by media type: a type for JSON, else a schema."""
    security: tuple[str, ...] = ()
    """Names of security schemes, any of which is enough, where no verb says it."""
    stores: bool = True
    """It reads or writes the data folder, so that 503 is possible."""


def page(about: str = "The page.") -> Answer:
    """Return an answer with a web page."""
    return Answer(about, {HTML: TEXT})


def json_of(kind: object, about: str) -> Answer:
    """Return an answer with JSON of this type."""
    return Answer(about, {JSON: kind})


def text(about: str) -> Answer:
    """Return an answer in plain text."""
    return Answer(about, {"text/plain": TEXT})


def moved(about: str) -> Answer:
    """Return an answer that leads elsewhere."""
    return Answer(about, {"text/plain": TEXT}, headers=("Location",))
