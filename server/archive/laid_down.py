"""What of a meeting's set-up may lie on the disk, by what the log says of its record policy. Blocks, for its thread."""

from captioner.captions.cue import RecordPolicy
from captioner.captions.event import PolicyEvent
from captioner.captions.policy import PolicyTimeline
from server.archive.log import EventLog
from server.archive.publication import quarantined
from server.setup import MeetingSetup, storable
from server.setups import store


def storable_of(log: EventLog, meeting: str, setup: MeetingSetup) -> MeetingSetup:
    """Return the set-up without names, and what may hold names, unless the meeting is on the record.

    Once a part was under the Chatham House Rule they stay away: the roster says who took part.
    """
    changes = [event.change for event in log.read_kind(meeting, "policy") if isinstance(event, PolicyEvent)]
    if not changes:
        return storable(setup, setup.policy)
    policy = RecordPolicy.CHATHAM if quarantined(changes) else PolicyTimeline(changes).current
    return storable(setup, policy)


def keep(log: EventLog, meeting: str, setup: MeetingSetup) -> None:
    """Keep what may be kept of a set-up; what was kept before and may not be any more is in no byte afterwards."""
    kept = storable_of(log, meeting, setup)
    store(log, meeting, kept)
    if kept != setup:
        log.truncate()
