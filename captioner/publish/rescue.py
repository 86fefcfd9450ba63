"""The last resort: captions that the server could not store are written beside it, as WebVTT."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from captioner.captions.cue import CueStatus, CueUpdate
from captioner.captions.policy import recordable
from captioner.captions.webvtt import VttDocument, write
from captioner.publish.state import PolicyView


def rescue(
    updates: Iterable[CueUpdate], policy: PolicyView, language: str, name: str, folders: Sequence[Path]
) -> Path | None:
    """Write what may be kept to `<name>.vtt` in the first folder that takes it; None when nothing was written.

    `updates` are revisions in their order; the last of each cue holds. `language` is the track's.
    """
    latest: dict[str, CueUpdate] = {}
    for update in updates:
        kept = recordable(update, policy.strictest(update.cue.start, update.cue.end))
        if kept is not None:
            latest[kept.cue.id] = kept
    cues = tuple(update.cue for update in latest.values() if update.status is CueStatus.FINAL)
    if not cues:
        return None
    notes = ("These captions could not be stored by the server. They belong to the transcript of the same name.",)
    text = write(VttDocument(language, cues, (("Title", name),), notes))
    for folder in folders:
        path = folder / f"{name}.vtt"
        try:
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError:
            continue
        return path
    return None
