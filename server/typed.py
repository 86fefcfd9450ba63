"""What a person types, character by character, as cues: finished sentence by sentence, and mended by deleting. Pure.

The text is one long line of which only the end changes, as steno and CART software writes it: characters, and delete
characters that may reach back into sentences that are finished; such a sentence is then revised, never lost silently.
`viewer/typing.js` does the same for the page on which a person types.
"""

import re
from dataclasses import dataclass, field

from captioner.captions.cue import MAX_TEXT, Cue, CueStatus, CueUpdate, clean_text

DELETES = frozenset("\b\x7f")
PAUSE_MS = 2_500  # a finished sentence waits so long for an afterthought, if nothing follows
LONG_PAUSE_MS = 5_000  # an unfinished one so long
LONGEST_MS = 8_000  # a cue may last so long ...
MOST_WORDS = 20  # ... or have so many words, as readers with Braille and screen readers need
BACK = 12  # finished sentences that deleting can reach; more is a correction's work

_ENDED = re.compile(r".*[.!?…。\uff01\uff1f؟]['\"”\u2019»)\]]*", re.DOTALL)
_NEXT = re.compile(r"(.*?[.!?…؟]['\"”\u2019»)\]]*)\s+(?=[^\W\d_a-z]|\d|[¿¡«“\"'(])|(.*?[。\uff01\uff1f])", re.DOTALL)
_SHORT = re.compile(r"(?:^|\s)(?:[A-Z]|Mrs?|Ms|Dr|Prof|St|No|vs|e\.g|i\.e|approx|Art|para)\.$", re.IGNORECASE)


@dataclass(slots=True)
class _Piece:
    id: str
    start: int
    text: str = ""
    revision: int = 0  # of the last update that was made of it
    kept: bool = False  # a final of it was made
    end: int = 0


@dataclass(slots=True)
class TypedText:
    """One person's stream. `language` and `run` (unique to this stream) go into the cues."""

    language: str
    run: str
    speaker: str = ""
    _open: _Piece | None = None
    _done: list[_Piece] = field(default_factory=list)
    _number: int = 0
    _last: int = 0  # when something was typed
    _floor: int = 0  # no cue begins before this

    def take(self, text: str, now: int) -> list[CueUpdate]:
        """Take characters and delete characters typed at `now` ms; return updates, finals first."""
        updates: list[CueUpdate] = []
        self._last = now
        for char in text.replace("\r\n", "\n").replace("\r", "\n"):
            if char in DELETES:
                updates += self._delete()
            elif char == "\n":
                updates += self._finish(now)
            else:
                piece = self._opened(now)
                piece.text += char if char.isprintable() else " "
                updates += self._split(now)
        return updates + self._partial(now)

    def tick(self, now: int) -> list[CueUpdate]:
        """Time passes: finish what nobody goes on with."""
        piece = self._open
        if piece is None or not clean_text(piece.text):
            return []
        wait = PAUSE_MS if _ENDED.fullmatch(piece.text.rstrip()) else LONG_PAUSE_MS
        return self._finish(self._last) if now - self._last >= wait else []

    def close(self, now: int) -> list[CueUpdate]:
        """Finish the open sentence."""
        return self._finish(now)

    def _opened(self, now: int) -> _Piece:
        if self._open is None:
            self._number += 1
            self._open = _Piece(f"{self.run}-{self._number:05d}", max(now, self._floor))
        return self._open

    def _delete(self) -> list[CueUpdate]:
        """Take one character away; an emptied sentence that readers saw is retracted, then the one before gives."""
        piece = self._open
        if piece is None or not piece.text:
            if not self._done:
                return []
            gone = self._emptied()
            self._open = self._done.pop()
            self._open.text = self._open.text[:-1]
            return gone
        piece.text = piece.text[:-1]
        return []

    def _emptied(self) -> list[CueUpdate]:
        piece, self._open = self._open, None
        if piece is None or not piece.kept:
            return []
        piece.revision += 1
        cue = Cue(piece.id, piece.start, piece.end, "", self.language)
        return [CueUpdate(cue, piece.revision, CueStatus.RETRACTED)]

    def _split(self, now: int) -> list[CueUpdate]:
        """Finish a sentence behind which another begins, and a cue that gets too long."""
        piece = self._open
        if piece is None:
            return []
        found = _NEXT.match(piece.text)
        if found and not _SHORT.search((found[1] or found[2]).rstrip()):
            return self._cut(found.end(), now)
        words = piece.text.split()
        long = len(words) > MOST_WORDS or (now - piece.start > LONGEST_MS and len(words) > 1 and not piece.kept)
        if (long and piece.text.endswith(" ")) or len(piece.text) >= MAX_TEXT:
            return self._cut(len(piece.text), now)
        return []

    def _cut(self, at: int, now: int) -> list[CueUpdate]:
        piece = self._open
        if piece is None:
            return []
        rest = piece.text[at:]
        piece.text = piece.text[:at]
        updates = self._finish(now)
        if rest:
            self._opened(now).text = rest
        return updates

    def _finish(self, now: int) -> list[CueUpdate]:
        piece = self._open
        if piece is None:
            return []
        text = clean_text(piece.text)
        if not text:
            return self._emptied()
        self._open = None
        if not piece.kept:
            piece.end = max(now, piece.start + 1)
            self._floor = piece.end
        piece.kept = True
        piece.revision += 1
        piece.text = text + " "  # the space behind it belongs to it, so that deleting walks over it
        self._done = [*self._done[1 - BACK :], piece]
        return [CueUpdate(self._cue(piece, text), piece.revision, CueStatus.FINAL)]

    def _partial(self, now: int) -> list[CueUpdate]:
        piece = self._open
        if piece is None or piece.kept:  # a sentence that is being mended stays as it was until it is mended
            return []
        text = clean_text(piece.text)
        piece.revision += 1
        piece.end = max(now, piece.start + 1)
        return [CueUpdate(self._cue(piece, text), piece.revision, CueStatus.PARTIAL)] if text else []

    def _cue(self, piece: _Piece, text: str) -> Cue:
        return Cue(piece.id, piece.start, piece.end, text, self.language, self.speaker)
