"""One meeting: what comes is checked against the record policy, made durable, and only then shown.

Invariants: nothing off the record, and in CHATHAM nobody's name, gets into the log, a snapshot or a replay. The
transcript is the fold of what is durable. Viewers get events in order of seq, without a gap after the snapshot or
replay.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import msgspec

from captioner.captions import wire
from captioner.captions.cue import CueStatus, CueUpdate, MeetingState, RecordPolicy, Track
from captioner.captions.event import CaptionEvent, Event, PolicyEvent, StateEvent, TrackEvent
from captioner.captions.policy import PolicyChange, PolicyTimeline, recordable, visible
from captioner.captions.transcript import TrackUpdate, Transcript
from server.archive.log import Kept
from server.errors import StorageError
from server.frames import frame_of
from server.outbox import MAX_BYTES, Frame
from server.session import CloseCode

REPLAY = 500  # events; more are quicker as a snapshot

_STORAGE = "the server has no room to keep captions: free space on its disk; send it again in a few seconds"


class Member(Protocol):
    """A client's connection; neither method blocks or fails."""

    def send(self, frame: Frame) -> None:
        """Queue a frame."""

    def close(self, code: CloseCode) -> None:
        """Close after what was queued before."""


@dataclass(slots=True)
class _Publisher:
    member: Member
    identity: str
    heard: float
    health: wire.Health = wire.Health.LIVE
    behind_ms: int = 0
    silent: bool = False


def draft_policy(at: int, policy: RecordPolicy | None) -> PolicyEvent:
    """Return the policy event to open a meeting with; without a policy it fails closed."""
    return PolicyEvent(epoch="", seq=0, change=PolicyChange(at, policy or RecordPolicy.OFF_RECORD))


def draft_state(state: MeetingState) -> StateEvent:
    """Return the event of a meeting's new state, for the log to number."""
    return StateEvent(epoch="", seq=0, state=state)


def draft_track(track: Track) -> TrackEvent:
    """Return the event of a track, for the log to number."""
    return TrackEvent(epoch="", seq=0, track=track)


