"""The older captions of a long meeting, for a reader who already has the newest: in blocks, packed once for everybody.

A block holds `BLOCK` cues in the order of first appearance, which never changes; a correction makes its block anew.
"""

import asyncio
import gzip
from weakref import WeakKeyDictionary

import msgspec

from captioner.captions.transcript import TrackUpdate, Transcript

BLOCK = 1_000  # cues: an hour of speech, 20 kB packed


class Older(msgspec.Struct, frozen=True):
    """A block: the log's epoch, the number of its first cue, and the cues without word times."""

    epoch: str
    first: int
    cues: tuple[TrackUpdate, ...]


class OlderCaptions:
    """Makes the blocks, and keeps them no longer than the fold they are of: what was struck is in none."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._kept: WeakKeyDictionary[Transcript, dict[int, tuple[tuple[int, int], bytes]]] = WeakKeyDictionary()

    async def block(self, transcript: Transcript, number: int) -> bytes:
        """Return block `number` as JSON in gzip; LookupError when there is none."""
        cues = transcript.part(number * BLOCK, (number + 1) * BLOCK) if number >= 0 else ()
        if not cues:
            raise LookupError(number)
        version = (len(cues), sum(each.update.revision for each in cues))  # both only grow
        blocks = self._kept.setdefault(transcript, {})
        kept = blocks.get(number)
        if kept is None or kept[0] != version:
            older = Older(transcript.epoch, number * BLOCK, cues)
            kept = blocks[number] = (version, await asyncio.to_thread(_packed, older))
        return kept[1]


def _packed(older: Older) -> bytes:
    cues = tuple(
        msgspec.structs.replace(
            each, update=msgspec.structs.replace(each.update, cue=msgspec.structs.replace(each.update.cue, words=()))
        )
        for each in older.cues
    )
    return gzip.compress(msgspec.json.encode(msgspec.structs.replace(older, cues=cues)), 6, mtime=0)
