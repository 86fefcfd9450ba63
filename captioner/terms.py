"""The terms of a running meeting: of the glossary's file, and of the host's console, both as they stand now."""

import contextlib
from collections.abc import Callable

from captioner.glossary_file import GlossaryFile
from captioner.streaming.glossary import GlossaryError, Term, parse


class Terms:
    """The console's terms come after the file's; where both have one, the console's spelling holds.

    A glossary that is broken leaves the last good one.
    """

    def __init__(self, file: GlossaryFile, told: Callable[[], str]) -> None:
        """Take the file, and what the server has told last."""
        self._file, self._told = file, told
        self._text = ""
        self._terms: tuple[Term, ...] = ()
        self._before: tuple[tuple[Term, ...], tuple[Term, ...]] = ((), ())
        self._all: tuple[Term, ...] = ()

    def current(self) -> tuple[Term, ...]:
        """Return all terms; the same value while nothing has changed."""
        text = self._told()
        if text != self._text:
            self._text = text
            with contextlib.suppress(GlossaryError):
                self._terms = parse(text)
        filed = self._file.current()
        if (filed, self._terms) != self._before:
            self._before = (filed, self._terms)
            self._all = self._together(filed)
        return self._all

    def _together(self, filed: tuple[Term, ...]) -> tuple[Term, ...]:
        mine = {term.key: term for term in filed}
        for term in self._terms:
            known = mine.get(term.key)
            mine[term.key] = Term(term.text, term.key, term.aliases | (known.aliases if known else frozenset()))
        return tuple(mine.values())
