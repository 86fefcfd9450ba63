"""JSON with the times of words, for programs."""

import msgspec

from captioner.captions.cue import Word
from server.archive.record import Record, TrackRecord


class _Span(msgspec.Struct, frozen=True):
    start: int
    end: int | None


class _Gap(msgspec.Struct, frozen=True):
    start: int
    end: int | None
    reason: str


class _Point(msgspec.Struct, frozen=True):
    at: int | None
    title: str


class _Remark(msgspec.Struct, frozen=True):
    first: str
    last: str
    author: str
    text: str
    date: str


class _Signal(msgspec.Struct, frozen=True):
    at: int
    said: str
    text: str
    count: int


class _Cue(msgspec.Struct, frozen=True):
    id: str
    start: int
    end: int
    text: str
    language: str
    speaker: str
    revision: int
    human: bool
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
    series: str
    licence: str
    address: str
    version: int
    corrected: str
    agenda: tuple[_Point, ...]
    statements: tuple[_Remark, ...]
    off_record: tuple[_Span, ...]
    gaps: tuple[_Gap, ...]
    cues: tuple[_Cue, ...]
    signals: tuple[_Signal, ...]


def json_words(record: Record, track: TrackRecord) -> str:
    """Return the track as a .json file."""
    cues = (
        _Cue(
            u.cue.id,
            u.cue.start,
            u.cue.end,
            u.cue.text,
            u.cue.language,
            u.cue.speaker,
            u.revision,
            u.human,
            u.cue.words,
        )
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
        series=record.about.series,
        licence=record.about.licence,
        address=record.about.address,
        version=record.about.version,
        corrected=record.about.corrected,
        agenda=tuple(_Point(point.at, point.title) for point in record.about.agenda),
        statements=tuple(
            _Remark(remark.first, remark.last, remark.author, remark.text, remark.date)
            for remark in record.about.remarks
            if remark.track == track.track.id
        ),
        off_record=tuple(_Span(span.start, span.end) for span in record.off_record),
        gaps=tuple(_Gap(gap.span.start, gap.span.end, gap.reason) for gap in record.gaps),
        cues=tuple(cues),
        signals=tuple(_Signal(one.at, one.said, one.text, one.count) for one in record.about.signals),
    )
    return msgspec.json.format(msgspec.json.encode(file), indent=1).decode() + "\n"
