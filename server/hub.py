"""All meetings of a server: finds, opens and re-opens rooms, keeps viewers waiting for a meeting, and ticks."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from structlog.typing import FilteringBoundLogger

from captioner.captions import wire
from captioner.captions.cue import CueUpdate, Meeting, MeetingState, RecordPolicy, Track
from captioner.captions.event import Event
from captioner.captions.policy import PolicyChange, PolicyTimeline, stricter
from captioner.captions.transcript import Transcript
from server.archive.erasure import Tombstone, comply, erase_meeting
from server.archive.laid_down import keep
from server.archive.log import EventLog, Kept
from server.archive.record import About, Record
from server.archive.render import RenderThread
from server.archive.signals import store as store_signals
from server.archive.thread import LogThread
from server.backplane.outlet import Outlet
from server.config import Timing
from server.copies import Copies
from server.drafts import draft_policy, draft_state, draft_track
from server.errors import StorageError
from server.frames import frame_of
from server.invitations import Claim
from server.laggards import Laggards
from server.readers import Member
from server.replica import ReplicaRoom, refuse
from server.room import Room
from server.session import CloseCode, Subscribe
from server.setup import MeetingSetup
from server.setups import Setups
from server.sweep import SLICE
from server.terms import Lookup, no_setup
from server.timeline import Timeline

if TYPE_CHECKING:
    from server.backplane.base import Pass

_NO_MEETING = "there is no meeting of this name yet: stay connected, or ask again"
_ERASED = "this meeting was erased: ask the host why"
_REVOKED = "this invitation was revoked: ask the host for a new one"
_EXPIRED = "this invitation has expired: ask the host for a new one"


@dataclass(frozen=True, slots=True)
class Clock:
    """Both clocks, given in so that tests can set them."""

    wall_ms: Callable[[], int]
    """Unix time in ms."""
    steady: Callable[[], float]
    """Seconds that never jump."""


@dataclass(frozen=True, slots=True)
class Count:
    """How much there is of what."""

    connections: int
    viewers: int
    waiting: int
    publishers: int
    rooms: int
    live: int
    laggards: int


async def _nothing(_: str) -> About:
    """Know nothing of a meeting beside its words."""
    return About()


async def _nobody(_: str) -> None:
    """Tell nobody."""


class Hub(Copies):
    """The rooms of one server and everybody who is connected."""

    def __init__(
        self,
        log: LogThread,
        writer: RenderThread,
        clock: Clock,
        timing: Timing,
        logger: FilteringBoundLogger,
        setups: Setups | None = None,
    ) -> None:
        """Take what it works with."""
        self.setups = setups or Setups()
        self.clock, self.timing, self.logger = clock, timing, logger
        self.laggards = Laggards()
        self.draining = False  # the server goes: nobody new
        self._log, self._writer = log, writer
        self.about: Callable[[str], Awaitable[About]] = _nothing  # what files say of a meeting beside its words
        self.exported: Callable[[str], Awaitable[None]] = _nobody  # told after a meeting's files were written
        self.erased: Callable[[str], Awaitable[None]] = _nobody  # told after something of a meeting was erased
        self.terms: Lookup = no_setup
        self._rooms: dict[str, Room] = {}
        self._members: dict[Member, Room | None] = {}
        self._claims: dict[Member, Claim] = {}
        self._waiting: dict[str, dict[Member, Subscribe]] = {}
        self.passcode: Callable[[str], str] = lambda _: ""  # the hash of what readers of a meeting must know
        self.passes: Callable[[str], tuple[Pass, ...]] = lambda _: ()  # invitations as other machines know them
        self._stale: set[str] = set()  # meetings whose files are older than their log
        self._at_work: list[Room] = []  # something is done with it, though nobody may be in it
        self._lock = asyncio.Lock()  # one room a meeting: finding, opening and dropping exclude each other

    def count(self) -> Count:
        """Count connections and meetings."""
        rooms = list(self._rooms.values())
        return Count(
            len(self._members),
            sum(room.readers.viewers for room in rooms),
            sum(map(len, self._waiting.values())),
            sum(room.publishers for room in rooms),
            len(rooms),
            sum(room.transcript.state is MeetingState.LIVE for room in rooms),
            len(self.laggards),
        )

    def enter(self, member: Member) -> None:
        """Know a connection, for the ticks and the end."""
        self._members[member] = None

    def leave(self, member: Member) -> None:
        """Forget a connection."""
        room = self._members.pop(member, None)
        self._claims.pop(member, None)
        self._stop_waiting(member)
        if room is not None:
            room.leave(member, self.clock.steady())
            if not self._lock.locked():  # or with the next tick
                self._let_go(room)

    async def join(self, member: Member, hello: wire.Hello) -> Room | None:
        """Open, re-open or go on with a publisher's meeting; None when it was refused. StorageError is the caller's."""
        if self.up is not None:
            refuse(member)
            return None
        async with self._lock:
            room = await self._find(hello.meeting) or await self._open(hello)
            if room.transcript.seq == 0:
                member.send(frame_of(wire.Error(code=wire.ErrorCode.NO_MEETING, message=_ERASED)))
                member.close(CloseCode.POLICY_VIOLATION)
                return None
            if not await room.join(member, hello, self.clock.steady()):
                return None
            self._members[member] = room
            waiting = self._waiting.pop(hello.meeting, {})
            for viewer, wanted in waiting.items():
                self._enter_room(viewer, room, wanted)
        self.logger.info("publisher joined", meeting=hello.meeting)
        return room

    async def subscribe(self, member: Member, wanted: Subscribe) -> None:
        """Let a viewer read, now or as soon as the meeting opens."""
        async with self._lock:
            room = await self._find(wanted.meeting)
            self._stop_waiting(member)
            if member not in self._members:
                return  # it left in the meantime
            if room is not None:
                two = (await self.terms(wanted.meeting)).two_person_release
                self._enter_room(member, room, wanted, two_persons=two)
                return
            self._waiting.setdefault(wanted.meeting, {})[member] = wanted
        problem = wire.Error(code=wire.ErrorCode.NO_MEETING, message=_NO_MEETING, fatal=False)
        member.send(frame_of(problem))

    def claimed(self, member: Member, claim: Claim) -> None:
        """Remember by which invitation a client is here, to end with it."""
        if claim.invitation and member in self._members:
            self._claims[member] = claim

    def dismiss(self, invitation: str) -> None:
        """Close everybody who came with an invitation that was revoked."""
        self._dismiss(_REVOKED, [m for m, claim in self._claims.items() if claim.invitation == invitation])

    def room(self, meeting: str) -> Room | None:
        """Return a meeting's room when somebody is in it or it goes on; what ended long ago has none."""
        return self._rooms.get(meeting)

    def room_of(self, member: Member) -> Room | None:
        """Return the room in which a client is."""
        return self._members.get(member)

    def signal(self, meeting: str, reader: Hashable, signal: wire.Signal) -> bool:
        """Take the signal of a reader without a socket; False when it signals too often, LookupError when not live."""
        room = self._rooms.get(meeting)
        if room is None or room.transcript.state is MeetingState.ENDED:
            raise LookupError(meeting)
        return room.signal(reader, signal, self.clock.steady())

    async def end(self, room: Room) -> None:
        """End a meeting and write its archive; StorageError leaves it to the ticks to try again."""
        await room.end(self.clock.steady())
        await self._keep_signals(room)
        await self.export(room.meeting.id)
        if room.ending:
            room.announce()
        self.logger.info("meeting ended", meeting=room.meeting.id)

    async def export(self, meeting: str) -> list[str]:
        """Write the archive's files of a meeting; return their names. LookupError when there is none."""
        kept = await self._log.find(meeting)
        if kept is None:
            raise LookupError(meeting)
        await self._log.write(lambda log: _obeying(log, meeting))
        if (now := await self._log.find(meeting)) is not None and now.rewritten != kept.rewritten:
            await self.tell_copies(meeting)
        transcript = await self.transcript(meeting)
        seq, record = transcript.seq, Record.of(kept.meeting, transcript, await self.about(meeting))
        names = await self._writer.write(record)
        await self._log.mark_exported(meeting, seq)
        await self.exported(meeting)
        return names

    async def open_ended(self, meeting: str, title: str, policy: RecordPolicy) -> None:
        """Make a meeting that took place elsewhere, if there is none of this id; StorageError when the disk refuses."""
        async with self._lock:
            if await self._log.find(meeting) is None:
                made = Meeting(meeting, title or meeting, self.clock.wall_ms())
                await self._log.open_meeting(made, (draft_policy(0, policy), draft_state(MeetingState.ENDED)))

    async def bring_in(self, meeting: str, track: Track, updates: Sequence[CueUpdate]) -> int:
        """Keep finals that were made elsewhere, and write the archive; see Room.bring_in. LookupError: no meeting."""
        async with self._working(meeting) as room:
            count = await room.bring_in(track, updates)
        if count and room.transcript.state is MeetingState.ENDED:
            await self.export(meeting)
        return count

    async def export_stale(self) -> None:
        """Write what is missing or older than the log, as after a crash. A full disk is logged, not raised."""
        if self.up is not None:
            return  # an edge has no archive of its own
        for kept in await self._log.meetings():
            if kept.seq == 0:  # was erased
                continue
            if kept.exported != kept.seq or not self._writer.exists(kept.meeting.id):
                try:
                    await self.export(kept.meeting.id)
                except StorageError:
                    self.logger.exception("archive not written", meeting=kept.meeting.id)

    async def rewrite(self, meeting: str, work: Callable[[EventLog], None], *, erasing: bool = False) -> list[Event]:
        """Let `work` change a meeting's log; readers get what is new. Return that. LookupError when there is none.

        `work` runs alone, in the log's thread; what it raises comes back. With `erasing`, what was overwritten is
        gone from all that was made of it before this returns.
        """

        def change(log: EventLog) -> list[Event]:
            work(log)
            return list(log.read(meeting))

        async with self._working(meeting) as room:
            fresh = await room.rewrite(lambda: self._log.write(change))
        if erasing:
            await self.keep_setup(meeting)
            self._writer.forget(meeting)
            if self._writer.exists(meeting):
                await self.export(meeting)
            await self.erased(meeting)
            await self.tell_copies(meeting)
        return fresh

    async def switch(self, room: Room, member: Member, change: PolicyChange) -> None:
        """Let another record policy hold; a stricter one also for what was kept of its time before."""
        await room.switch(member, change, self.clock.steady())
        if room.reached_back:
            try:
                await self.rewrite(room.meeting.id, lambda log: _obey(log, room.meeting.id), erasing=True)
            except StorageError:
                self.logger.exception("not erased yet: it is tried again at the export", meeting=room.meeting.id)
        elif change.policy is RecordPolicy.OFF_RECORD:
            with contextlib.suppress(StorageError):  # it is tried again at the export
                await self._log.write(lambda log: _obey(log, room.meeting.id))

    async def _keep_signals(self, room: Room) -> None:
        """Keep what readers signalled and the set-up keeps; a full disk is logged, and it is tried again."""
        signals = room.unkept_signals()
        if signals:
            try:
                await self._log.write(lambda log: store_signals(log, room.meeting.id, signals))
            except StorageError:
                room.kept_signals.later(signals)
                self.logger.warning("signals not kept yet: no room on the disk", meeting=room.meeting.id)

    def export_soon(self, meeting: str) -> None:
        """Write a meeting's files with one of the next ticks: a reviewer makes many small changes."""
        self._stale.add(meeting)

    async def erase(self, stone: Tombstone) -> None:
        """Erase a whole meeting: log, files, readers; LookupError when there is none."""
        await self._erase(stone.meeting, lambda log: erase_meeting(log, stone))
        self.setups.put(stone.meeting, MeetingSetup())
        await self._writer.remove(stone.meeting)
        await self.exported(stone.meeting)
        await self.erased(stone.meeting)
        await self._erase_copies(stone.meeting)
        self.logger.info("meeting erased", meeting=stone.meeting)

    async def _erase(self, meeting: str, work: Callable[[EventLog], None]) -> None:
        """Let `work` erase a meeting, and close everybody who is in it; LookupError when there is none."""
        async with self._lock:
            if await self._log.find(meeting) is None:
                raise LookupError(meeting)
            await self._log.write(work)
            room = self._rooms.pop(meeting, None)
            for member in [member for member, where in self._members.items() if where is room and room is not None]:
                member.send(frame_of(wire.Error(code=wire.ErrorCode.NO_MEETING, message=_ERASED)))
                member.close(CloseCode.POLICY_VIOLATION)
                self._members[member] = None

    async def transcript(self, meeting: str) -> Transcript:
        """Return the meeting's record as it is now."""
        room = self._rooms.get(meeting)
        return room.transcript if room else await self._log.transcript(meeting)

    async def policy(self, meeting: str) -> RecordPolicy:
        """Return the record policy that holds now; OFF_RECORD for an unknown meeting."""
        return PolicyTimeline((await self.transcript(meeting)).policy()).current

    async def meetings(self) -> list[Kept]:
        """All meetings, the newest first."""
        return await self._log.meetings()

    async def find(self, meeting: str) -> Kept | None:
        """Return what the log knows of a meeting."""
        return await self._log.find(meeting)

    async def set_up(self, meeting: str, setup: MeetingSetup) -> None:
        """Let a set-up hold at once, also where the disk refuses it; StorageError then."""
        self.setups.put(meeting, setup)
        room = self._rooms.get(meeting)
        if room is not None:
            room.tell_settings()
        await self._store_setup(meeting)

    async def keep_setup(self, meeting: str) -> None:
        """Keep of a meeting's set-up what the policy that holds now allows; a full disk is logged."""
        if self.setups.find(meeting) is not None:
            try:
                await self._store_setup(meeting)
            except StorageError:
                self.logger.warning("set-up not kept: no room on the disk", meeting=meeting)

    async def _store_setup(self, meeting: str) -> None:
        setup = self.setups.of(meeting)
        await self._log.write(lambda log: keep(log, meeting, setup))

    async def ping(self) -> None:
        """Give a sign of life to every client that got nothing else of late."""
        frame = frame_of(wire.Ping())
        since = asyncio.get_running_loop().time() - self.timing.ping_s / 2
        for number, (member, room) in enumerate(list(self._members.items())):
            if (room is None or room.readers.sent_at < since or room.publishes(member)) and member in self._members:
                member.send(frame)
            if number % SLICE == SLICE - 1:
                await asyncio.sleep(0)

    async def tick(self) -> None:
        """Look for silent publishers and expired invitations, and end meetings that a full disk kept from ending."""
        now = self.clock.wall_ms()
        self._dismiss(_EXPIRED, [m for m, claim in self._claims.items() if claim.expires and claim.expires <= now])
        for room in list(self._rooms.values()):
            await self._list(room)
            try:
                await room.check(self.clock.steady(), self.clock.wall_ms(), self.timing.silent_s)
            except StorageError:
                self.logger.warning("clock not anchored: no room on the disk", meeting=room.meeting.id)
            await self._keep_signals(room)
            if room.ending or room.overdue(self.clock.steady()):
                try:
                    await self.end(room)
                except StorageError:
                    self.logger.warning("meeting not ended yet: no room on the disk", meeting=room.meeting.id)
            if not self._lock.locked():
                self._let_go(room)
        for meeting in list(self._stale):
            try:
                await self.export(meeting)
                self._stale.discard(meeting)
            except (StorageError, LookupError):
                self.logger.warning("archive not written", meeting=meeting)

    def say_bye(self) -> None:
        """Tell everybody that the server goes, and close."""
        self.draining = True
        spread = range(500, 500 + min(len(self._members) * 2, 15_000) + 1, 250)  # nobody comes again all at once
        byes = [frame_of(wire.Bye(retry_after_ms=wait)) for wait in spread]
        for number, member in enumerate(list(self._members)):
            member.send(byes[number % len(byes)])
            member.close(CloseCode.GOING_AWAY)

    def _dismiss(self, reason: str, members: list[Member]) -> None:
        for member in members:
            member.send(frame_of(wire.Error(code=wire.ErrorCode.UNAUTHORISED, message=reason)))
            member.close(CloseCode.POLICY_VIOLATION)
            self._claims.pop(member, None)

    async def _find(self, meeting: str) -> Room | None:
        room = self._rooms.get(meeting)
        if room is None and (kept := await self._log.find(meeting)):
            room = self._rooms[meeting] = await self._room(kept)
        return room

    async def _open(self, hello: wire.Hello) -> Room:
        setup = self.setups.find(hello.meeting)
        title = (setup.title if setup else "") or hello.title or hello.meeting
        policy = hello.policy
        if setup is not None:  # of what the host laid down and what the captioner asks for, the one that keeps less
            policy = setup.policy if policy is None else stricter(policy, setup.policy)
        meeting = Meeting(hello.meeting, title, self.clock.wall_ms())
        track = () if hello.track is None else (draft_track(hello.track),)
        drafts = (draft_policy(0, policy), draft_state(MeetingState.LIVE), *track)
        kept = await self._log.open_meeting(meeting, drafts)
        room = self._rooms[meeting.id] = await self._room(kept)
        return room

    async def _room(self, kept: Kept) -> Room:
        timeline = Timeline(kept.meeting.started, self.clock.wall_ms(), self.clock.steady())
        read = kept.meeting.id
        events = await self._log.write(lambda log: _obeying(log, read) if self.up is None else list(log.read(read)))
        if self.up is not None:
            copy = ReplicaRoom(kept, events, self._log.append, timeline, self.timing.lease_s)
            copy.up = self.up
            return copy
        setup = lambda: self.setups.of(kept.meeting.id)  # noqa: E731
        room = Room(kept, events, self._log.append, timeline, self.timing.lease_s, setup)
        if self.relay is not None:
            self.relay.follow(self._listing(kept))
            room.readers.tap(Outlet(self.relay, kept.meeting.id))
        return room

    def _enter_room(self, member: Member, room: Room, wanted: Subscribe, *, two_persons: bool = False) -> None:
        known = self._members.get(member)
        if known is not None and known is not room:
            known.leave(member, self.clock.steady())
        self._members[member] = room
        room.subscribe(member, wanted, self.clock.steady(), two_persons=two_persons)

    def _stop_waiting(self, member: Member) -> None:
        for meeting, waiting in list(self._waiting.items()):
            if waiting.pop(member, None) and not waiting:
                del self._waiting[meeting]


def _obey(log: EventLog, meeting: str) -> None:
    comply(log, meeting)


def _obeying(log: EventLog, meeting: str) -> list[Event]:
    """Return the meeting's log, after a crash may have come between a stricter policy and what it takes away."""
    comply(log, meeting)
    return list(log.read(meeting))
