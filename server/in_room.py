"""What only those who sit in the room see under the Chatham House Rule: who speaks. In memory, and never replayed.

The Rule binds what leaves the room. A deaf participant at the table needs the names that the others see on the faces;
so they go to sockets with an invitation for the room, from the origin's memory, and to no queue, log, disk or copy.
"""

import msgspec

from captioner.captions import wire
from captioner.captions.cue import CueStatus, CueUpdate, RecordPolicy
from captioner.captions.transcript import TrackUpdate
from server.frames import frame_of
from server.outbox import Frame
from server.speaking import Speaking


class InRoom:
    """One meeting's names under the Rule."""

    def __init__(self) -> None:
        """Know nobody."""
        self._speaking = Speaking()

    def say(self, track: str, at: int, name: str) -> None:
        """From `at` ms on, `name` speaks on the track."""
        self._speaking.say(track, at, name)

    def clear(self) -> None:
        """Forget every name: another policy holds, and what was told in confidence does not outlive it."""
        self._speaking.clear()

    def shown(self, track: str, update: CueUpdate, policy: RecordPolicy) -> Frame | None:
        """Return a caption with its speaker for the room; None where the room sees what everybody sees."""
        if policy is not RecordPolicy.CHATHAM or update.status is CueStatus.RETRACTED:
            return None
        cue = update.cue
        name = cue.speaker or self._speaking.name(track, cue.start, cue.end)
        if not name:
            return None
        named = msgspec.structs.replace(update, cue=msgspec.structs.replace(cue, speaker=name))
        return frame_of(wire.Live(shown=TrackUpdate(track, named)))
