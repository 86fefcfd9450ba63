"""SubRip: see captioner.captions.srt for the syntax; speakers stand before what they say."""

from captioner.captions.segments import PART
from captioner.captions.srt import write
from server.archive.export.reading import reading
from server.archive.record import Record, TrackRecord


def srt(_: Record, track: TrackRecord) -> str:
    """Return the track as a .srt file. The format has no place for anything but times and text."""
    lines: dict[str, list[str]] = {}
    speaker = ""
    for part in reading(track):
        broken = list(part.lines)
        if part.cue.speaker and part.cue.speaker != speaker and PART not in part.cue.id:
            broken.insert(0, f"{part.cue.speaker.upper()}:")
        speaker = part.cue.speaker
        lines[part.cue.id] = broken
    return write([part.cue for part in reading(track)], lines)
