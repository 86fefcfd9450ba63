"""What a person changes in finals: pure functions from what is known and what is asked to what shall be kept."""

import msgspec

from captioner.captions.cue import CueStatus, CueUpdate, RecordPolicy
from captioner.captions.labels import is_label
from captioner.captions.policy import recordable
from captioner.captions.transcript import Transcript


class Conflict(Exception):
    """What was edited is not the newest revision any more."""

    def __init__(self, revision: int) -> None:
        """Keep the newest revision; -1 when the cue is unknown."""
        super().__init__()
        self.revision = revision


def span(known: CueUpdate | None, wanted: CueUpdate) -> tuple[int, int]:
    """Return from when to when the policy must allow a correction: all that it was and all that it shall be."""
    if known is None:
        return wanted.cue.start, wanted.cue.end
    return min(known.cue.start, wanted.cue.start), max(known.cue.end, wanted.cue.end)


def corrected(
    known: CueUpdate | None, wanted: CueUpdate, base: int, policy: RecordPolicy, *, times: bool = False
) -> CueUpdate | None:
    """Return a person's revision of a cue; None when the policy keeps nothing; Conflict when `base` is not newest.

    `base` -1 makes a new cue, as the second half of one that is split. The times stay as they are, for they say which
    policy holds, unless `times` says that one policy holds throughout.
    """
    if (-1 if known is None else known.revision) != base:
        raise Conflict(-1 if known is None else known.revision)
    if known is None:
        fresh_one = CueUpdate(wanted.cue, 0, wanted.status, human=True)
        return recordable(fresh_one, policy) if wanted.status is CueStatus.FINAL else None
    cue = wanted.cue
    words = cue.words or (known.cue.words if cue.text == known.cue.text else ())
    start, end = (cue.start, cue.end) if times and cue.end > cue.start else (known.cue.start, known.cue.end)
    fresh = msgspec.structs.replace(cue, start=start, end=end, words=words)
    update = CueUpdate(fresh, known.revision + 1, wanted.status, human=True)
    return retraction(update) if update.status is CueStatus.RETRACTED else recordable(update, policy)


def retraction(update: CueUpdate) -> CueUpdate:
    """Return a retraction as it is kept under any policy: it says nothing."""
    return msgspec.structs.replace(
        update, stable=0, cue=msgspec.structs.replace(update.cue, text="", speaker="", words=())
    )


def renamed(transcript: Transcript, track: str, old: str, new: str) -> tuple[CueUpdate, ...]:
    """Return the revisions that give `new` what `old` is said to have said."""
    return tuple(
        CueUpdate(msgspec.structs.replace(update.cue, speaker=new), update.revision + 1, CueStatus.FINAL, human=True)
        for update in transcript.cues(track)
        if update.cue.speaker == old
    )


def labelled(update: CueUpdate, known: CueUpdate | None, speaking: str) -> CueUpdate:
    """Return a final with its speaker: its own name, else the one it had, else who speaks now, else its own label."""
    label = (known.cue.speaker if known is not None else "") or (speaking if known is None else "")
    named = update.cue.speaker and not is_label(update.cue.speaker)
    if update.status is not CueStatus.FINAL or named or not label:
        return update
    return msgspec.structs.replace(update, cue=msgspec.structs.replace(update.cue, speaker=label))
