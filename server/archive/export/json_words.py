"""JSON with the times of words, for programs."""

import msgspec

from captioner.captions.cue import Word
from server.archive.record import Record, TrackRecord


class _Span(msgspec.Struct, frozen=True):
    start: int
    end: int | None


class _Cue(msgspec.Struct, frozen=True):
    id: str
    start: int
    end: int
    text: str
    language: str
    speaker: str
    revision: int
    words: tuple[Word, ...]


class _File(msgspec.Struct, frozen=True):
    """Times are ms since the meeting's beginning; `started` is Unix time in ms."""

    meeting: str
    title: str
    started: int
    date: str
    track: str
    language: str
    origin: str
    quality: str
    epoch: str
    seq: int
    off_record: tuple[_Span, ...]
    cues: tuple[_Cue, ...]


def json_words(record: Record, track: TrackRecord) -> str:
    """Return the track as a .json file."""
    cues = (
        _Cue(u.cue.id, u.cue.start, u.cue.end, u.cue.text, u.cue.language, u.cue.speaker, u.revision, u.cue.words)
        for u in track.cues
    )
    file = _File(
        meeting=record.meeting.id,
        title=record.meeting.title,
        started=record.meeting.started,
        date=record.date,
        track=track.track.id,
        language=track.track.language,
        origin=track.track.origin.value,
        quality=track.quality,
        epoch=record.epoch,
        seq=record.seq,
        off_record=tuple(_Span(span.start, span.end) for span in record.off_record),
        cues=tuple(cues),
    )
    return msgspec.json.format(msgspec.json.encode(file), indent=1).decode() + "\n"
