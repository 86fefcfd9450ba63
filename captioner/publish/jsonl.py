"""Every update as a line of JSON: the basis of every measurement."""

from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from captioner.captions.cue import CueStatus, split_stable
from captioner.captions.policy import recordable
from captioner.publish.sink import Emitted
from captioner.publish.state import PolicyView


class EventLine(msgspec.Struct, frozen=True):
    """One line. Times in ms since the start of the audio."""

    emitted_ms: int
    audio_ms: int
    cue: str
    revision: int
    status: CueStatus
    stable: str
    unstable: str
    start_ms: int
    end_ms: int
    language: str


def line(emitted: Emitted) -> bytes:
    """Return the line for one update, with its newline."""
    update = emitted.update
    stable, unstable = split_stable(update)
    cue = update.cue
    event = EventLine(
        emitted.emitted_ms, emitted.audio_ms, cue.id, update.revision, update.status, stable, unstable,
        cue.start, cue.end, cue.language,
    )  # fmt: skip
    return msgspec.json.encode(event) + b"\n"


class JsonLines:
    """A CaptionSink that appends to a file; what the record policy keeps off the record is not written."""

    def __init__(self, path: Path, policy: PolicyView, *, append: bool = False) -> None:
        """Open the file; OSError when it cannot be written."""
        self._file = path.open("ab" if append else "wb")
        self._policy = policy

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()

    def push(self, emitted: Emitted) -> None:
        """Write one line and hand it to the system."""
        cue = emitted.update.cue
        kept = recordable(emitted.update, self._policy.strictest(cue.start, cue.end))
        if kept is None:
            return
        self._file.write(line(Emitted(kept, emitted.emitted_ms, emitted.audio_ms)))
        self._file.flush()
