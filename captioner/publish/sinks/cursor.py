"""How far an output has come, kept across restarts: numbers and ids in a small file, and never a word of text."""

import hashlib
import os
from pathlib import Path

import msgspec

RECENT = 64  # ids of cues that were sent last: a correction of one of them is not news


class Cursor(msgspec.Struct, frozen=True):
    """What must survive a crash so that no line is lost, none comes twice, and no seq is used for two texts."""

    target: str = ""
    """Fingerprint of the address: another meeting of the platform starts at 1 again."""
    meeting: str = ""
    """Ours: another one has a log of its own, and goes on with the platform's seq."""
    epoch: str = ""
    event: int = 0
    """Of the log: everything up to here is done."""
    start_ms: int = 0
    """Start of the last cue that was sent."""
    recent: tuple[str, ...] = ()
    seq: int = 1
    """The next line's, or that of the line on its way."""
    cue: str = ""
    """The cue on its way, "" for none."""
    revision: int = 0
    piece: int = 0
    """How many of its lines have been taken."""
    named: bool = False
    """Whether its speaker's name stands before it."""
    ahead_ms: int = 0
    """By how much the platform's clock is ahead, for the line on its way: its retries have the same time."""


def fingerprint(url: str) -> str:
    """Tell addresses apart without keeping one."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


class CursorFile:
    """The file; every save is on the disk before the line that it stands for leaves."""

    def __init__(self, path: Path, target: str, meeting: str) -> None:
        """`target` as from `fingerprint`."""
        self._path, self._target, self._meeting = path, target, meeting

    def load(self) -> Cursor:
        """Return what is kept for this target and meeting; a damaged or foreign file counts as none."""
        fresh = Cursor(target=self._target, meeting=self._meeting)
        try:
            cursor = msgspec.json.decode(self._path.read_bytes(), type=Cursor)
        except (OSError, msgspec.DecodeError):
            return fresh
        if cursor.target != self._target:
            return fresh
        if cursor.meeting != self._meeting:
            # a line that was on its way when the other meeting ended may have arrived: its seq is not used again
            return msgspec.structs.replace(fresh, seq=cursor.seq + bool(cursor.cue), ahead_ms=cursor.ahead_ms)
        return cursor

    def save(self, cursor: Cursor) -> None:
        """Replace the file; OSError where the disk refuses."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._path.with_name(self._path.name + ".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(cursor))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
