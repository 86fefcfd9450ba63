"""What is said of a transcript in catalogues: one description, from which every kind of metadata is made."""

from datetime import UTC, datetime

import msgspec

from captioner.captions.cue import Origin
from server.archive.record import AUTOMATIC, HUMAN, Record

CORRECTED = (
    "These captions were made automatically and corrected by a person. They should not be treated as an authoritative "
    "record."
)


class Described(msgspec.Struct, frozen=True):
    """A transcript as a work."""

    id: str
    title: str
    date: str  # ISO 8601, the day
    moment: str  # ISO 8601, with the time
    languages: tuple[str, ...]
    quality: str
    licence: str = ""  # URI
    series: str = ""
    address: str = ""  # persistent URI
    version: int = 0
    notes: tuple[str, ...] = ()  # what was off the record

    @property
    def description(self) -> str:
        """Say what it is, in a paragraph."""
        return " ".join((f"Transcript of “{self.title}”, {self.date}.", self.quality, *(f"{n}." for n in self.notes)))


def described(record: Record) -> Described:
    """Describe a record."""
    moment = datetime.fromtimestamp(record.meeting.started / 1000, UTC)
    every = [update for track in record.tracks for update in track.cues]
    automatic = any(track.track.origin is Origin.AUTOMATIC for track in record.tracks)
    checked = bool(every) and all(update.human for update in every)
    about = record.about
    return Described(
        id=record.meeting.id,
        title=record.meeting.title,
        date=moment.strftime("%Y-%m-%d"),
        moment=moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        languages=tuple(dict.fromkeys(track.track.language for track in record.tracks)),
        quality=(CORRECTED if checked else AUTOMATIC) if automatic else HUMAN,
        licence=about.licence,
        series=about.series,
        address=about.address,
        version=about.version,
        notes=record.off_record_lines,
    )
