"""Second looks at finished speech beside the live stream: refinement for the archive, translation to English.

They run on a thread of their own and never make the stream wait. Where the machine cannot follow, the oldest are given
up: they are an addition, never the captions themselves.
"""

import enum
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from captioner.captions.cue import CueUpdate
from captioner.recognition.base import Context, RecognitionError, Recognizer
from captioner.run import Chunk, absolute
from captioner.streaming.afterwards import AfterConfig, Afterwards, Task, refined, translated
from captioner.streaming.glossary import Term, corrected
from captioner.streaming.window import Samples, to_ms

Work = Callable[[Task], list[CueUpdate]]
_BEAM = 5  # as offline decoding; there is time


class Refine(enum.StrEnum):
    """What happens with a finished stretch that a second, longer look reads better."""

    OFF = "off"
    ARCHIVE = "archive"
    """It replaces the text when the meeting ends: live text never changes."""
    LIVE = "live"
    """It replaces the text at once."""


class Background:
    """One kind of second look, at one channel or at several, each with its own groups.

    `patient` waits for the machine instead of giving tasks up (for recordings).
    """

    def __init__(
        self, config: AfterConfig, work: Work, deliver: Callable[[CueUpdate], None], *, patient: bool, waiting: int = 6
    ) -> None:
        """Give answers to `deliver`, on the thread that calls `poll` and `close`."""
        self._config = config
        self._channels: dict[str, Afterwards] = {}
        self._work = work
        self._deliver = deliver
        self._patient = patient
        self._most = waiting
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="second look")
        self._tasks: deque[Future[list[CueUpdate]]] = deque()
        self.given_up = 0

    def hear(self, samples: Samples, at_ms: int = 0, channel: str = "") -> None:
        """Take audio, from the thread that has it; a channel that is new begins at `at_ms`."""
        with self._lock:
            after = self._channels.get(channel)
            if after is None:
                after = self._channels[channel] = Afterwards(self._config, at_ms)
            self._submit(after.hear(samples))

    def left(self, channel: str) -> None:
        """A channel has ended: look at its rest, and keep nothing more of it."""
        with self._lock:
            after = self._channels.pop(channel, None)
            if after is not None:
                self._submit(after.flush())

    def take(self, update: CueUpdate, channel: str = "") -> None:
        """Take an update of a channel that was heard."""
        with self._lock:
            after = self._channels.get(channel)
            if after is not None:
                self._submit(after.take(update))
        if self._patient:
            while len(self._tasks) > self._most:
                self._hand_over()

    def poll(self) -> None:
        """Deliver what is ready, in order."""
        while self._tasks and self._tasks[0].done():
            self._hand_over()

    def close(self) -> None:
        """Look at the rest, deliver it, and end."""
        for channel in list(self._channels):
            self.left(channel)
        while self._tasks:
            self._hand_over()
        self._pool.shutdown()

    def _submit(self, tasks: Iterable[Task]) -> None:
        for task in tasks:
            self._tasks.append(self._pool.submit(self._attempt, task))
        while len(self._tasks) > self._most and not self._patient:
            earlier = list(self._tasks)[:-1]  # the newest stays, though all before it have just begun or ended
            oldest = next((task for task in earlier if task.cancel()), None)
            if oldest is None:
                break
            self._tasks.remove(oldest)
            self.given_up += 1

    def _attempt(self, task: Task) -> list[CueUpdate]:
        try:
            return self._work(task)
        except RecognitionError:
            return []  # the live text stands

    def _hand_over(self) -> None:
        for update in self._tasks.popleft().result():
            self._deliver(update)


def refiner(recognizer: Recognizer, glossary: Callable[[], tuple[Term, ...]]) -> Work:
    """Return what recognises a whole stretch once more, with a wider search."""

    def work(task: Task) -> list[CueUpdate]:
        heard = recognizer.recognise(task.audio, Context(language=task.language, beam=_BEAM))
        return refined(task, corrected(absolute(heard.words, task.start_ms), glossary()))

    return work


def translator(recognizer: Recognizer, run: str) -> Work:
    """Return what translates a stretch to English; speech that is English already is passed on."""
    number = 0

    def work(task: Task) -> list[CueUpdate]:
        nonlocal number
        number += 1
        if task.language.split("-", maxsplit=1)[0] == "en":
            text = " ".join(update.cue.text for update in task.updates)
        else:
            heard = recognizer.recognise(task.audio, Context(language=task.language, beam=_BEAM, translate=True))
            text = "".join(word.text for word in heard.words)
        return translated(task, text, run, number, "en")

    return work


class Overhearing(Protocol):
    """Hears beside the stream."""

    def hear(self, samples: Samples, at_ms: int) -> None:
        """Take audio, from the thread that has it."""
        ...


def overheard(source: Iterable[Chunk], listeners: Iterable[Overhearing], start_ms: int = 0) -> Iterator[Chunk]:
    """Yield the source's chunks, the first of which is at `start_ms`, and let everybody hear them."""
    every = list(listeners)
    heard = 0
    for chunk in source:
        for each in every:
            each.hear(chunk.samples, start_ms + to_ms(heard))
        heard += len(chunk.samples)
        yield chunk
