"""A second look at what was said: finished cues with their audio, in groups that belong together. Pure.

Live passes hear a word with little of what follows. When a stretch is finished, the whole of it can be recognised once
more (refined for the archive), or translated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Word, clean_text
from captioner.streaming.assembler import ends_sentence
from captioner.streaming.guards import without_crammed, without_loops
from captioner.streaming.window import AudioWindow, Samples, to_ms, to_samples


@dataclass(frozen=True, slots=True)
class AfterConfig:
    """How cues are grouped; times in ms."""

    longest_ms: int = 22_000
    """Most audio of a group; the model takes 30 s."""
    silence_ms: int = 2_000
    """A pause of this length ends a group."""
    by_sentence: bool = False
    """A group ends with a sentence (for a translation), not only when it is long enough."""
    edge_ms: int = 300
    """Audio before and after the words."""


REFINING = AfterConfig()
TRANSLATING = AfterConfig(longest_ms=14_000, by_sentence=True)


@dataclass(frozen=True, slots=True)
class Task:
    """Audio of finished cues. `updates` are the cues as they stand."""

    audio: Samples
    start_ms: int
    updates: tuple[CueUpdate, ...]

    @property
    def language(self) -> str:
        """Language of the cues: a group has one."""
        return self.updates[0].cue.language


class Afterwards:
    """Takes the audio and the final cues; gives tasks. Memory is bounded: audio that no group waits for is dropped."""

    def __init__(self, config: AfterConfig, start_ms: int = 0) -> None:
        """Begin at `start_ms` of the timeline."""
        self._config = config
        self._window = AudioWindow(to_samples(start_ms))
        self._group: list[CueUpdate] = []

    def hear(self, samples: Samples) -> list[Task]:
        """Take audio; return the task that a pause has made ready."""
        self._window.append(samples)
        keep = to_samples(self._config.longest_ms + 10_000)
        self._window.cut(self._window.end - keep)
        quiet = self._group and to_ms(self._window.end) - self._group[-1].cue.end > self._config.silence_ms + 2_000
        return self.flush() if quiet else []

    def take(self, update: CueUpdate) -> list[Task]:
        """Take an update of the stream; return the tasks that it makes ready."""
        cue = update.cue
        if update.status is not CueStatus.FINAL or not cue.words:  # a notice of a gap has no words
            return []
        ready: list[Task] = []
        if self._group and not self._fits(cue):
            ready += self.flush()
        self._group.append(update)
        if self._config.by_sentence and ends_sentence(cue.text):
            ready += self.flush()
        return ready

    def flush(self) -> list[Task]:
        """Return the group so far as a task, if its audio is still there."""
        group, self._group = tuple(self._group), []
        if not group:
            return []
        start = to_samples(max(0, group[0].cue.start - self._config.edge_ms))
        end = to_samples(group[-1].cue.end + self._config.edge_ms)
        if start < self._window.start:
            return []
        return [Task(self._window.read(start, end), to_ms(start), group)]

    def _fits(self, cue: Cue) -> bool:
        first, last = self._group[0].cue, self._group[-1].cue
        return (
            cue.language == first.language
            and cue.start - last.end < self._config.silence_ms
            and cue.end - first.start <= self._config.longest_ms
        )


_FEWER = 0.6  # a second look that finds fewer of the words is not trusted


def refined(task: Task, words: Sequence[Word]) -> list[CueUpdate]:
    """Return revisions of the task's cues with `words` (absolute times) where they differ; ids and times stay."""
    trusted = without_crammed(without_loops(words))
    before = [word for update in task.updates for word in update.cue.words]
    if len(trusted) < _FEWER * len(before) or len(trusted) * _FEWER > len(before):
        return []
    revisions = []
    for index, update in enumerate(task.updates):
        low = _boundary(task.updates, index)
        high = _boundary(task.updates, index + 1)
        mine = tuple(word for word in trusted if low <= (word.start + word.end) // 2 < high)
        text = clean_text("".join(word.text for word in mine))
        if text and text != update.cue.text:
            cue = _with(update.cue, mine, text)
            revisions.append(CueUpdate(cue, update.revision + 1, CueStatus.FINAL, len(mine)))
    return revisions


def _with(cue: Cue, words: tuple[Word, ...], text: str) -> Cue:
    return Cue(cue.id, cue.start, cue.end, text, cue.language, cue.speaker, words)


def _boundary(updates: Sequence[CueUpdate], index: int) -> int:
    """Return the time between the cue before `index` and the one at it."""
    if index == 0:
        return 0
    if index == len(updates):
        return 2**62
    return (updates[index - 1].cue.words[-1].end + updates[index].cue.words[0].start) // 2


def translated(task: Task, text: str, run: str, number: int, language: str) -> list[CueUpdate]:
    """Return the translation of the task as one final cue."""
    clean = clean_text(text)
    if not clean:
        return []
    first, last = task.updates[0].cue, task.updates[-1].cue
    speaker = first.speaker if all(update.cue.speaker == first.speaker for update in task.updates) else ""
    cue = Cue(f"{run}-t{number:04d}", first.start, max(last.end, first.start + 1), clean, language, speaker)
    return [CueUpdate(cue, 1, CueStatus.FINAL)]
