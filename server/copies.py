"""The part of a hub that several machines need: an origin's copies are told, an edge's are kept."""

import abc
import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING

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

_KEPT_MS = 7 * 24 * 3600 * 1000  # a meeting that began longer ago is not passed on anew after a restart


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
    _lock: asyncio.Lock
    _at_work: list[Room]  # something is done with it, though nobody may be in it

    @abc.abstractmethod
    async def _find(self, meeting: str) -> Room | None:
        """Return the meeting's room, opened if needed."""

    @abc.abstractmethod
    def _enter_room(self, member: Member, room: Room, wanted: Subscribe, *, two_persons: bool = False) -> None:
        """Let a reader into a room."""

    async def follow_live(self) -> None:
        """Origin: pass on after a restart what is live, and what ended before it."""
        known = await self._log.meetings()
        for kept in known:
            if kept.state is MeetingState.LIVE:
                async with self._lock:
                    await self._find(kept.meeting.id)
        if self.relay is not None:
            since = self.clock.wall_ms() - _KEPT_MS
            over = [each for each in known if each.state is MeetingState.ENDED and each.meeting.started > since]
            self.relay.keep([self._listing(each) for each in reversed(over) if each.seq])
            self.relay.erased([each.meeting.id for each in known if not each.seq])

    async def tell_copies(self, meeting: str) -> None:
        """Origin: let edges know at once what holds of a meeting now, such as its doors, or make their copy anew."""
        if self.relay is not None and (kept := await self._log.find(meeting)) is not None and kept.seq:
            self.relay.follow(self._listing(kept))
            if meeting not in self._rooms:
                self.relay.rest(meeting)

    async def _erase_copies(self, meeting: str) -> None:
        """Origin: let edges erase a meeting; the relay tries again while the backplane is away."""
        try:
            if self.relay is not None:
                await self.relay.forget(meeting)
        except BackplaneDown:
            self.logger.exception("copies are not erased yet: the backplane is away", meeting=meeting)

    @contextlib.asynccontextmanager
    async def _working(self, meeting: str) -> AsyncGenerator[Room, None]:
        """Keep a meeting's room open, though nobody may be in it; LookupError when there is none."""
        async with self._lock:
            room = await self._find(meeting)
            if room is None:
                raise LookupError(meeting)
            self._at_work.append(room)
        try:
            yield room
        finally:
            self._at_work.remove(room)

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
            if (room := self.replica_room(meeting)) is not None:
                if not room.archived and room.transcript.state is MeetingState.ENDED:  # that frame was lost
                    room.show(wire.Ended(transcript=room.transcript_path))
                self._let_go(room)

    async def show_copy(self, meeting: str, frame: bytes) -> None:
        """Edge: show a frame that is not kept, but for the end: who comes later is told of it too."""
        if (room := self.replica_room(meeting)) is not None:
            message = wire.decode_from_server(frame)
            room.show(message)
            if isinstance(message, wire.Ended):
                await self._log.mark_exported(meeting, room.transcript.seq)

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

    def _listing(self, kept: Kept) -> Listing:
        """Return a meeting with the passcode and the invitations that hold now."""
        meeting = kept.meeting.id
        return Listing(kept.meeting, kept.epoch, kept.rewritten, self.passcode(meeting), self.passes(meeting))

    def _let_go(self, room: Room) -> None:
        """Forget a room if it is over and empty; the log has it. Not while another may be entering it."""
        current = self._rooms.get(room.meeting.id) is room and room not in self._at_work
        if current and room.idle and room.transcript.state is MeetingState.ENDED:
            del self._rooms[room.meeting.id]
            if self.relay is not None:
                self.relay.rest(room.meeting.id)

    async def _list(self, room: Room) -> None:
        """Origin: let edges follow a room, by the doors that it has now."""
        kept = None if self.relay is None else await self._log.find(room.meeting.id)
        if self.relay is not None and kept is not None and self._rooms.get(room.meeting.id) is room:
            self.relay.follow(self._listing(kept))

    def _close(self, room: Room) -> None:
        """Let a room's readers come again, to the one that takes its place."""
        for member in [member for member, known in self._members.items() if known is room]:
            member.close(CloseCode.TRY_AGAIN)
