"""Chapters as WebVTT, from the agenda."""

from captioner.captions.cue import Cue
from captioner.captions.webvtt import VttDocument, write
from server.archive.export.content import timed
from server.archive.record import Record, TrackRecord


def chapters(record: Record, track: TrackRecord) -> str:
    """Return the chapters of the track's meeting; without an agenda the meeting is one chapter."""
    last = max((update.cue.end for update in track.cues), default=0)
    marks = [(heading.at, heading.title) for heading in timed(record)] or [(0, record.meeting.title)]
    ends = [*(at for at, _ in marks[1:]), max(last, marks[-1][0] + 1)]
    language = track.track.language
    cues = [
        Cue(f"chapter-{number}", at, end, title, language)
        for number, ((at, title), end) in enumerate(zip(marks, ends, strict=True), 1)
        if end > at
    ]
    metadata = (("Title", record.meeting.title), ("Date", record.date))
    return write(VttDocument(language, tuple(cues), metadata, (track.quality, *record.missing_lines)))
