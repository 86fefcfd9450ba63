"""Passcodes of meetings: kept as argon2 hashes, and guessed slowly.

A right passcode is remembered in memory under a key that dies with the process, so that a hall that reconnects at once
does not cost an argon2 each. The limit on wrong guesses holds for remembered ones too: nothing can be tried faster.
"""

import hashlib
import hmac
import secrets
from collections import deque

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from captioner.captions.cue import clean_text
from server.archive.log import EventLog

MIN_LENGTH = 6  # characters; with the limits below, years of guessing
MAX_LENGTH = 100  # characters
WINDOW_S = 600.0  # wrong guesses are counted over so long
PER_ADDRESS = 10  # wrong guesses in the window; a whole hall may share one address and mistype
PER_MEETING = 200  # wrong guesses in the window, from everywhere
_ADDRESSES = 10_000  # addresses that are counted at once; the oldest are forgotten


class Guesses:
    """Counts wrong guesses in a sliding window. Pure: time comes in as seconds that never jump."""

    def __init__(self) -> None:
        """Start without any."""
        self._wrong: dict[str, deque[float]] = {}

    def allowed(self, address: str, meeting: str, now: float) -> bool:
        """Tell whether another guess may be made."""
        return (
            self._count(f"a {address} {meeting}", now) < PER_ADDRESS and self._count(f"m {meeting}", now) < PER_MEETING
        )

    def wrong(self, address: str, meeting: str, now: float) -> None:
        """Count a wrong guess."""
        for key, most in ((f"a {address} {meeting}", PER_ADDRESS), (f"m {meeting}", PER_MEETING)):
            self._wrong.setdefault(key, deque(maxlen=most)).append(now)
        while len(self._wrong) > _ADDRESSES:
            del self._wrong[next(iter(self._wrong))]

    def right(self, address: str, meeting: str) -> None:
        """Take back the guess that was counted last: it was right."""
        for key in (f"a {address} {meeting}", f"m {meeting}"):
            if times := self._wrong.get(key):
                times.pop()

    def _count(self, key: str, now: float) -> int:
        times = self._wrong.get(key)
        while times and now - times[0] > WINDOW_S:
            times.popleft()
        if not times:
            self._wrong.pop(key, None)
        return len(times or ())


class Passcodes:
    """The hashes of all meetings that want a passcode. `verify` and `hash` take tens of ms: call them in a thread."""

    def __init__(self, hashes: dict[str, str]) -> None:
        """Take what the table holds."""
        self._hashes = hashes
        self._hasher = PasswordHasher()
        self._key = secrets.token_bytes(32)
        self._right: dict[str, bytes] = {}

    def wanted(self, meeting: str) -> bool:
        """Tell whether viewers of this meeting need a passcode."""
        return meeting in self._hashes

    def hashed(self, meeting: str) -> str:
        """Return the hash that is kept for a meeting; "" when none is wanted."""
        return self._hashes.get(meeting, "")

    def mark(self, meeting: str) -> str:
        """Return what changes with the passcode and tells nothing of it; "" when none is wanted."""
        known = self._hashes.get(meeting)
        return hashlib.sha256(known.encode()).hexdigest()[:16] if known else ""

    def hash(self, passcode: str) -> str:
        """Return what may be kept of a passcode; ValueError when it is too short or too long."""
        if not MIN_LENGTH <= len(passcode) <= MAX_LENGTH or clean_text(passcode) != passcode:
            msg = f"a passcode has {MIN_LENGTH} to {MAX_LENGTH} characters on one line"
            raise ValueError(msg)
        return self._hasher.hash(passcode)

    def set(self, meeting: str, hashed: str) -> None:
        """Let this hash hold from now on; "" lets everybody read."""
        self._right.pop(meeting, None)
        if hashed:
            self._hashes[meeting] = hashed
        else:
            self._hashes.pop(meeting, None)

    def remembered(self, meeting: str, passcode: str) -> bool:
        """Tell at once whether this passcode was found right before."""
        known = self._right.get(meeting)
        return known is not None and hmac.compare_digest(known, self._digest(meeting, passcode))

    def verify(self, meeting: str, passcode: str) -> bool:
        """Tell whether the passcode is right; slow on purpose."""
        hashed = self._hashes.get(meeting)
        if hashed is None:
            return True
        try:
            if len(passcode) > MAX_LENGTH or not self._hasher.verify(hashed, passcode.encode(errors="replace")):
                return False
        except (VerificationError, InvalidHashError):
            return False
        if self._hashes.get(meeting) == hashed:
            self._right[meeting] = self._digest(meeting, passcode)
        return True

    def _digest(self, meeting: str, passcode: str) -> bytes:
        return hmac.new(self._key, f"{meeting}\n{passcode}".encode(errors="replace"), hashlib.sha256).digest()


def load(log: EventLog) -> dict[str, str]:
    """Read the table."""
    return dict(log.rows("SELECT meeting, hash FROM passcode"))


def store(log: EventLog, meeting: str, hashed: str) -> None:
    """Keep a meeting's hash, "" to forget it; StorageFull when there is no room."""
    if hashed:
        log.write("INSERT OR REPLACE INTO passcode VALUES (?, ?)", (meeting, hashed))
    else:
        log.write("DELETE FROM passcode WHERE meeting = ?", (meeting,))
