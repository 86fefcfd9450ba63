"""The part of a hub that several machines need: an origin's copies are told, an edge's are kept."""

import abc
import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from structlog.typing import FilteringBoundLogger

from captioner.captions import wire
from captioner.captions.cue import Meeting, MeetingState
from captioner.captions.errors import WireError
from captioner.captions.event import Event
from server.archive.log import Kept
from server.archive.thread import LogThread
from server.backplane.base import BackplaneDown, Listing, Pass
from server.readers import Member
from server.replica import Elsewhere, ReplicaRoom, Up
from server.room import Room
from server.session import CloseCode, Subscribe

if TYPE_CHECKING:
    from server.backplane.relay import Relay
    from server.hub import Clock


class Copies(abc.ABC):
    """What a hub does for, or as, one of several machines. Alone it is nothing: see Hub."""

    relay: "Relay | None" = None  # an origin of several machines has one
    up: Up | None = None  # an edge has one; it takes no captions
    clock: "Clock"
    logger: FilteringBoundLogger
    passcode: Callable[[str], str]  # the hash of what readers of a meeting must know
    passes: Callable[[str], tuple[Pass, ...]]  # the invitations to a meeting that hold, for edges
    _log: LogThread
    _rooms: dict[str, Room]
    _members: dict[Member, Room | None]
    _waiting: dict[str, dict[Member, Subscribe]]
    _rewritten: dict[str, int]  # when something was last struck from a meeting's record
    _lock: asyncio.Lock

    @abc.abstractmethod
    async def _find(self, meeting: str) -> Room | None:
        """Return the meeting's room, opened if needed."""

    @abc.abstractmethod
    def _enter_room(self, member: Member, room: Room, wanted: Subscribe, *, two_persons: bool = False) -> None:
        """Let a reader into a room."""

    async def follow_live(self) -> None:
        """Open the rooms of all live meetings, so that edges get them also after a restart."""
        for kept in await self._log.meetings():
            if kept.state is MeetingState.LIVE:
                async with self._lock:
                    await self._find(kept.meeting.id)

    async def rewritten(self, meeting: str) -> None:
        """Something was struck from a meeting's record, or all of it: every copy is made anew, or forgotten."""
        room = self._rooms.pop(meeting, None)
        if room is not None:
            self._close(room)
        await self._copies(meeting)

    async def _copies(self, meeting: str) -> None:
        """Let other machines make their copy anew, or forget it. BackplaneDown is the caller's."""
        if self.relay is None:
            return
        kept = await self._log.find(meeting)
        if kept is not None and kept.seq:
            await self.relay.rewrite(self._listing(kept, self.clock.wall_ms()))
            if meeting not in self._rooms:
                self.relay.rest(meeting)
        else:
            await self.relay.forget(meeting)

    async def _tell_copies(self, meeting: str) -> None:
        """As `_copies`; a backplane that is away learns it when it is back, as the listing has changed."""
        try:
            await self._copies(meeting)
        except BackplaneDown:
            self.logger.exception("copies are not made anew yet: the backplane is away", meeting=meeting)

    async def replica(self, meeting: Meeting, epoch: str) -> int:
        """Edge: open the copy of a meeting and return the seq of its last event."""
        async with self._lock:
            room = self._rooms.get(meeting.id)
            if room is not None and room.transcript.epoch not in {"", epoch}:
                self._close(self._rooms.pop(meeting.id))
            kept = await self._log.write(lambda log: log.replica(meeting, epoch))
            room = await self._find(meeting.id)
            waiting = self._waiting.pop(meeting.id, {})
            for viewer, wanted in waiting.items():
                if room is not None:
                    self._enter_room(viewer, room, wanted)
        return kept.seq

    async def copy(self, meeting: str, event: Event) -> None:
        """Edge: keep an event of the origin's and show it."""
        async with self._lock:
            room = await self._find(meeting)
            if await self._log.write(lambda log: log.copy(meeting, event)) and isinstance(room, ReplicaRoom):
                room.copied(event)

    async def rest(self, meeting: str, seq: int) -> None:
        """Edge: the origin says that a meeting is over; its transcript is there. Who reads it here goes on."""
        await self._log.mark_exported(meeting, seq)
        async with self._lock:
            if (room := self._rooms.get(meeting)) is not None:
                self._let_go(room)

    def replica_room(self, meeting: str) -> ReplicaRoom | None:
        """Edge: return the open copy of a meeting."""
        room = self._rooms.get(meeting)
        return room if isinstance(room, ReplicaRoom) else None

    def ask_again(self, meeting: str) -> None:
        """Edge: readers, also those who wait for the meeting, come again: it wants another passcode, or one now."""
        if (room := self._rooms.get(meeting)) is not None:
            self._close(room)
        for member in self._waiting.get(meeting, {}):
            member.close(CloseCode.TRY_AGAIN)

    async def forget(self, meeting: str) -> None:
        """Edge: erase the copy of a meeting."""
        async with self._lock:
            room = self._rooms.pop(meeting, None)
            if room is not None:
                self._close(room)
            await self._log.write(lambda log: log.erase(meeting))

    def signalled(self, meeting: str, frame: bytes) -> None:
        """Origin: take what a reader at an edge signals."""
        room = self._rooms.get(meeting)
        try:
            signal = wire.decode_from_client(frame, wire.MAX_FROM_VIEWER)
        except WireError:
            return
        if room is not None and isinstance(signal, wire.Signal):
            reader = Elsewhere()
            room.signal(reader, signal, self.clock.steady())
            room.leave(reader, self.clock.steady())

    def _listing(self, kept: Kept, rewritten: int) -> Listing:
        if rewritten:
            self._rewritten[kept.meeting.id] = rewritten
        return self._doors(Listing(kept.meeting, kept.epoch, rewritten))

    def _let_go(self, room: Room) -> None:
        """Forget a room if it is over and empty; the log has it. Not while another may be entering it."""
        if room.idle and room.transcript.state is MeetingState.ENDED:
            self._rooms.pop(room.meeting.id, None)
            if self.relay is not None:
                self.relay.rest(room.meeting.id)

    async def _list(self, room: Room) -> None:
        """Origin: let edges follow a room, by the doors that it has now."""
        if self.relay is not None and (kept := await self._log.find(room.meeting.id)) is not None:
            self.relay.follow(self._listing(kept, self._rewritten.get(room.meeting.id, 0)))

    def _tell_doors(self) -> None:
        """Origin: let edges know the doors of meetings that are over."""
        if self.relay is None:
            return
        for listing in self.relay.resting:
            if (doors := self._doors(listing)) != listing:
                self.relay.follow(doors)
                self.relay.rest(doors.meeting.id)

    def _doors(self, listing: Listing) -> Listing:
        """Return a listing with the passcode and the invitations that hold now."""
        meeting = listing.meeting.id
        return msgspec.structs.replace(listing, passcode=self.passcode(meeting), passes=self.passes(meeting))

    def _close(self, room: Room) -> None:
        """Let a room's readers come again, to the one that takes its place."""
        for member in [member for member, known in self._members.items() if known is room]:
            member.close(CloseCode.TRY_AGAIN)
