"""What every written format says, in reading order: about the record first, then headings, turns, gaps, statements."""

from collections.abc import Iterator
from dataclasses import dataclass

from captioner.captions.webvtt import format_time
from server.archive.record import Missing, Paragraph, Point, Record, Remark, TrackRecord, paragraphs


@dataclass(frozen=True, slots=True)
class Heading:
    """A point of the agenda begins."""

    number: int  # from 1
    at: int  # ms
    title: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A paragraph of speech; `opens` tells that its speaker is another than the one before."""

    paragraph: Paragraph
    opens: bool


Part = Heading | Missing | Turn | Remark


def clock(ms: int) -> str:
    """Return hours, minutes and seconds."""
    return format_time(ms)[:-4]


def duration(ms: int) -> str:
    """Return the form that <time datetime> wants, as PT1H2M3.004S."""
    hours, minutes, seconds = ms // 3_600_000, ms // 60_000 % 60, ms % 60_000 / 1000
    return f"PT{hours}H{minutes}M{seconds:.3f}S"


def label(track: TrackRecord) -> str:
    """Return the track's name for readers."""
    return track.track.label or track.track.id


def facts(record: Record, track: TrackRecord) -> list[tuple[str, str]]:
    """Return what is known of the record as (name, value), without what is empty."""
    about = record.about
    pairs = [
        ("Series", about.series),
        ("Track", label(track)),
        ("Language", track.track.language),
        ("Licence", about.licence),
        ("Address", about.address),
        ("Version", str(about.version) if about.version else ""),
        ("Corrected", about.corrected),
    ]
    return [(name, value) for name, value in pairs if value]


def sections(record: Record, track: TrackRecord) -> list[tuple[Heading | None, list[Part]]]:
    """Return the parts under their headings; what comes before the first heading stands under None."""
    found: list[tuple[Heading | None, list[Part]]] = [(None, [])]
    for part in parts(record, track):
        if isinstance(part, Heading):
            found.append((part, []))
        else:
            found[-1][1].append(part)
    return found if found[0][1] or len(found) == 1 else found[1:]


def parts(record: Record, track: TrackRecord) -> Iterator[Part]:
    """Yield everything in reading order."""
    headings = timed(record)
    gaps = list(record.missing)
    remarks = [remark for remark in record.about.remarks if remark.track == track.track.id]
    known = {update.cue.id for update in track.cues}
    speaker = ""
    for group in _groups(track, [heading.at for heading in headings]):
        while headings and headings[0].at <= group[0].start:
            yield headings.pop(0)
            speaker = ""
        for paragraph in group:
            while gaps and gaps[0].span.start <= paragraph.start:
                yield gaps.pop(0)
            yield Turn(paragraph, bool(paragraph.speaker) and paragraph.speaker != speaker)
            speaker = paragraph.speaker
            said = {update.cue.id for update in paragraph.cues}
            yield from (remark for remark in remarks if remark.last in said)
    yield from headings
    yield from gaps
    yield from (remark for remark in remarks if remark.last not in known)


def read(record: Record, track: TrackRecord) -> list[Paragraph | Missing]:
    """Return what a page shows of a track: the paragraphs, and in their places the stretches without words."""
    found = (part.paragraph if isinstance(part, Turn) else part for part in parts(record, track))
    return [part for part in found if isinstance(part, Paragraph | Missing)]


def timed(record: Record) -> list[Heading]:
    """Return the points of the agenda whose beginning is known, by time."""
    known = [point for point in record.about.agenda if point.at is not None]
    ordered: list[Point] = sorted(known, key=lambda point: point.at or 0)
    return [Heading(number, point.at or 0, point.title) for number, point in enumerate(ordered, 1)]


def _groups(track: TrackRecord, starts: list[int]) -> Iterator[list[Paragraph]]:
    """Yield the paragraphs between two headings."""
    rest = list(track.cues)
    for start in starts:
        count = next((place for place, update in enumerate(rest) if update.cue.start >= start), len(rest))
        if count:
            yield paragraphs(tuple(rest[:count]))
        rest = rest[count:]
    if rest:
        yield paragraphs(tuple(rest))
