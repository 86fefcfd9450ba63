"""Who reads a meeting, and what they lack: replay or snapshot, then everything that comes, in order."""

from collections import deque
from collections.abc import Iterable
from typing import Protocol

import msgspec

from captioner.captions import wire
from captioner.captions.event import Event, PolicyEvent
from captioner.captions.transcript import Transcript
from server.frames import frame_of
from server.outbox import REPLAY_BYTES, Frame
from server.roles import Grant, Verb, allowed
from server.session import CloseCode
from server.sweep import Sweep

REPLAY = 500  # events; more are quicker as a snapshot
RECENT = 60  # cues that come first to who wants the newest first: some minutes, and 12 kB


class Member(Protocol):
    """A client's connection; neither method blocks or fails."""

    def send(self, frame: Frame) -> None:
        """Send a frame, or queue it behind what waits."""

    def replay(self, frames: Iterable[Frame]) -> None:
        """Send what the client lacks, however much it is."""

    def close(self, code: CloseCode) -> None:
        """Close after what was queued before."""


class Tap(Protocol):
    """Sees what a room's readers get."""

    def send(self, frame: Frame) -> None:
        """Take a frame."""


class Readers:
    """One meeting's readers."""

    def __init__(self, transcript: Transcript) -> None:
        """Take the fold that the room keeps."""
        self._transcript = transcript
        self._sweep: Sweep[Member] = Sweep()
        self._staff: dict[Member, Grant] = {}  # and everybody else who is more than a viewer
        self._inside: Sweep[Member] = Sweep()  # those who sit in the room: they may be told more
        self._tail: deque[tuple[int, Frame]] = deque(maxlen=REPLAY)
        self._snapshots: dict[tuple[bool, bool], Frame] = {}  # of `_kept`, by gap and recent
        self._kept = -1  # the seq of those
        self._told = -1
        self._tap: Tap | None = None
        self.policies: list[Frame] = []

    def __len__(self) -> int:
        """Count everybody who reads, whatever the role."""
        return len(self._sweep) + len(self._inside)

    @property
    def viewers(self) -> int:
        """Count those who only read."""
        return len(self) - len(self._staff)

    @property
    def sent_at(self) -> float:
        """Return the loop's time of the last broadcast."""
        return max(self._sweep.sent_at, self._inside.sent_at)

    def add(self, member: Member, grant: Grant, *, in_room: bool = False) -> None:
        """Let a reader get what comes; one who sits in the room also gets what is for the room."""
        (self._inside if in_room else self._sweep).add(member)
        if grant is not Grant.VIEWER:
            self._staff[member] = grant

    def tap(self, tap: "Tap") -> None:
        """Let what passes the room on to other machines see every broadcast; it counts as nobody."""
        self._tap = tap

    def tell_tap(self, frame: Frame) -> None:
        """Send to the tap alone, as a state that machines which came later do not know."""
        if self._tap is not None:
            self._tap.send(frame)

    def remove(self, member: Member) -> bool:
        """Forget a reader; False when it was none."""
        self._staff.pop(member, None)
        return self._sweep.remove(member) or self._inside.remove(member)

    def took(self, event: Event) -> Frame:
        """Remember an event's frame for replays, and return it."""
        frame = frame_of(wire.EventMessage(event=event))
        self._tail.append((event.seq, frame))
        if isinstance(event, PolicyEvent):
            self.policies.append(frame)
        return frame

    def forget(self, transcript: Transcript) -> None:
        """Replay nothing of what was; from now on what `transcript` holds."""
        self._transcript, self._kept = transcript, -1
        self._tail.clear()
        self.policies.clear()

    def broadcast(self, frame: Frame, in_room: Frame | None = None) -> None:
        """Send to every reader; those who sit in the room get `in_room` in its place, if there is one."""
        self.tell_tap(frame)
        self._sweep.send(frame)
        if len(self._inside):
            self._inside.send(in_room or frame)

    def drop_partials(self) -> None:
        """Forget partials that have not been sent."""
        self._sweep.drop_partials()
        self._inside.drop_partials()

    def drop_named(self) -> None:
        """Forget what was for the room and has not been sent: another policy holds."""
        self._inside.drop_partials()

    def tell_room(self, frame: Frame) -> None:
        """Send to those who sit in the room; it is kept nowhere and never replayed."""
        if len(self._inside):
            self._inside.send(frame)

    def withheld(self, epoch: str, after: int) -> list[Frame]:
        """Return what a reader gets of a meeting that is over and not released: its state and policy, and no words."""
        whole = self._transcript.snapshot()
        if epoch == whole.epoch and after == whole.seq:
            return []
        snapshot = msgspec.structs.replace(whole, cues=())
        return [frame_of(wire.SnapshotMessage(snapshot=snapshot, gap=after > 0))]

    def tell_staff(
        self, message: wire.Signalled | wire.Presence | wire.Vitals | wire.BeingEdited, but: Member | None = None
    ) -> None:
        """Send to the host and the correctors, but not to whom it comes from."""
        frame = frame_of(message)
        for member, grant in list(self._staff.items()):
            if is_staff(grant) and member is not but:
                member.send(frame)

    def tell_presence(self) -> None:
        """Tell the staff how many viewers there are, when it changed."""
        count = self.viewers
        if count != self._told and any(map(is_staff, self._staff.values())):
            self._told = count
            self.tell_staff(wire.Presence(viewers=count))

    def missing(self, epoch: str, after: int, *, recent: bool = False) -> list[Frame]:
        """Return what a reader lacks that has everything up to `after` of log `epoch`.

        With `recent`, a reader who has nothing of this log gets the newest captions of a long meeting.
        """
        transcript = self._transcript
        if after and epoch == transcript.epoch and after <= transcript.seq:
            frames = [frame for seq, frame in self._tail if seq > after]
            if len(frames) == transcript.seq - after and sum(len(frame.data) for frame in frames) < REPLAY_BYTES:
                return frames
        gap = after > 0
        if self._kept != transcript.seq:
            self._snapshots.clear()
            self._kept = transcript.seq
        long = recent and transcript.appeared > 2 * RECENT and not (after and epoch == transcript.epoch)
        older = transcript.appeared - RECENT if long else 0
        frame = self._snapshots.get((gap, older > 0))
        if frame is None:
            snapshot = transcript.snapshot()
            if older > 0:
                snapshot = msgspec.structs.replace(snapshot, cues=snapshot.cues[older:])
            message = wire.SnapshotMessage(snapshot=snapshot, gap=gap, older=older)
            frame = self._snapshots[gap, older > 0] = frame_of(message)
        return [frame]


def is_staff(grant: Grant) -> bool:
    """Tell whether this role sees what readers signal."""
    return allowed(grant, Verb.MODERATE) or allowed(grant, Verb.CORRECT)
