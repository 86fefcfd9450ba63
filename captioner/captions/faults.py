"""What of an exception may stand in a log: its kind and where it was raised, never its words. Pure.

An exception's text may repeat what was being worked on: a caption, a name, a token, an address with a secret.
"""

import traceback
from pathlib import PurePath

_FRAMES = 12  # the innermost; the outer ones are the same for every request
_CAUSES = 4


def shape(error: BaseException) -> tuple[str, ...]:
    """Return a line for the exception and each cause, newest first: "ValueError at hub.py:12 find < hub.py:90 join"."""
    lines: list[str] = []
    known: BaseException | None = error
    while known is not None and len(lines) < _CAUSES:
        frames = traceback.extract_tb(known.__traceback__)[-_FRAMES:]
        places = (f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        where = " < ".join(places)
        lines.append(f"{type(known).__name__} at {where}" if where else type(known).__name__)
        known = known.__cause__ or (None if known.__suppress_context__ else known.__context__)
    return tuple(lines)
