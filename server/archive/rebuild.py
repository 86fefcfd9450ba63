"""Finding damage in what is made from the log, and making it anew. Blocks; needs the log for itself."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from captioner.captions.transcript import Transcript
from server.archive.catalogue import FILE, Catalogue
from server.archive.erasure import erased_meetings
from server.archive.keeper import public
from server.archive.log import EventLog
from server.archive.public import about_of
from server.archive.record import Record
from server.archive.settings import load
from server.archive.writer import ArchiveWriter
from server.errors import LogCorrupt
from server.setups import Setups
from server.setups import load as load_setups


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was made anew."""

    meetings: int
    files: int
    listed: int


def verify(data: Path) -> Iterator[str]:
    """Yield what is damaged or missing, by name: the log, files of meetings, the catalogue."""
    try:
        log = EventLog(data)
    except LogCorrupt as error:
        yield str(error)
        return
    try:
        writer = ArchiveWriter(data)
        for kept in log.meetings():
            try:
                for _ in log.read(kept.meeting.id):
                    pass
            except LogCorrupt as error:
                yield f"meeting {kept.meeting.id}: {error}"
                continue
            if kept.seq:
                yield from writer.verify(kept.meeting.id)
                if kept.exported != kept.seq:
                    yield f"{writer.folder(kept.meeting.id)} is older than the log"
    finally:
        log.close()
    if not (data / FILE).exists():
        yield f"{data / FILE} is missing"
        return
    catalogue = Catalogue(data)
    try:
        yield from (f"{data / FILE}: {problem}" for problem in catalogue.verify())
    finally:
        catalogue.close()


def rebuild(data: Path, told: Callable[[str], None]) -> Rebuilt:
    """Make the files and the catalogue anew from the log; `told` gets each meeting's id. What was removed stays so."""
    settings, writer, log = load(data), ArchiveWriter(data), EventLog(data)
    try:
        terms = Setups(load_setups(log)).of
        gone = _removals(data)
        for end in ("", "-wal", "-shm"):
            (data / f"{FILE}{end}").unlink(missing_ok=True)
        catalogue = Catalogue(data)
        try:
            files = listed = 0
            meetings = [kept for kept in log.meetings() if kept.seq]
            for kept in meetings:
                told(kept.meeting.id)
                setup = terms(kept.meeting.id)
                about = about_of(log, kept.meeting.id, settings, setup)
                record = Record.of(kept.meeting, Transcript().apply_all(log.read(kept.meeting.id)), about)
                files += len(writer.write(record))
                log.mark_exported(kept.meeting.id, record.seq)
                found = public(log, kept.meeting.id, setup)
                if found is not None and any(track.cues for track in found.record.tracks):
                    catalogue.put(found.record.knowing(about), time.time_ns() // 1_000_000)
                    listed += 1
                catalogue.saw(kept.meeting.id, kept.seq)
            gone += [(stone.meeting, stone.at, stone.reason) for stone in erased_meetings(log).values()]
            for meeting, at, reason in gone:
                catalogue.bury(meeting, at, reason)
        finally:
            catalogue.close()
        return Rebuilt(len(meetings), files, listed)
    finally:
        log.close()


def _removals(data: Path) -> list[tuple[str, int, str]]:
    """Return what the old catalogue knows of removals, as far as it can still be read."""
    old = Catalogue(data)
    try:
        return old.removals()
    finally:
        old.close()
