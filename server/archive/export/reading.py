"""A track's cues as they are read on a screen; three formats share them."""

import functools

from captioner.captions.segments import Segment, segment
from server.archive.record import TrackRecord


@functools.lru_cache(maxsize=4)
def reading(track: TrackRecord) -> tuple[Segment, ...]:
    """Return the segments in order of start. The same track asked for again costs nothing."""
    segments, _ = segment([update.cue for update in track.cues])
    return tuple(segments)
