"""What a reviewer changes in a record: checked against what is known and against the record policy. Pure."""

from collections.abc import Sequence

import msgspec

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Word, check_update, clean_text
from captioner.captions.errors import InvalidCue
from captioner.captions.policy import PolicyTimeline, recordable
from captioner.captions.transcript import Transcript
from server.archive.transaction import Whole
from server.archive.wording import retimed

MAX_EDITS = 5_000  # in one step: a replacement in a long meeting


class Edit(msgspec.Struct, frozen=True):
    """One cue as it shall be; without text it is taken away, as after a merge. Times are ms."""

    track: str
    cue: str
    base: Whole  # the revision that was edited; -1 for a cue that is new, as after a split
    text: str = ""
    start: Whole = 0
    end: Whole = 0
    speaker: str = ""
    language: str = ""


class Conflict(Exception):
    """Somebody else changed these cues, or they are not there; nothing was done."""

    def __init__(self, cues: Sequence[str]) -> None:
        """Keep the cues' ids."""
        super().__init__("somebody else changed this in the meantime: look at it again, then change it")
        self.cues = tuple(cues)


class NotAllowed(Exception):
    """An edit that cannot be kept; the message says why."""


def updates_of(transcript: Transcript, edits: Sequence[Edit]) -> list[tuple[str, CueUpdate]]:
    """Return the revisions that do what is asked, all or none; Conflict, or NotAllowed with the reason."""
    if not edits or len(edits) > MAX_EDITS or len({(e.track, e.cue) for e in edits}) != len(edits):
        msg = f"between 1 and {MAX_EDITS} edits, each of another cue"
        raise NotAllowed(msg)
    tracks = {track.id for track in transcript.tracks()}
    known = {(t.track, t.update.cue.id): t.update for t in transcript.snapshot().cues}
    stale = [e.cue for e in edits if (k.revision if (k := known.get((e.track, e.cue))) else -1) != e.base]
    if stale:
        raise Conflict(stale)
    if not tracks.issuperset(edit.track for edit in edits):
        msg = "there is no such track"
        raise NotAllowed(msg)
    timeline = PolicyTimeline(transcript.policy())
    parents = [(edit.track, update) for edit in edits if (update := known.get((edit.track, edit.cue)))]
    return [(edit.track, _update(edit, known.get((edit.track, edit.cue)), timeline, parents)) for edit in edits]


def _update(
    edit: Edit, known: CueUpdate | None, timeline: PolicyTimeline, parents: Sequence[tuple[str, CueUpdate]]
) -> CueUpdate:
    text = clean_text(edit.text)
    if not text:
        if known is None:
            msg = "a new caption needs words"
            raise NotAllowed(msg)
        empty = Cue(edit.cue, known.cue.start, known.cue.end, "", known.cue.language)
        return CueUpdate(empty, edit.base + 1, CueStatus.RETRACTED, human=True)
    siblings = [update.cue for track, update in parents if track == edit.track]
    language = edit.language or (known.cue.language if known else siblings[0].language if siblings else "und")
    words = retimed(text, _words(edit, known, siblings), edit.start, edit.end)
    cue = Cue(edit.cue, edit.start, edit.end, text, language, clean_text(edit.speaker), words)
    update = CueUpdate(cue, edit.base + 1, CueStatus.FINAL, human=True)
    try:
        check_update(update)
    except InvalidCue as error:
        raise NotAllowed(str(error)) from None
    kept = recordable(update, timeline.strictest(cue.start, cue.end))
    if kept is None:
        msg = "these times are off the record: nothing can be kept there"
        raise NotAllowed(msg)
    return kept


def _words(edit: Edit, known: CueUpdate | None, siblings: Sequence[Cue]) -> Sequence[Word]:
    """Words to take times from: the cue's own, or where times changed those of all cues that are edited with it."""
    if known is not None and (known.cue.start, known.cue.end) == (edit.start, edit.end):
        return known.cue.words
    words = (word for cue in siblings for word in cue.words)
    return sorted((word for word in words if word.start < edit.end and word.end > edit.start), key=lambda w: w.start)
