"""An edge's meetings: copies that follow the origin. Readers get from them what they would get there.

Nothing is published here. What a reader signals goes to the origin; every other command is refused.
"""

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from captioner.captions import wire
from captioner.captions.cue import CueStatus
from captioner.captions.event import CaptionEvent, Event, StateEvent
from server.backplane.base import Listing
from server.frames import frame_of
from server.readers import Member
from server.room import Room
from server.session import CloseCode

if TYPE_CHECKING:
    from server.hub import Hub

_ELSEWHERE = "this server only passes captions on: publish, correct and host at the address of the origin"

Up = Callable[[str, bytes], None]


class ReplicaRoom(Room):
    """A room whose events come from the backplane. `up` takes what readers signal."""

    up: Up | None = None

    def copied(self, event: Event) -> None:
        """Show an event that the edge's log has taken."""
        if isinstance(event, CaptionEvent):
            known = self._partials.get(event.track)
            if known and known.update.cue.id == event.update.cue.id:
                del self._partials[event.track]
        if isinstance(event, StateEvent):
            self.archived = False  # the origin says when it is
        self.readers.broadcast(self._take(event))

    def show(self, message: wire.FromServer) -> None:
        """Show what is not kept: partials, finals off the record, the origin's state, the end."""
        match message:
            case wire.Live(shown=shown):
                self._partials.pop(shown.track, None)
                if shown.update.status is CueStatus.PARTIAL:
                    self._partials[shown.track] = shown
            case wire.Status():
                self._told = message
            case wire.Ended():
                self.archived = True
            case _:
                return
        self.readers.broadcast(frame_of(message))

    async def join(self, member: Member, hello: wire.Hello, now: float) -> bool:  # noqa: ARG002 - see Room.join
        """Refuse a publisher."""
        refuse(member)
        return False

    def signal(self, reader: Hashable, signal: wire.Signal, now: float) -> bool:
        """Pass a reader's signal on, unless the reader signals too often."""
        if self.up is None or self._signals.take(reader, signal, now, 0, named=False) is None:
            return False
        self.up(self.meeting.id, wire.encode(signal).encode())
        return True

    async def check(self, now: float, wall_ms: int, silent_s: float) -> None:
        """Nothing: the origin looks after the captioners, and anchors the clock."""

    def _status(self, now: float) -> wire.Status:
        return self._told if self._told is not None else super()._status(now)


def refuse(member: Member) -> None:
    """Say that this is an edge."""
    member.send(frame_of(wire.Error(code=wire.ErrorCode.UNAUTHORISED, message=_ELSEWHERE)))
    member.close(CloseCode.POLICY_VIOLATION)


class Replicas:
    """See backplane.feed.Replica: the edge's hub and log."""

    def __init__(self, hub: "Hub", follow: Callable[[Listing], tuple[bool, set[str]]]) -> None:
        """Take the hub, and what tells the doors of the origin's passcode and invitations; see Doors.follow."""
        self._hub, self._doors_follow = hub, follow

    async def last(self, listing: Listing) -> int:
        """See Replica."""
        changed, gone = self._doors_follow(listing)
        if changed and listing.passcode:
            self._hub.ask_again(listing.meeting.id)
        for invitation in gone:
            self._hub.dismiss(invitation)
        return await self._hub.replica(listing.meeting, listing.epoch)

    async def take(self, meeting: str, event: Event) -> None:
        """See Replica."""
        await self._hub.copy(meeting, event)

    async def show(self, meeting: str, frame: bytes) -> None:
        """See Replica."""
        await self._hub.show_copy(meeting, frame)

    async def rest(self, listing: Listing) -> None:
        """See Replica."""
        await self._hub.rest(listing.meeting.id, listing.over)

    async def forget(self, meeting: str) -> None:
        """See Replica."""
        await self._hub.forget(meeting)


class Elsewhere:
    """A reader at an edge, for the origin's room: signals come from there and nothing goes back."""

    def send(self, frame: object) -> None:
        """Nothing."""

    def replay(self, frames: object) -> None:
        """Nothing."""

    def close(self, code: CloseCode) -> None:
        """Nothing."""
