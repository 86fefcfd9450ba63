"""What origin and edges agree on.

The origin's log is the truth; a backplane is a copy of it that may be lost at any time and is then filled again. Events
pass in order of seq, each once. What has no place in the log (partials, finals off the record, states) passes
beside them and is never kept.
"""

from collections.abc import AsyncGenerator
from typing import Protocol

import msgspec

from captioner.captions.cue import Meeting
from captioner.captions.event import Event


class BackplaneError(Exception):
    """Base of every error of this package."""


class BackplaneDown(BackplaneError):
    """The backplane does not answer. Nothing is lost: the log has it; try again."""


class Behind(BackplaneError):
    """The backplane lacks events before the one that was given; fill it from `last` + 1."""

    def __init__(self, last: int) -> None:
        """Remember the seq of the last event that the backplane has."""
        super().__init__(f"the backplane has events up to {last} only: publish the next ones first")
        self.last = last


class Pass(msgspec.Struct, frozen=True):
    """An invitation as edges know it: enough to recognise its token, and not to make one."""

    id: str
    digest: str  # SHA-256 of the token, in hex; the token has 256 bits that nobody can guess
    expires: int  # Unix time in ms


class Listing(msgspec.Struct, frozen=True):
    """A meeting that edges may serve, and the identity of its log."""

    meeting: Meeting
    epoch: str
    rewritten: int = 0  # rises when something was struck from the record: every copy is made anew
    passcode: str = ""  # argon2 hash of what readers must know; "" for an open meeting
    passes: tuple[Pass, ...] = ()  # invitations that hold; with any of them its owner may read
    over: int = 0  # seq of the last event of a meeting that is over; an edge that has it need not follow


class Shown(msgspec.Struct, frozen=True):
    """A frame of captions.v1 for every reader of a meeting, as it is; it is never kept."""

    frame: bytes


class Backplane(Protocol):
    """The seam. Every method may raise BackplaneDown, but `subscribe`, which waits and goes on by itself."""

    async def list(self, listing: Listing) -> None:
        """Let edges find a meeting. A listing with another epoch replaces the one before."""

    async def find(self, meeting: str) -> Listing | None:
        """Return a meeting's listing."""

    async def meetings(self) -> tuple[Listing, ...]:
        """Return every listing."""

    async def unlist(self, listing: Listing) -> None:
        """Let no new edge find a meeting that is over; who has it keeps it. Nothing if it was listed anew."""

    async def last(self, meeting: str, epoch: str) -> int:
        """Return the seq of the last event that is held; 0 for none."""

    async def mark(self) -> str:
        """Return what is another once something may have been lost: it was emptied, or started again."""

    async def publish(self, meeting: str, event: Event) -> bool:
        """Pass an event on; False when it was there already. Behind when one before it is missing."""

    async def show(self, meeting: str, frame: bytes) -> None:
        """Pass a frame on to whoever reads now; nobody keeps it."""

    def subscribe(self, meeting: str, epoch: str, after: int) -> AsyncGenerator[Event | Shown, None]:
        """Yield every event after seq `after`, in order and each once, and what is shown meanwhile; without end."""

    async def drop(self, meeting: str) -> None:
        """Forget a meeting with all its events, as after an erasure, and let every edge know by `gone`."""

    async def gone(self) -> frozenset[str]:
        """Return the meetings that were dropped and not listed again."""

    async def signal(self, meeting: str, frame: bytes) -> None:
        """Pass a reader's signal to the origin; nobody keeps it."""

    def signals(self) -> AsyncGenerator[tuple[str, bytes], None]:
        """Yield what readers signal at the edges, as (meeting, frame); without end. For the origin."""

    async def close(self) -> None:
        """Let go of connections."""
