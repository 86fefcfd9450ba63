"""One meeting: what comes is checked against the record policy, made durable, and only then shown.

Invariants: nothing off the record, and in CHATHAM nobody's name, gets into the log, a snapshot or a replay. The
transcript is the fold of what is durable. Readers get events in order of seq, without a gap after the snapshot or
replay. What a person revised, no machine changes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable

import msgspec

from captioner.captions import wire
from captioner.captions.cue import CueStatus, CueUpdate, MeetingState, Origin, RecordPolicy
from captioner.captions.event import ClockEvent, Event, GapReason, PolicyEvent
from captioner.captions.policy import PolicyChange, PolicyTimeline, recordable, visible
from captioner.captions.transcript import TrackUpdate, Transcript
from server.absence import Absence
from server.amendments import Amendments
from server.archive.log import Kept
from server.archive.publication import open_draft
from server.archive.signals import KeptSignal
from server.corrections import labelled, retraction
from server.desks import Desks
from server.drafts import draft_caption, draft_clock, draft_state, draft_track
from server.errors import StorageError
from server.frames import frame_of, no_room
from server.gaps import Gaps
from server.in_room import InRoom
from server.kept_signals import KeptSignals
from server.outbox import Frame
from server.publishers import Publishers
from server.readers import Member, Readers, is_staff
from server.roles import Verb, allowed
from server.session import MAX_OUTPUTS, CloseCode, Reported, Subscribe
from server.setup import MeetingSetup, nameable, spelling
from server.signals import Signals
from server.speaking import Speaking
from server.timeline import Timeline


class Room(Gaps, Amendments):
    """A meeting's state in memory. All methods are for one event loop; times are given in."""

    def __init__(
        self,
        kept: Kept,
        events: Iterable[Event],
        append: Callable[[str, Event], Awaitable[Event | None]],
        timeline: Timeline,
        gone_s: float,
        setup: Callable[[], MeetingSetup] = MeetingSetup,
    ) -> None:
        """Take what the log knows, its append, the clock, how long a person who went keeps a lease, and the set-up."""
        self.meeting = kept.meeting
        self.transcript = Transcript()
        self.archived = kept.exported == kept.seq
        self.ending = False  # the end was asked for and could not yet be kept
        self.readers = Readers(self.transcript)
        self._append = append
        self._clock = timeline
        self._timeline = PolicyTimeline()
        self._publishers: Publishers[Member] = Publishers(gone_s)
        self._signals = Signals()
        self.kept_signals = KeptSignals()  # for the record, where the set-up says so
        self._partials: dict[str, TrackUpdate] = {}
        self._speaking = Speaking()
        self._in_room = InRoom()
        self._desks: Desks[Member] = Desks()
        self._setup = setup
        self._finish_by: float | None = None  # until then captioners may finish; the host has ended the meeting
        self.outputs: tuple[wire.Output, ...] = ()  # conference outputs, as who sends them says
        self._told: wire.Status | None = None
        self._anchor = 0  # ms of the log's last anchor
        self._lock = asyncio.Lock()
        self._absence = Absence()
        for event in events:
            self._take(event)
        if self.transcript.state is MeetingState.LIVE:  # nobody is here yet: the server may have been away
            self._absence.see(present=False, at=self._last_ms, now=0.0)

    @property
    def idle(self) -> bool:
        """Tell that nobody is here."""
        return not self.readers and not self._publishers and not self.ending

    @property
    def publishers(self) -> int:
        """Count the captioners who are here."""
        return len(self._publishers)

    @property
    def transcript_path(self) -> str:
        """Return the path of the transcript's page on this server."""
        return f"/archive/{self.meeting.id}/"

    @property
    def policy(self) -> RecordPolicy:
        """Return the policy that holds now."""
        return self._timeline.current

    async def join(self, member: Member, hello: wire.Hello, now: float) -> bool:
        """Let a publisher on its track; False when it is refused. StorageError when the log cannot take it."""
        if (track := hello.track) is None:
            return False
        async with self._lock:
            if self._publishers.taken(track, hello.publisher):
                problem = "another captioner publishes this track: end it first, or name another track"
                member.send(frame_of(wire.Error(code=wire.ErrorCode.TRACK_TAKEN, message=problem)))
                member.close(CloseCode.POLICY_VIOLATION)
                return False
            if self.transcript.state is MeetingState.ENDED:
                await self._commit(draft_state(MeetingState.LIVE))
            described = self._described(track)
            if described not in self.transcript.tracks():
                await self._commit(draft_track(described))
            replaced = self._publishers.join(member, track, hello.publisher, now)
            self._absence.see(present=True, at=self._clock.at(now), now=now)
            if replaced is not None:
                replaced.close(CloseCode.REPLACED)
            self.ending = False
            resume = max((update.cue.end for update in self.transcript.cues(track.id)), default=0)
            member.send(frame_of(self._welcome(now, resume)))
            for frame in self.readers.policies:
                member.send(frame)
            member.send(frame_of(self._settings()))
            self._tell_status(now)
        return True

    def publishes(self, member: Member) -> bool:
        """Tell whether this client is a publisher here."""
        return self._publishers.find(member) is not None

    def subscribe(self, member: Member, wanted: Subscribe, now: float, *, two_persons: bool = False) -> None:
        """Send a reader what it lacks, and from now on all that comes.

        Of a meeting that is over and must be released first, only those get the words who may work on them.
        """
        grant, epoch, after = wanted.grant, wanted.epoch, wanted.after
        self.readers.add(member, grant, in_room=wanted.in_room)
        member.send(frame_of(self._welcome(now)))
        ended = self.transcript.state is MeetingState.ENDED
        held = ended and not open_draft(self.transcript.policy(), two_persons=two_persons)
        works = allowed(grant, Verb.REVIEW) or allowed(grant, Verb.CORRECT)
        if held and not works:
            member.replay(self.readers.withheld(epoch, after))
        else:
            member.replay(self.readers.missing(epoch, after, recent=wanted.recent))
        member.send(frame_of(self._status(now)))
        for shown in self._partials.values():
            member.send(frame_of(wire.Live(shown=shown)))
        if is_staff(grant):
            for signalled in self._signals.recent:
                member.send(frame_of(signalled))
            for edited in self._desks.now:
                member.send(frame_of(edited))
            member.send(frame_of(wire.Presence(viewers=self.readers.viewers)))
        if self.transcript.state is MeetingState.ENDED and self.archived:
            member.send(frame_of(wire.Ended(transcript=self.transcript_path)))

    def leave(self, member: Member, now: float) -> None:
        """Forget a client; its track is free, a person's after a while."""
        self.readers.remove(member)
        self._signals.forget(member)
        left = self._desks.leave(member)
        if left is not None:
            self.readers.tell_staff(left)
        track = self._publishers.leave(member, now)
        if track is not None:
            self._missed_from(self._clock.at(now), now)
            self._partials.pop(track, None)
            self._tell_status(now)

    def told_of(self, outputs: tuple[wire.Output, ...]) -> None:
        """Keep how conference outputs are; each is a process of its own, so others of another name stay."""
        names = {output.name for output in outputs}
        self.outputs = (*(each for each in self.outputs if each.name not in names), *outputs)[-MAX_OUTPUTS:]

    async def update(self, member: Member, update: CueUpdate, now: float) -> None:
        """Show a publisher's update; keep a final, correction or retraction first, and acknowledge it."""
        found = self._publishers.find(member)
        if found is None:
            self._refuse(member)
            return
        track, holder = found
        update = msgspec.structs.replace(update, human=holder.origin is Origin.HUMAN)
        paused = self.paused_at
        dropped = not self._publishers.may_show(member, now) or (paused is not None and update.cue.start >= paused)
        if update.status is CueStatus.PARTIAL:
            if not dropped:
                self._show_partial(track, update)
            return
        cue, revision = update.cue.id, update.revision
        if not dropped and holder.waits(cue, revision, now):
            member.send(no_room(cue, revision))
            return
        kept = dropped or await self._tried(member, self._settle(track, update), cue, revision)
        holder.settled(cue, revision, now, kept=kept)
        if kept:
            member.send(frame_of(wire.Ack(cue=cue, revision=revision)))

    def speak(self, track: str, name: str, now: float) -> None:
        """Label what is said from now on; nobody is named without consent, off the record nobody at all."""
        policy, name = self._timeline.current, name if nameable(self._setup(), name) else ""
        self._speaking.say(track, self._clock.at(now), name if policy is RecordPolicy.ON_RECORD else "")
        self._in_room.say(track, self._clock.at(now), name if policy is RecordPolicy.CHATHAM else "")

    def edit(self, member: Member, track: str, cue: str) -> None:
        """Tell the other correctors what one of them edits."""
        self.readers.tell_staff(self._desks.edit(member, track, cue), but=member)

    def signal(self, reader: Hashable, signal: wire.Signal, now: float) -> bool:
        """Tell the staff what a reader signals, known by its member or, without a socket, by anything else.

        False when the reader signals too often: nobody was told.
        """
        named = self._timeline.current is RecordPolicy.ON_RECORD
        signalled = self._signals.take(reader, signal, now, self._clock.at(now), named=named)
        if signalled is not None:
            self.readers.tell_staff(signalled)
            live = self.transcript.state is MeetingState.LIVE and not self.ending
            if live and self._setup().keep_signals:
                self.kept_signals.take(signalled, self._timeline)
        return signalled is not None

    def unkept_signals(self) -> list[KeptSignal]:
        """Return the signals that are to be kept and are not yet, and forget them."""
        return self.kept_signals.pop(self._timeline)

    def mark(self, number: int, state: wire.SignalState) -> None:
        """Tell the staff what a host did about a signal."""
        marked = self._signals.mark(number, state)
        if marked is not None:
            self.readers.tell_staff(marked)

    def hand_back(self, member: Member, now: float) -> None:
        """Let the machine have a track again that a person took over."""
        track = self._publishers.hand_back(member)
        if track is not None:
            self._partials.pop(track, None)
            self._tell_status(now)

    async def pause(self, member: Member, now: float, *, on: bool) -> None:
        """Pause the captions, or let them go on; what is said in between is neither shown nor kept."""
        await self._tried(member, self._pause(self._clock.at(now), on=on))
        self.tell_settings()
        self._tell_status(now)

    def now(self, steady: float) -> int:
        """Return the time on the meeting's timeline, in ms."""
        return self._clock.at(steady)

    def ask_to_finish(self, now: float, within_s: float) -> bool:
        """Ask the machines to caption what was heard and then end the meeting; False when there is none to ask."""
        if not self._publishers.machines:
            return False
        if self._finish_by is None:
            self._finish_by = now + within_s
            self.tell_settings()
        return True

    def overdue(self, now: float) -> bool:
        """Tell whether captioners that were asked to finish have not ended the meeting in time."""
        return self._finish_by is not None and now > self._finish_by

    def tell_settings(self) -> None:
        """Tell the publishers what the host has set."""
        frame = frame_of(self._settings())
        for member in self._publishers.members:
            member.send(frame)

    async def switch(self, member: Member, change: PolicyChange, now: float) -> None:
        """Let another record policy hold. A stricter one holds even when the log cannot keep it."""
        await self._tried(member, self._switch(change))
        self._tell_status(now)

    async def end(self, now: float) -> None:
        """Keep that the meeting is over; StorageError leaves `ending` set, to be tried again."""
        self.ending = True
        self._finish_by = None
        self.archived = False
        await self._shielded(self._end(now))
        self._partials.clear()
        self._tell_status(now)

    async def rewrite(self, work: Callable[[], Awaitable[list[Event]]]) -> list[Event]:
        """Let `work` change the log, and take all of the log that it returns; return what is new in it.

        Readers get what is new, and nothing of what was overwritten is replayed to anybody. StorageError from `work`.
        """
        task = asyncio.ensure_future(self._rewrite(work))
        return await asyncio.shield(task)

    @property
    def reached_back(self) -> bool:
        """Tell whether a stricter policy forbids something that was kept before it was switched."""
        for each in self.transcript.snapshot().cues:
            update, cue = each.update, each.update.cue
            if update.status is CueStatus.FINAL:
                allowed = recordable(update, self._timeline.strictest(cue.start, cue.end))
                if allowed != update:
                    return True
        return False

    def announce(self) -> None:
        """Tell everybody that the archive holds this meeting; its publishers are done."""
        self.ending = False
        self.archived = True
        frame = frame_of(wire.Ended(transcript=self.transcript_path))
        self.readers.broadcast(frame)
        for member in self._publishers.clear():
            member.send(frame)

    def report(self, member: Member, reported: Reported, now: float) -> None:
        """Take how a publisher says it is; its sound and its machine concern the staff alone."""
        if self._publishers.report(member, reported.health, reported.behind_ms):
            self._tell_status(now)
        found = self._publishers.find(member)
        heard = (reported.level_db, reported.cpu, reported.source)
        if found is not None and heard != (None, None, ""):
            self.readers.tell_staff(wire.Vitals(track=found[0], level_db=heard[0], cpu=heard[1], source=heard[2]))

    def heard(self, member: Member, now: float) -> None:
        """Take any message of a publisher as a sign of life."""
        if self._publishers.heard(member, now):
            self._absence.see(present=True, at=self._clock.at(now), now=now)
            self._tell_status(now)

    async def check(self, now: float, wall_ms: int, silent_s: float) -> None:
        """Show publishers that were silent too long as absent, leases that ended, readers' number; anchor the clock."""
        self._publishers.check(now, silent_s)
        self._missed_from(self._clock.at(self._publishers.last_heard(now)), now)
        if self._status(now) != self._told:
            self._tell_status(now)
        self.readers.tell_presence()
        self.readers.tell_tap(frame_of(self._status(now)))
        if self.transcript.state is not MeetingState.LIVE or self.ending or not self._publishers.present:
            return
        async with self._lock:
            await self._gap(self._clock.at(now), GapReason.AUDIO_LOST, on=self._publishers.deaf)
            if self._absence.due(now):
                await self._keep_missed()
            if self._clock.anchor_due(now):
                await self._commit(draft_clock(self._clock.at(now), wall_ms))

    def _refuse(self, member: Member) -> None:
        if self.transcript.state is MeetingState.ENDED:
            code, problem = wire.ErrorCode.MEETING_ENDED, "the meeting has ended: connect again to go on with it"
        else:
            code, problem = wire.ErrorCode.TRACK_TAKEN, "another captioner has this track now: connect again to take it"
        member.send(frame_of(wire.Error(code=code, message=problem)))
        member.close(CloseCode.POLICY_VIOLATION)

    def _show_partial(self, track: str, update: CueUpdate) -> None:
        update = self._consented(self._called(track, update))
        cue = update.cue
        known = self.transcript.latest(track, cue.id)
        if self.ending or (known is not None and (known.revision >= update.revision or known.human > update.human)):
            return
        policy = self._timeline.strictest(cue.start, cue.end)
        shown = TrackUpdate(track, visible(update, policy))
        self._partials.pop(track, None)
        if policy is not RecordPolicy.OFF_RECORD:  # a late joiner gets nothing off the record
            self._partials[track] = shown
        named = self._in_room.shown(track, update, policy)
        self.readers.broadcast(frame_of(wire.Live(shown=shown)), in_room=named)

    async def _settle(self, track: str, update: CueUpdate) -> None:
        async with self._lock:
            cue = update.cue
            policy = self._timeline.strictest(cue.start, cue.end)
            known = self.transcript.latest(track, cue.id)
            update = self._consented(self._called(track, update))
            update = labelled(update, known, self._speaking.name(track, cue.start, cue.end))
            kept = recordable(update, policy)
            if update.status is CueStatus.RETRACTED and known is not None:
                kept = retraction(update)
            waiting = self._partials.get(track)
            if waiting and waiting.update.cue.id == cue.id:
                del self._partials[track]
            if kept is None:
                self.readers.broadcast(frame_of(wire.Live(shown=TrackUpdate(track, visible(update, policy)))))
            elif known is None or (update.revision > known.revision and update.human >= known.human):
                if (named := self._in_room.shown(track, update, policy)) is not None:  # before its nameless twin
                    self.readers.tell_room(named)
                await self._commit(draft_caption(track, kept))

    async def _switch(self, change: PolicyChange) -> None:
        async with self._lock:
            stricter = self._timeline.current is RecordPolicy.ON_RECORD
            if change.policy is RecordPolicy.OFF_RECORD or (change.policy is RecordPolicy.CHATHAM and stricter):
                self._hold(change)
            await self._commit(PolicyEvent(epoch="", seq=0, change=change))

    def _hold(self, change: PolicyChange) -> None:
        if change not in self._timeline.changes[-1:]:
            self._timeline.add(change)
        self._apply_policy()

    def _apply_policy(self) -> None:
        """Keep nothing in memory that the policy, as it is now, forbids."""
        self._in_room.clear()
        self.readers.drop_named()
        if self._timeline.current is not RecordPolicy.ON_RECORD:
            self._speaking.clear()
            self._signals.without_names()
        for track, shown in list(self._partials.items()):
            policy = self._timeline.strictest(shown.update.cue.start, shown.update.cue.end)
            if policy is RecordPolicy.OFF_RECORD:
                del self._partials[track]
            else:
                self._partials[track] = TrackUpdate(track, visible(shown.update, policy))

    async def _end(self, now: float) -> None:
        async with self._lock:
            for reason in (GapReason.PAUSED, GapReason.AUDIO_LOST):
                await self._gap(self._clock.at(now), reason, on=False)
            if self.transcript.state is MeetingState.LIVE:
                self._absence.see(present=True, at=self._clock.at(now), now=now)
                await self._keep_missed()
            if self.transcript.state is MeetingState.LIVE:
                await self._commit(draft_state(MeetingState.ENDED))

    async def _rewrite(self, work: Callable[[], Awaitable[list[Event]]]) -> list[Event]:
        async with self._lock:
            known = self.transcript.seq
            events = await work()
            self.transcript = Transcript().apply_all(events)
            self.readers.forget(self.transcript)
            self._timeline = PolicyTimeline(self.transcript.policy())
            fresh = []
            for event in events:
                frame = self.readers.took(event)
                if event.seq <= known:
                    continue
                fresh.append(event)
                self.readers.broadcast(frame)
                if isinstance(event, PolicyEvent):
                    for member in self._publishers.members:
                        member.send(frame)
            self._apply_policy()
            return fresh

    async def _commit(self, draft: Event) -> None:
        """Make durable, then fold, then show. The caller holds the lock."""
        event = await self._append(self.meeting.id, draft)
        if event is not None:
            self.readers.broadcast(self._take(event))

    async def _tried(self, member: Member, work: Awaitable[None], cue: str = "", revision: int = 0) -> bool:
        """Do what must not be half done; False, and told, when the disk refuses."""
        try:
            await self._shielded(work)
        except StorageError:
            member.send(no_room(cue, revision))
            return False
        return True

    async def _shielded(self, work: Awaitable[None]) -> None:
        """Finish what was begun, though its client goes: the fold must not miss what the log took."""
        await asyncio.shield(asyncio.ensure_future(work))

    def _take(self, event: Event) -> Frame:
        self.transcript.apply(event)
        frame = self.readers.took(event)
        if isinstance(event, ClockEvent):
            self._anchor = event.at_ms
        if isinstance(event, PolicyEvent):
            self._hold(event.change)
            for member in self._publishers.members:
                member.send(frame)
        return frame

    def _welcome(self, now: float, resume_ms: int = 0) -> wire.Welcome:
        return wire.Welcome(
            meeting=self.meeting,
            epoch=self.transcript.epoch,
            seq=self.transcript.seq,
            policy=self._timeline.current,
            now_ms=self._clock.at(now),
            resume_ms=resume_ms,
        )

    def _settings(self) -> wire.Settings:
        finish = self._finish_by is not None
        setup = self._setup()
        named = tuple(one.name for one in setup.roster if one.consent)
        return wire.Settings(glossary=spelling(setup), named=named, paused=self.paused_at is not None, finish=finish)

    def _status(self, now: float) -> wire.Status:
        captioners: list[wire.TrackHealth] = []
        if self.transcript.state is MeetingState.LIVE:
            captioners = [self._publishers.health(track, now) for track in self.transcript.tracks()]
        return wire.Status(
            captioners=tuple(captioners), policy=self._timeline.current, paused=self.paused_at is not None
        )

    def _tell_status(self, now: float) -> None:
        self._told = self._status(now)
        self.readers.broadcast(frame_of(self._told))
