"""WebVTT: see captioner.captions.webvtt for the syntax; here is what stands in it."""

from captioner.captions.webvtt import VttDocument, write
from server.archive.export.content import facts
from server.archive.export.reading import reading
from server.archive.record import Record, TrackRecord


def vtt(record: Record, track: TrackRecord) -> str:
    """Return the track as a .vtt file."""
    known = [(name, value) for name, value in facts(record, track) if name != "Language"]
    metadata = (("Title", record.meeting.title), ("Date", record.date), *known)
    remarks = [remark for remark in record.about.remarks if remark.track == track.track.id]
    said = [f"Dissenting statement by {r.author} on {r.first} to {r.last}, {r.date}: {r.text}" for r in remarks]
    notes = (track.quality, *record.missing_lines, *said)
    segments = reading(track)
    lines = {part.cue.id: part.lines for part in segments}
    return write(VttDocument(track.track.language, tuple(part.cue for part in segments), metadata, notes), lines)
