"""JSON for podcast players. Source: the Podcast Namespace, `podcast:transcript`, JSON representation 1.0.0."""

import msgspec

from server.archive.record import Record, TrackRecord

VERSION = "1.0.0"


class _Segment(msgspec.Struct, frozen=True, omit_defaults=True):
    startTime: float  # noqa: N815 - the format's names; seconds
    endTime: float  # noqa: N815
    body: str
    speaker: str = ""


class _File(msgspec.Struct, frozen=True):
    version: str
    segments: list[_Segment]


def podcast(_: Record, track: TrackRecord) -> bytes:
    """Return the track as a .podcast.json file. The format has no place for anything but times, names and text."""
    cues = [update.cue for update in track.cues]
    segments = [_Segment(cue.start / 1000, cue.end / 1000, cue.text, cue.speaker) for cue in cues]
    return msgspec.json.encode(_File(VERSION, segments)) + b"\n"
