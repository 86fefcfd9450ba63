"""Captions that come over HTTP from the software of human captioners (CART), which knows only an address to write to.

Each meeting's track has one `Feed`: the text that was sent so far, typed into the meeting as by a person at a page. The
rules of sequence numbers are Zoom's: each new post has a higher number, and a post that is tried again has its old one.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from captioner.captions import wire
from captioner.captions.cue import CueStatus, CueUpdate, Origin, Track
from captioner.captions.errors import WireError
from server.outbox import Frame
from server.session import CloseCode
from server.typed import TypedText

IDLE_S = 60.0  # nobody speaks for so long: the track goes back to the machine
RESTART_S = 5.0  # after such a pause, a number of 0 or 1 is software that was started again, not a late post
RETRY_S = 2.0  # between two attempts to store what the disk refused


@dataclass(slots=True)
class Sequence:
    """Which posts are new. Pure; times are seconds that never jump."""

    last: int = 0
    heard: float = float("-inf")

    def take(self, seq: int | None, now: float) -> bool:
        """Tell whether a post is new; one without a number always is."""
        again = seq is not None and seq <= self.last and not (seq <= 1 and now - self.heard > RESTART_S)
        self.heard = now
        if seq is not None and not again:
            self.last = seq
        return not again


@dataclass(slots=True, eq=False)
class Feed:
    """A Member that has no socket: what it is sent concerns only what is stored and whether it may go on."""

    track: Track
    typed: TypedText
    sequence: Sequence = field(default_factory=Sequence)
    closed: bool = False
    tried: float = float("-inf")
    refusal: wire.ErrorCode | None = None
    _waiting: dict[tuple[str, int], CueUpdate] = field(default_factory=dict)

    def send(self, frame: Frame) -> None:
        """Take an acknowledgement or a refusal; everything else is for readers."""
        with contextlib.suppress(WireError):
            match wire.decode_from_server(frame.data):
                case wire.Ack(cue=cue, revision=revision):
                    self._waiting.pop((cue, revision), None)
                case wire.Error(code=code, fatal=fatal, cue=cue, revision=revision):
                    if fatal:
                        self.refusal = code
                    elif code is not wire.ErrorCode.STORAGE:
                        self._waiting.pop((cue, revision), None)
                case _:
                    pass

    def replay(self, frames: Iterable[Frame]) -> None:
        """Take what a reader lacks: nothing here."""
        del frames

    def close(self, code: CloseCode) -> None:
        """End: the invitation was revoked, the meeting's track is somebody else's, or the server goes."""
        del code
        self.closed = True

    def keep(self, updates: Iterable[CueUpdate]) -> list[CueUpdate]:
        """Remember what must be acknowledged; return all."""
        kept = list(updates)
        for update in kept:
            if update.status is not CueStatus.PARTIAL:
                self._waiting[update.cue.id, update.revision] = update
        return kept

    def unstored(self, now: float) -> list[CueUpdate]:
        """Return what is to be tried again now."""
        if now - self.tried < RETRY_S:
            return []
        self.tried = now
        return list(self._waiting.values())


def human_track(track: str, language: str) -> Track:
    """Return the track as a person's."""
    return Track(track, language, "", Origin.HUMAN)


def spaced(text: str) -> str:
    """Return a post of Zoom's shape as typed text: posts are words apart unless they say otherwise."""
    return text if not text or text[-1].isspace() else text + " "
