"""A glossary in a file, followed while the meeting runs: a host who sees a name misheard writes it down, and saves."""

import contextlib
from pathlib import Path

from captioner.errors import ExitCode, Failure
from captioner.streaming.glossary import GlossaryError, Term, parse


def load(path: Path) -> tuple[Term, ...]:
    """Read a glossary; Failure with the remedy when it cannot be used."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        problem = f"the glossary {path} cannot be read: {error.strerror}"
        raise Failure(ExitCode.USAGE, problem, "Give the path of a text file to --glossary.") from error
    except (GlossaryError, UnicodeDecodeError) as error:
        problem = f"the glossary {path} cannot be used: {error}"
        raise Failure(ExitCode.USAGE, problem, "Write a term a line, in UTF-8: DCAD = decad, D-card") from error


class GlossaryFile:
    """The terms of a file as it stands; a file that is broken meanwhile leaves the last good ones."""

    def __init__(self, path: str) -> None:
        """Read it; "" is an empty glossary. Failure when it cannot be read."""
        self._path = Path(path) if path else None
        self._seen = self._state()
        self.terms = load(self._path) if self._path else ()

    def current(self) -> tuple[Term, ...]:
        """Return the terms; reads the file only when it has changed."""
        state = self._state()
        if self._path is not None and state != self._seen:
            self._seen = state
            with contextlib.suppress(Failure):
                self.terms = load(self._path)
        return self.terms

    def _state(self) -> tuple[int, int] | None:
        if self._path is None:
            return None
        with contextlib.suppress(OSError):
            found = self._path.stat()
            return found.st_mtime_ns, found.st_size
        return None
