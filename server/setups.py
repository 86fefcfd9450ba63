"""The set-ups of all meetings, in memory, and of each what may lie on the disk in the table `setup`."""

import contextlib

import msgspec

from server.archive.log import EventLog
from server.setup import MeetingSetup


class Setups:
    """What hosts have laid down. Names of meetings that are not on the record live here only, until the server ends."""

    def __init__(self, known: dict[str, MeetingSetup] | None = None) -> None:
        """Take what the table holds."""
        self._known = dict(known or {})

    def find(self, meeting: str) -> MeetingSetup | None:
        """Return a meeting's set-up, if it has one."""
        return self._known.get(meeting)

    def of(self, meeting: str) -> MeetingSetup:
        """Return a meeting's set-up; an empty one when nothing was laid down."""
        return self._known.get(meeting, MeetingSetup())

    def put(self, meeting: str, setup: MeetingSetup) -> None:
        """Let a set-up hold."""
        self._known[meeting] = setup


def load(log: EventLog) -> dict[str, MeetingSetup]:
    """Read the table; a row that a newer version wrote otherwise counts as none."""
    known = {}
    for meeting, json in log.rows("SELECT meeting, json FROM setup"):
        with contextlib.suppress(msgspec.DecodeError):
            known[meeting] = msgspec.json.decode(json, type=MeetingSetup)
    return known


def store(log: EventLog, meeting: str, setup: MeetingSetup) -> None:
    """Keep what may be kept (see server.setup.storable); StorageFull when there is no room."""
    log.write("INSERT OR REPLACE INTO setup VALUES (?, ?)", (meeting, msgspec.json.encode(setup)))
