"""The archive's long duties, on the log and its data folder: bags, deposits, static export, erasure, retention.

Everything here works on what is released to the public: a draft in quarantine gets into no bag and no export.
"""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from captioner.captions.cue import MeetingState
from captioner.captions.event import PolicyEvent
from captioner.captions.transcript import Transcript
from server.archive.catalogue import Catalogue
from server.archive.erasure import Tombstone, erase_meeting, erased_meetings
from server.archive.export.brf import BrailleMissing
from server.archive.export.registry import FORMATS
from server.archive.log import EventLog, Kept
from server.archive.preserve.about import described
from server.archive.preserve.bag import FOLDER as BAGS
from server.archive.preserve.bag import remove_bag, write_bag
from server.archive.preserve.static import Export, Source, export_static, remove_meeting
from server.archive.public import about_of
from server.archive.publication import folded, public_seq
from server.archive.record import About, Record
from server.archive.recording import NAME, attached, path_of
from server.archive.review import Statement, statements_of, versions_of
from server.archive.settings import ArchiveSettings, load
from server.archive.templating import environment
from server.archive.writer import ArchiveWriter
from server.setup import MeetingSetup

EXPORTS = "exports.json"  # folders that the archive was exported to: an erasure must reach them
DAY_MS = 24 * 3_600_000
Terms = Callable[[str], MeetingSetup]


class Public(msgspec.Struct, frozen=True):
    """What the public may read of a meeting."""

    kept: Kept
    transcript: Transcript
    key: str  # changes whenever the record does
    about: About

    @property
    def record(self) -> Record:
        """The record that everything is made from."""
        return Record.of(self.kept.meeting, self.transcript, self.about)


class _Standing(msgspec.Struct, frozen=True):
    """What may be read of a meeting, before its words are read."""

    seq: int
    key: str
    about: About


def public(log: EventLog, meeting: str, setup: MeetingSetup, settings: ArchiveSettings | None = None) -> Public | None:
    """Return what may be read of an ended meeting; None when nothing may yet."""
    kept = log.find(meeting)
    stands = kept and _standing(log, kept, setup, settings or ArchiveSettings())
    return _public(log, kept, stands) if kept and stands else None


def _public(log: EventLog, kept: Kept, stands: _Standing) -> Public:
    return Public(kept, folded(list(log.read(kept.meeting.id)), stands.seq), stands.key, stands.about)


def _standing(log: EventLog, kept: Kept, setup: MeetingSetup, settings: ArchiveSettings) -> _Standing | None:
    """Return what may be read of an ended meeting without reading its words; None when nothing may yet."""
    meeting = kept.meeting.id
    if kept.seq == 0 or kept.state is MeetingState.LIVE:
        return None
    changes = tuple(event.change for event in log.read_kind(meeting, "policy") if isinstance(event, PolicyEvent))
    versions = versions_of(log, meeting)
    seq = public_seq(kept.seq, changes, versions, two_persons=setup.two_person_release)
    if seq is None:
        return None
    stated = "".join(statement.id for statement in statements_of(log, meeting))
    about = about_of(log, meeting, settings, setup)
    if about.audio:
        about = replace(about, audio=NAME)  # the file stands beside the pages
    heard = found.digest if about.audio and (found := attached(log, meeting)) else ""
    told = hashlib.sha256(f"{about}{heard}".encode()).hexdigest()[:16]
    return _Standing(seq, f"{kept.epoch}:{seq}:{kept.seq}:{len(versions)}:{stated}:{told}", about)


def rendered(record: Record, data: Path) -> dict[str, bytes]:
    """Return all files of a record by their names, its recording too."""
    files = {}
    if record.about.audio:
        with contextlib.suppress(OSError):
            files[NAME] = path_of(data, record.meeting.id).read_bytes()
    for track in record.tracks:
        for made in FORMATS.values():
            with contextlib.suppress(BrailleMissing):
                files[f"{track.track.id}.{made.ending}"] = made(record, track)
    return files


def bag(log: EventLog, data: Path, meeting: str, setup: MeetingSetup) -> Path | None:
    """Write a meeting's bag; None when nothing of it is public, and an old bag is taken away."""
    found = public(log, meeting, setup, load(data))
    if found is None:
        remove_bag(data / BAGS, meeting)
        return None
    return write_bag(data / BAGS, described(found.record), rendered(found.record, data))


def static(log: EventLog, data: Path, target: Path, terms: Terms) -> Export:
    """Bring a static export up to date, and remember where it is."""
    known = set(_exports(data)) | {str(target.resolve())}
    (data / EXPORTS).write_bytes(msgspec.json.encode(sorted(known)))
    erased = tuple(erased_meetings(log).values())
    return export_static(target, environment(), _sources(log, data, terms, load(data)), erased)


def erase(log: EventLog, data: Path, stone: Tombstone) -> None:
    """Erase a meeting from log, index, files, bags and all known exports; LookupError when there is none."""
    if log.find(stone.meeting) is None:
        raise LookupError(stone.meeting)
    erase_meeting(log, stone)
    catalogue = Catalogue(data)
    try:
        catalogue.remove(stone.meeting, stone.at, stone.reason)
    finally:
        catalogue.close()
    erase_files(data, stone.meeting)


def erase_files(data: Path, meeting: str) -> None:
    """Take a meeting out of everything that was made from the log, and its recording away."""
    path_of(data, meeting).unlink(missing_ok=True)
    ArchiveWriter(data).remove(meeting)
    remove_bag(data / BAGS, meeting)
    leave_exports(data, meeting)


def leave_exports(data: Path, meeting: str) -> None:
    """Take a meeting out of every folder that the archive was exported to; the next export writes it anew."""
    for folder in _exports(data):
        if Path(folder).is_dir():
            remove_meeting(Path(folder), meeting, environment())


def retain(log: EventLog, data: Path, terms: Terms, now_ms: int) -> list[str]:
    """Erase the meetings whose time is over; return their ids. Without a number of days a meeting stays for good."""
    done = []
    for kept in log.meetings():
        setup = terms(kept.meeting.id)
        if is_over(kept, setup, now_ms):
            erase(log, data, Tombstone(kept.meeting.id, agreed(setup), now_ms))
            done.append(kept.meeting.id)
    return done


def is_over(kept: Kept, setup: MeetingSetup, now_ms: int) -> bool:
    """Tell whether a meeting's agreed time is over."""
    days = setup.retention_days
    over = days is not None and kept.meeting.started + days * DAY_MS < now_ms
    return over and kept.seq > 0 and kept.state is not MeetingState.LIVE


def agreed(setup: MeetingSetup) -> str:
    """Say why a meeting was erased after its time."""
    return f"It was agreed to keep this for {setup.retention_days} days."


def _sources(log: EventLog, data: Path, terms: Terms, settings: ArchiveSettings) -> Iterator[Source]:
    for kept in log.meetings():
        stands = _standing(log, kept, terms(kept.meeting.id), settings)
        if stands is not None:
            yield Source(kept.meeting.id, stands.key, _loader(log, data, kept, stands))


def _loader(
    log: EventLog, data: Path, kept: Kept, stands: _Standing
) -> Callable[[], tuple[Record, Sequence[Statement], Mapping[str, bytes]]]:
    def load() -> tuple[Record, Sequence[Statement], Mapping[str, bytes]]:
        record = _public(log, kept, stands).record
        return record, statements_of(log, kept.meeting.id), rendered(record, data)

    return load


def _exports(data: Path) -> list[str]:
    try:
        return msgspec.json.decode((data / EXPORTS).read_bytes(), type=list[str])
    except (OSError, msgspec.DecodeError):
        return []