class Room:
    """A meeting's state in memory. All methods are for one event loop; times are given in."""

    def __init__(
        self, kept: Kept, events: Iterable[Event], append: Callable[[str, Event], Awaitable[Event | None]]
    ) -> None:
        """Take what the log knows, and the log's append."""
        self.meeting = kept.meeting
        self.transcript = Transcript()
        self.archived = kept.exported == kept.seq
        self.ending = False  # the end was asked for and could not yet be kept
        self._append = append
        self._timeline = PolicyTimeline()
        self._tail: deque[tuple[int, Frame]] = deque(maxlen=REPLAY)
        self._policy_frames: list[Frame] = []
        self._publishers: dict[str, _Publisher] = {}
        self._viewers: dict[Member, None] = {}
        self._partials: dict[str, TrackUpdate] = {}
        self._snapshot: tuple[int, bool, Frame] | None = None
        self._lock = asyncio.Lock()
        for event in events:
            self._take(event)

    @property
    def idle(self) -> bool:
        """Tell that nobody is here."""
        return not self._viewers and not self._publishers and not self.ending

    @property
    def transcript_path(self) -> str:
        """Return the path of the transcript's page on this server."""
        return f"/archive/{self.meeting.id}/"

    async def join(self, member: Member, hello: wire.Hello, now: float, wall_ms: int) -> bool:
        """Let a publisher hold its track; False when it is refused. StorageError when the log cannot take it."""
        track = hello.track
        if track is None:
            return False
        async with self._lock:
            holder = self._publishers.get(track.id)
            if holder and not (hello.publisher and holder.identity == hello.publisher):
                problem = "another captioner publishes this track: end it first, or name another track"
                member.send(frame_of(wire.Error(code=wire.ErrorCode.TRACK_TAKEN, message=problem)))
                member.close(CloseCode.POLICY_VIOLATION)
                return False
            if self.transcript.state is MeetingState.ENDED:
                await self._commit(draft_state(MeetingState.LIVE))
            if track not in self.transcript.tracks():
                await self._commit(draft_track(track))
            if holder:
                holder.member.close(CloseCode.REPLACED)
            self.ending = False
            self._publishers[track.id] = _Publisher(member, hello.publisher, now)
            resume = max((update.cue.end for update in self.transcript.cues(track.id)), default=0)
            member.send(frame_of(self._welcome(wall_ms, resume)))
            for frame in self._policy_frames:
                member.send(frame)
            self._tell_status()
        return True

    def subscribe(self, member: Member, epoch: str, after: int, wall_ms: int) -> None:
        """Send a viewer what it lacks, and from now on all that comes."""
        self._viewers[member] = None
        member.send(frame_of(self._welcome(wall_ms)))
        for frame in self._missing(epoch, after):
            member.send(frame)
        member.send(frame_of(self._status()))
        for shown in self._partials.values():
            member.send(frame_of(wire.Live(shown=shown)))
        if self.transcript.state is MeetingState.ENDED and self.archived:
            member.send(frame_of(wire.Ended(transcript=self.transcript_path)))

    def leave(self, member: Member) -> None:
        """Forget a client; its track is free."""
        self._viewers.pop(member, None)
        track = self._track_of(member)
        if track is not None:
            del self._publishers[track]
            self._partials.pop(track, None)
            self._tell_status()

    async def update(self, member: Member, update: CueUpdate) -> None:
        """Show a publisher's update; keep a final, correction or retraction first, and acknowledge it."""
        track = self._track_of(member)
        if track is None:
            self._refuse(member)
        elif update.status is CueStatus.PARTIAL:
            self._show_partial(track, update)
        else:
            cue, revision = update.cue.id, update.revision
            try:
                await self._shielded(self._settle(track, update))
            except StorageError:
                code = wire.ErrorCode.STORAGE
                problem = wire.Error(code=code, message=_STORAGE, fatal=False, cue=cue, revision=revision)
                member.send(frame_of(problem))
            else:
                member.send(frame_of(wire.Ack(cue=cue, revision=revision)))

    async def switch(self, member: Member, change: PolicyChange) -> None:
        """Let another record policy hold. A stricter one holds even when the log cannot keep it."""
        try:
            await self._shielded(self._switch(change))
        except StorageError:
            member.send(frame_of(wire.Error(code=wire.ErrorCode.STORAGE, message=_STORAGE, fatal=False)))

    async def end(self) -> None:
        """Keep that the meeting is over; StorageError leaves `ending` set, to be tried again."""
        self.ending = True
        self.archived = False
        await self._shielded(self._end())
        self._partials.clear()
        self._tell_status()

    def announce(self) -> None:
        """Tell everybody that the archive holds this meeting; its publishers are done."""
        self.ending = False
        self.archived = True
        frame = frame_of(wire.Ended(transcript=self.transcript_path))
        self._broadcast(frame)
        for publisher in self._publishers.values():
            publisher.member.send(frame)
        self._publishers.clear()

    def report(self, member: Member, health: wire.Health, behind_ms: int) -> None:
        """Take how a publisher says it is."""
        track = self._track_of(member)
        if track is not None:
            publisher = self._publishers[track]
            changed = (publisher.health, publisher.behind_ms) != (health, behind_ms)
            publisher.health, publisher.behind_ms = health, behind_ms
            if changed:
                self._tell_status()

    def heard(self, member: Member, now: float) -> None:
        """Take any message of a publisher as a sign of life."""
        track = self._track_of(member)
        if track is not None:
            publisher = self._publishers[track]
            was_silent, publisher.heard, publisher.silent = publisher.silent, now, False
            if was_silent:
                self._tell_status()

    def check(self, now: float, silent_s: float) -> None:
        """Show publishers that have been silent too long as absent."""
        fresh = [p for p in self._publishers.values() if not p.silent and now - p.heard > silent_s]
        for publisher in fresh:
            publisher.silent = True
        if fresh:
            self._tell_status()

    def _track_of(self, member: Member) -> str | None:
        return next((track for track, p in self._publishers.items() if p.member is member), None)

    def _refuse(self, member: Member) -> None:
        if self.transcript.state is MeetingState.ENDED:
            code, problem = wire.ErrorCode.MEETING_ENDED, "the meeting has ended: connect again to go on with it"
        else:
            code, problem = wire.ErrorCode.TRACK_TAKEN, "another captioner took over this track: end this one"
        member.send(frame_of(wire.Error(code=code, message=problem)))
        member.close(CloseCode.POLICY_VIOLATION)

    def _show_partial(self, track: str, update: CueUpdate) -> None:
        cue = update.cue
        if self.transcript.revision(track, cue.id) >= update.revision or self.ending:
            return
        policy = self._timeline.strictest(cue.start, cue.end)
        shown = TrackUpdate(track, visible(update, policy))
        self._partials.pop(track, None)
        if policy is not RecordPolicy.OFF_RECORD:  # a late joiner gets nothing off the record
            self._partials[track] = shown
        self._broadcast(frame_of(wire.Live(shown=shown)))

    async def _settle(self, track: str, update: CueUpdate) -> None:
        async with self._lock:
            cue = update.cue
            policy = self._timeline.strictest(cue.start, cue.end)
            known = self.transcript.revision(track, cue.id)
            kept = recordable(update, policy)
            if update.status is CueStatus.RETRACTED and known >= 0:  # is kept under any policy, and says nothing
                kept = msgspec.structs.replace(
                    update, stable=0, cue=msgspec.structs.replace(cue, text="", speaker="", words=())
                )
            waiting = self._partials.get(track)
            if waiting and waiting.update.cue.id == cue.id:
                del self._partials[track]
            if kept is None:
                self._broadcast(frame_of(wire.Live(shown=TrackUpdate(track, visible(update, policy)))))
            elif update.revision > known:
                await self._commit(CaptionEvent(epoch="", seq=0, track=track, update=kept))

    async def _switch(self, change: PolicyChange) -> None:
        async with self._lock:
            stricter = self._timeline.current is RecordPolicy.ON_RECORD
            if change.policy is RecordPolicy.OFF_RECORD or (change.policy is RecordPolicy.CHATHAM and stricter):
                self._hold(change)
            await self._commit(PolicyEvent(epoch="", seq=0, change=change))
            self._tell_status()

    def _hold(self, change: PolicyChange) -> None:
        if change not in self._timeline.changes[-1:]:
            self._timeline.add(change)
        for track, shown in list(self._partials.items()):
            policy = self._timeline.strictest(shown.update.cue.start, shown.update.cue.end)
            if policy is RecordPolicy.OFF_RECORD:
                del self._partials[track]
            else:
                self._partials[track] = TrackUpdate(track, visible(shown.update, policy))

    async def _end(self) -> None:
        async with self._lock:
            if self.transcript.state is MeetingState.LIVE:
                await self._commit(draft_state(MeetingState.ENDED))

    async def _commit(self, draft: Event) -> None:
        """Make durable, then fold, then show. The caller holds the lock."""
        event = await self._append(self.meeting.id, draft)
        if event is not None:
            self._broadcast(self._take(event))

    async def _shielded(self, work: Awaitable[None]) -> None:
        """Finish what was begun, though its client goes: the fold must not miss what the log took."""
        await asyncio.shield(asyncio.ensure_future(work))

    def _take(self, event: Event) -> Frame:
        self.transcript.apply(event)
        frame = frame_of(wire.EventMessage(event=event))
        self._tail.append((event.seq, frame))
        if isinstance(event, PolicyEvent):
            self._hold(event.change)
            self._policy_frames.append(frame)
            for publisher in self._publishers.values():
                publisher.member.send(frame)
        return frame

    def _welcome(self, wall_ms: int, resume_ms: int = 0) -> wire.Welcome:
        transcript = self.transcript
        return wire.Welcome(
            meeting=self.meeting,
            epoch=transcript.epoch,
            seq=transcript.seq,
            policy=self._timeline.current,
            now_ms=max(wall_ms - self.meeting.started, 0),
            resume_ms=resume_ms,
        )

    def _missing(self, epoch: str, after: int) -> list[Frame]:
        transcript = self.transcript
        if after and epoch == transcript.epoch and after <= transcript.seq:
            frames = [frame for seq, frame in self._tail if seq > after]
            if len(frames) == transcript.seq - after and sum(len(frame.data) for frame in frames) < MAX_BYTES // 2:
                return frames
        gap = after > 0
        if self._snapshot is None or self._snapshot[:2] != (transcript.seq, gap):
            message = wire.SnapshotMessage(snapshot=transcript.snapshot(), gap=gap)
            self._snapshot = (transcript.seq, gap, frame_of(message))
        return [self._snapshot[2]]

    def _status(self) -> wire.Status:
        captioners: list[wire.TrackHealth] = []
        if self.transcript.state is MeetingState.LIVE:
            for track in self.transcript.tracks():
                publisher = self._publishers.get(track.id)
                if publisher is None or publisher.silent:
                    captioners.append(wire.TrackHealth(track.id, wire.Health.ABSENT))
                else:
                    captioners.append(wire.TrackHealth(track.id, publisher.health, publisher.behind_ms))
        return wire.Status(captioners=tuple(captioners), policy=self._timeline.current)

    def _tell_status(self) -> None:
        self._broadcast(frame_of(self._status()))

    def _broadcast(self, frame: Frame) -> None:
        for viewer in list(self._viewers):
            viewer.send(frame)
