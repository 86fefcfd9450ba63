"""What people change of what a meeting already has: corrections, names, captions brought in from elsewhere."""

import abc
import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from captioner.captions import wire
from captioner.captions.cue import CueUpdate, Origin, Track
from captioner.captions.event import Event
from captioner.captions.policy import PolicyTimeline, recordable
from captioner.captions.transcript import Transcript
from server.corrections import Conflict, corrected, renamed, span
from server.drafts import draft_caption, draft_track
from server.frames import frame_of
from server.readers import Member
from server.setup import MeetingSetup, nameable
from server.speaking import Speaking

_CHANGED = "somebody else changed this caption: look at the newest text, then correct that"


class Amendments(abc.ABC):
    """This part of a room; see Room."""

    transcript: Transcript
    _lock: asyncio.Lock
    _timeline: PolicyTimeline
    _speaking: Speaking
    _setup: Callable[[], MeetingSetup]

    @abc.abstractmethod
    async def _commit(self, draft: Event) -> None:
        """Make durable, then fold, then show."""

    @abc.abstractmethod
    async def _tried(self, member: Member, work: Awaitable[None], cue: str = "", revision: int = 0) -> bool:
        """Do what must not be half done; False, and told, when the disk refuses."""

    @abc.abstractmethod
    async def _shielded(self, work: Awaitable[None]) -> None:
        """Finish what was begun."""

    async def correct(self, member: Member, wanted: wire.Correct) -> None:
        """Keep a person's revision of a final and acknowledge it, or say why not."""
        cue = wanted.update.cue.id
        try:
            if await self._tried(member, self._correct(wanted), cue, wanted.base):
                member.send(frame_of(wire.Ack(cue=cue, revision=wanted.base + 1)))
        except Conflict as conflict:
            code = wire.ErrorCode.CONFLICT
            problem = wire.Error(code=code, message=_CHANGED, fatal=False, cue=cue, revision=conflict.revision)
            member.send(frame_of(problem))

    async def rename(self, member: Member, track: str, old: str, new: str) -> None:
        """Give all that `old` said on the track to `new`, and the label too."""
        await self._tried(member, self._rename(track, old, new))

    async def bring_in(self, track: Track, updates: Sequence[CueUpdate]) -> int:
        """Keep finals that were made elsewhere, as the record policy allows; return how many.

        ValueError when the track has other captions. StorageError when the disk refuses: bring the same in again.
        """
        if {update.cue.id for update in self.transcript.cues(track.id)} - {update.cue.id for update in updates}:
            msg = "this track has captions already: name another track"
            raise ValueError(msg)
        await self._shielded(self._describe(track))
        count = 0
        for update in updates:
            kept = recordable(update, self._timeline.strictest(update.cue.start, update.cue.end))
            if kept is not None:
                await self._shielded(self._bring_in(track.id, kept))
                count += 1
        return count

    async def _describe(self, track: Track) -> None:
        async with self._lock:
            described = self._described(track)
            if described not in self.transcript.tracks():
                await self._commit(draft_track(described))

    async def _bring_in(self, track: str, update: CueUpdate) -> None:
        async with self._lock:
            known = self.transcript.latest(track, update.cue.id)
            if known is None or (update.revision > known.revision and update.human >= known.human):
                await self._commit(draft_caption(track, update))

    async def _correct(self, wanted: wire.Correct) -> None:
        async with self._lock:
            known = self.transcript.latest(wanted.track, wanted.update.cue.id)
            start, end = span(known, wanted.update)
            policy = self._timeline.strictest(start, end)
            times = policy is self._timeline.mildest(start, end)
            if known is not None and not times:
                policy = self._timeline.strictest(known.cue.start, known.cue.end)
            kept = corrected(known, self._consented(wanted.update), wanted.base, policy, times=times)
            if kept is None:
                raise Conflict(-1)  # what is off the record now cannot be corrected, only retracted
            await self._commit(draft_caption(wanted.track, kept))

    async def _rename(self, track: str, old: str, new: str) -> None:
        async with self._lock:
            new = new if nameable(self._setup(), new) else ""
            self._speaking.rename(track, old, new)
            for update in renamed(self.transcript, track, old, new) if old else ():
                kept = recordable(update, self._timeline.strictest(update.cue.start, update.cue.end))
                if kept is not None:
                    await self._commit(draft_caption(track, kept))

    def _described(self, track: Track) -> Track:
        """Return the track as it is logged: by a person only when no machine was ever on it."""
        known = next((each for each in self.transcript.tracks() if each.id == track.id), None)
        if known is not None and Origin.AUTOMATIC in {known.origin, track.origin}:
            label = known.label if track.origin is Origin.HUMAN and known.origin is Origin.AUTOMATIC else track.label
            return Track(track.id, known.language if label != track.label else track.language, label)
        return track

    def _called(self, track: str, update: CueUpdate) -> CueUpdate:
        """Return a machine's update with the name that people gave its label, such as "Speaker 2"."""
        name = self._speaking.called(track, update.cue.speaker)
        if update.human or name == update.cue.speaker:
            return update
        return msgspec.structs.replace(update, cue=msgspec.structs.replace(update.cue, speaker=name))

    def _consented(self, update: CueUpdate) -> CueUpdate:
        """Return the update without the name of somebody who has not agreed to be named."""
        if not update.cue.speaker or nameable(self._setup(), update.cue.speaker):
            return update
        return msgspec.structs.replace(update, cue=msgspec.structs.replace(update.cue, speaker=""))
