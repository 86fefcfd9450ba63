"""Committed words become cues: about a sentence, at most so long, so many words, without a long silence inside."""

from collections.abc import Sequence
from dataclasses import dataclass

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Word, clean_text

_SENTENCE_END = (".", "?", "!", "…", "。", "？", "！", "؟", "۔", "।")  # noqa: RUF001 - full stops of other scripts
_CLAUSE_END = (",", ";", ":", "،", "؛", "，", "、", "；")  # noqa: RUF001 - commas of other scripts
_ABBREVIATIONS = frozenset(("mr.", "mrs.", "ms.", "dr.", "st.", "prof.", "vs.", "no.", "e.g.", "i.e.", "m.", "mme."))
_CLOSERS = "\"'”’»)]"  # noqa: RUF001 - closing quotes stand behind the full stop


@dataclass(frozen=True, slots=True)
class CueConfig:
    """Limits of a cue; sources: reading studies in the viewer's guidelines."""

    max_ms: int = 8_000
    max_words: int = 20
    max_characters: int = 120  # for scripts without spaces, where a word is a few characters
    silence_ms: int = 1_500
    """A cue is closed when nothing more is said for so long."""


def ends_sentence(word: str) -> bool:
    """Tell whether a sentence ends with this word."""
    bare = word.strip().rstrip(_CLOSERS)
    if not bare.endswith(_SENTENCE_END) or bare.lower() in _ABBREVIATIONS:
        return False
    return not (len(bare) == 2 and bare[0].isupper() and bare[1] == ".")  # noqa: PLR2004 - an initial: "J."


class Assembler:
    """Holds the open cue; every call returns the updates to publish."""

    def __init__(self, run: str, config: CueConfig) -> None:
        """Make ids `<run>-0001` and so on; `run` must be unique in the meeting."""
        self._run = run
        self._config = config
        self._number = 0
        self._revision = 0
        self._open: list[Word] = []
        self._language = "en"
        self._shown: tuple[tuple[str, ...], int] = ((), 0)
        self._last_end = 0

    def take(self, committed: Sequence[Word], tail: Sequence[Word], language: str) -> list[CueUpdate]:
        """Take newly committed words and the tail that may still change; return finals, then the open cue."""
        updates: list[CueUpdate] = []
        for word in committed:
            if self._belongs_behind(word):
                if self._open and ends_sentence(self._open[-1].text):
                    updates += self.close()
                continue
            if self._open and (language != self._language or self._too_long(word)):
                updates += self._close_before(word)
            self._language = language
            self._open.append(word)
            if ends_sentence(word.text):
                updates += self.close()
        if not self._open:
            self._language = language
        return updates + self._partial(tail)

    def notice(self, start: int, end: int, text: str) -> list[CueUpdate]:
        """Close the open cue and say something that nobody spoke, in brackets, for a stretch of the timeline."""
        updates = self.close()
        begin = max(start, self._last_end)
        cue = Cue(f"{self._run}-{self._number + 1:04d}", begin, max(end, begin + 1), text, self._language)
        self._number += 1
        self._revision, self._shown, self._last_end = 0, ((), 0), cue.end
        return [*updates, CueUpdate(cue, 1, CueStatus.FINAL)]

    def silence(self, heard_ms: int) -> list[CueUpdate]:
        """Close the open cue when its last word lies `silence_ms` back."""
        if self._open and heard_ms - self._open[-1].end >= self._config.silence_ms:
            return self.close()
        return []

    def close(self) -> list[CueUpdate]:
        """Finish the open cue, if there is one."""
        if not self._open:
            return []
        return self._finish(len(self._open))

    def _belongs_behind(self, word: Word) -> bool:
        """Put a sign that comes later than its word behind that word; a stop behind a finished cue is nothing."""
        text = word.text
        if text[:1].isspace() or any(map(str.isalnum, text)):
            return False
        if not self._open:
            return text in _SENTENCE_END or text in _CLAUSE_END
        before = self._open[-1]
        self._open[-1] = Word(before.start, before.end, before.text + text, before.probability)
        return True

    def _too_long(self, word: Word) -> bool:
        characters = sum(len(w.text) for w in self._open) + len(word.text)
        return (
            word.end - self._open[0].start > self._config.max_ms
            or len(self._open) >= self._config.max_words
            or characters > self._config.max_characters
            or word.start - self._open[-1].end >= self._config.silence_ms
        )

    def _close_before(self, word: Word) -> list[CueUpdate]:
        """Close at the last comma of the second half if there is one, so that a cue ends where a breath is."""
        half = len(self._open) // 2
        silent = word.start - self._open[-1].end >= self._config.silence_ms
        commas = [i + 1 for i, w in enumerate(self._open) if w.text.rstrip().endswith(_CLAUSE_END) and i + 1 > half]
        return self._finish(commas[-1] if commas and not silent else len(self._open))

    def _finish(self, count: int) -> list[CueUpdate]:
        words, self._open = tuple(self._open[:count]), self._open[count:]
        cue = self._cue(words)
        self._last_end = cue.end
        updates = [] if not cue.text else [CueUpdate(cue, self._revision + 1, CueStatus.FINAL, len(words))]
        self._number += 1
        self._revision, self._shown = 0, ((), 0)
        return updates

    def _partial(self, tail: Sequence[Word]) -> list[CueUpdate]:
        words = (*self._open, *tail)
        shown = (tuple(word.text for word in words), len(self._open))
        if shown == self._shown:
            return []
        self._shown = shown
        self._revision += 1
        return [CueUpdate(self._cue(words), self._revision, CueStatus.PARTIAL, len(self._open))]

    def _cue(self, words: tuple[Word, ...]) -> Cue:
        start = max(words[0].start, self._last_end) if words else self._last_end
        end = max(words[-1].end, start + 1) if words else start + 1
        text = clean_text("".join(word.text for word in words))
        return Cue(f"{self._run}-{self._number + 1:04d}", start, end, text, self._language, words=words)
