"""From draft to published: who may see what of a meeting's record, and what the next step is. Pure.

A draft that a person has marked as reviewed may be published; where the meeting asks for two people, by another one,
and only if nothing was changed since. What was on the record throughout needs neither: its automatic draft is open at
once, and says that it is automatic. Anything under the Chatham House Rule stays in quarantine until a person releases
it.
"""

import enum
from collections.abc import Iterable, Sequence

import msgspec

from captioner.captions.cue import RecordPolicy
from captioner.captions.event import Event, PolicyEvent
from captioner.captions.policy import PolicyChange
from captioner.captions.transcript import Transcript


class State(enum.StrEnum):
    """How far the record is."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"


class Review(msgspec.Struct, frozen=True):
    """Where a meeting's record stands."""

    state: State = State.DRAFT
    seq: int = 0  # what was reviewed, or published last: the log up to here
    by: str = ""  # who did: the identity of an invitation, never a name
    at: int = 0  # Unix time in ms


class Version(msgspec.Struct, frozen=True):
    """A published point of the log: it stays citable for ever."""

    number: int  # 1, 2, 3 ...
    epoch: str
    seq: int
    at: int  # Unix time in ms
    note: str = ""  # what was corrected


class Refused(Exception):
    """The step cannot be taken now; the message says what to do."""


def mark_reviewed(review: Review, by: str, seq: int, at: int) -> Review:
    """Return the record as reviewed by `by` up to `seq`; Refused when there is nothing new to review."""
    if review.state is State.PUBLISHED and seq <= review.seq:
        msg = "this is published as it is: correct something first"
        raise Refused(msg)
    return Review(State.REVIEWED, seq, by, at)


def publish(review: Review, by: str, seq: int, at: int, *, two_persons: bool) -> Review:
    """Return the record as published; Refused with what has to happen first."""
    if review.state is State.PUBLISHED and review.seq == seq:
        msg = "this is published already: correct something, mark it as reviewed, then publish again"
        raise Refused(msg)
    if review.state is not State.REVIEWED:
        msg = "nobody has reviewed this yet: read it, mark it as reviewed, then publish it"
        raise Refused(msg)
    if review.seq != seq:
        msg = "something was changed after the review: mark it as reviewed again, then publish it"
        raise Refused(msg)
    if two_persons and by == review.by:
        msg = "this meeting asks for two people: somebody with another invitation must publish what you reviewed"
        raise Refused(msg)
    return Review(State.PUBLISHED, seq, by, at)


def quarantined(changes: Iterable[PolicyChange]) -> bool:
    """Tell whether any part was said under the Chatham House Rule."""
    return any(change.policy is RecordPolicy.CHATHAM for change in changes)


def open_draft(changes: Iterable[PolicyChange], *, two_persons: bool) -> bool:
    """Tell whether the public may read the record without anybody's release."""
    return not two_persons and not quarantined(changes)


def public_seq(
    head: int, changes: Iterable[PolicyChange], versions: Iterable[Version], *, two_persons: bool
) -> int | None:
    """Return up to which seq the public may read; None for nothing.

    Once there is a version, the newest one: what is corrected after it waits for the next.
    """
    newest = max(versions, key=lambda version: version.number, default=None)
    if newest is not None:
        return newest.seq
    return head if open_draft(changes, two_persons=two_persons) else None


def folded(events: Sequence[Event], seq: int) -> Transcript:
    """Return the record as it was at `seq`; what is off the record now is so there too."""
    policy = tuple(event.change for event in events if isinstance(event, PolicyEvent))
    then = Transcript().apply_all(event for event in events if event.seq <= seq)
    return Transcript(msgspec.structs.replace(then.snapshot(), policy=policy))
