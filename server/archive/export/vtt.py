"""WebVTT: see captioner.captions.webvtt for the syntax; here is what stands in it."""

from captioner.captions.webvtt import VttDocument, write
from server.archive.record import Record, TrackRecord


def vtt(record: Record, track: TrackRecord) -> str:
    """Return the track as a .vtt file."""
    metadata = (("Title", record.meeting.title), ("Date", record.date), ("Track", track.track.label or track.track.id))
    notes = (track.quality, *record.off_record_lines)
    return write(VttDocument(track.track.language, tuple(u.cue for u in track.cues), metadata, notes))
