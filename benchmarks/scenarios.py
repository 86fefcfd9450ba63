"""What goes wrong in meetings: too slow a machine, several at once, changing languages, nobody speaking."""

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from benchmarks import score
from benchmarks.display import of_updates
from benchmarks.engines import chunks, paced
from benchmarks.material import nobody_speaks
from benchmarks.recordings import RATE, Recording, Samples, TimedWord
from benchmarks.soak import Writer, matched
from captioner.captions.cue import CueStatus
from captioner.publish.sink import Emitted
from captioner.recognition.base import Recognizer
from captioner.recognition.silero import SileroVoiceDetector
from captioner.run import Beat, Chunk, retrying, run_live, run_virtual
from captioner.streaming.glossary import Term
from captioner.streaming.session import Session, SessionConfig

_CAUGHT_UP_MS = 1_500  # speech that waits for the next pass on any day


@dataclass(slots=True)
class Slowed:
    """A clock, stretched while the machine is overloaded."""

    clock: Callable[[], float] = time.process_time
    factor: float = 1.0
    _seen: float = 0.0
    _now: float = 0.0

    def __post_init__(self) -> None:
        """Begin at 0."""
        self._seen = self.clock()

    def __call__(self) -> float:
        """Return seconds."""
        seen = self.clock()
        self._now += (seen - self._seen) * self.factor
        self._seen = seen
        return self._now


class Overload(msgspec.Struct, frozen=True):
    """Five minutes in which every pass takes `factor` times as long. Times in ms."""

    factor: float
    most_behind: int
    recovered_after: int | None
    """From the end of the load until no more speech waited than on any day; None: never."""
    gaps: int
    """Stretches that were given up, visibly."""
    commit_p95_before: int | None
    commit_p95_during: int | None
    commit_p95_after: int | None
    deletions_share: float
    """Of the reference's words that never came."""


def _session(language: str = "en") -> Session:
    return Session(replace(SessionConfig(), language=language), SileroVoiceDetector().probability, "bench")


def overload(
    recognizer: Recognizer, speech: Samples, words: list[TimedWord], factor: float, now: Callable[[], float],
    calm_s: int = 60, load_s: int = 300,
) -> Overload:  # fmt: skip
    """Loop the speech: a calm minute, five minutes of load, two calm minutes; `now` (s) tells what a pass costs."""
    clock = Slowed(now)
    total = (calm_s + load_s + 120) * RATE
    looped = np.tile(speech, -(-total // len(speech)))[:total]
    truth = [
        TimedWord(w.text, w.start + k * len(speech) * 1000 // RATE, w.end + k * len(speech) * 1000 // RATE)
        for k in range(-(-total // len(speech)))
        for w in words
    ]
    truth = [w for w in truth if w.end < total * 1000 // RATE]
    low, high = calm_s * 1000, (calm_s + load_s) * 1000
    updates: list[Emitted] = []
    behind: list[tuple[int, int]] = []

    def source() -> Iterator[Chunk]:
        heard = 0
        for chunk in chunks(looped):
            clock.factor = factor if low <= heard * 1000 // RATE < high else 1.0
            heard += len(chunk.samples)
            yield chunk

    run_virtual(
        source(), _session(), retrying(recognizer), updates.append,
        lambda beat: behind.append((beat.heard_ms, beat.behind_ms)), clock,
    )  # fmt: skip
    out = io.StringIO()
    write = Writer(out)
    for update in updates:
        write(update)
    rows = [tuple(json.loads(line)) for line in out.getvalue().splitlines()]
    late = [(word.end, row[3] - word.end) for word, row in matched(rows, truth)]
    calm = [at for at, ms in behind if at >= high and ms <= _CAUGHT_UP_MS]
    notices = [u.update for u in updates if u.update.status is CueStatus.FINAL and not u.update.cue.words]

    def p95(start: int, end: int) -> int | None:
        return score.percentile([ms for at, ms in late if start <= at < end], 95)

    return Overload(
        factor, max(ms for _, ms in behind), calm[0] - high if calm else None, len(notices),
        p95(0, low), p95(low, high), p95(high + 30_000, 2**40), round(1 - len(late) / max(1, len(truth)), 3),
    )  # fmt: skip


class Together(msgspec.Struct, frozen=True):
    """Meetings at the same time, in real time, on one copy of the model. Times in ms."""

    meetings: int
    commit_p50: int | None
    commit_p95: int | None
    each_p95: list[int | None]
    cpu: float
    """CPU seconds of the process a second of meeting time, all together."""


def together(recognizer: Recognizer, recordings: list[tuple[Recording, list[TimedWord]]]) -> Together:
    """Caption the recordings at the same time, each as a meeting of its own."""
    late: list[list[int]] = [[] for _ in recordings]
    seconds = 0.0

    def one(number: int) -> None:
        recording, words = recordings[number]
        updates: list[Emitted] = []
        began = time.monotonic()
        run_live(
            paced(chunks(recording.samples())), _session(recording.language), retrying(recognizer), updates.append,
            lambda _: None, lambda: round((time.monotonic() - began) * 1000),
        )  # fmt: skip
        late[number] = score.timing(of_updates(updates), words).commit

    began, cpu = time.monotonic(), time.process_time()
    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(recordings))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    every = [ms for one_s in late for ms in one_s]
    return Together(
        len(recordings), score.percentile(every, 50), score.percentile(every, 95),
        [score.percentile(one_s, 95) for one_s in late], round((time.process_time() - cpu) / seconds, 3),
    )  # fmt: skip


class Nobody(msgspec.Struct, frozen=True):
    """Audio in which nobody speaks."""

    seconds: float
    words: int
    """Committed although nobody spoke: must be 0."""
    kinds: dict[str, int]
    """Those words by the kind of sound."""
    cpu: float
    """CPU seconds a second."""
    terms: int = 0
    """Of the glossary that was in use."""


def nobody(
    recognizer: Recognizer, seconds: int, tell: Callable[[str], None], glossary: tuple[Term, ...] = ()
) -> Nobody:
    """Caption audio without speech."""
    session = _session()
    session.glossary = glossary
    kinds: dict[str, int] = {}
    where: list[tuple[int, str]] = []
    heard = 0

    def source() -> Iterator[Chunk]:
        nonlocal heard
        for name, samples in nobody_speaks(seconds):
            where.append((heard * 1000 // RATE, name))
            heard += len(samples)
            yield from chunks(samples)

    def emit(emitted: Emitted) -> None:
        update = emitted.update
        if update.status is CueStatus.FINAL:
            name = [name for at, name in where if at <= update.cue.start][-1]
            kinds[name] = kinds.get(name, 0) + len(update.cue.words)
            tell(f"{name}: {len(update.cue.words)} words that nobody said")

    began = time.process_time()
    run_virtual(source(), session, retrying(recognizer), emit, lambda _: None)
    cpu = round((time.process_time() - began) / (heard / RATE), 4)
    return Nobody(heard / RATE, sum(kinds.values()), kinds, cpu, len(glossary))


class Switching(msgspec.Struct, frozen=True):
    """A meeting in several languages, detected."""

    words: int
    right_language: float
    """Share of the committed words in cues of the language that was spoken."""
    by_language: dict[str, tuple[float, float]]
    """Error rate, detected and with the language given."""
    cues: int
    mixed: int
    """Cues that carry another language than was spoken at their middle."""


def switching(
    recognizer: Recognizer,
    recordings: list[Recording],
    timer: Callable[[], float] = time.perf_counter,
    pause_s: float = 1.2,
) -> Switching:
    """Join recordings of different languages, detect the language, and compare with each language given."""
    gap = np.zeros(int(pause_s * RATE), np.float32)
    parts: list[Samples] = []
    spans: list[tuple[int, int, Recording]] = []
    at = 0
    for recording in recordings:
        samples = recording.samples()
        spans.append((at * 1000 // RATE, (at + len(samples)) * 1000 // RATE, recording))
        parts += [samples, gap]
        at += len(samples) + len(gap)

    def finals(audio: Samples, language: str) -> list[Emitted]:
        updates: list[Emitted] = []
        run_virtual(chunks(audio), _session(language), retrying(recognizer), updates.append, _nothing, timer)
        return [u for u in updates if u.update.status is CueStatus.FINAL]

    said = finals(np.concatenate(parts), "")
    right = words = mixed = 0
    texts = [""] * len(spans)
    for emitted in said:
        cue = emitted.update.cue
        middle = (cue.start + cue.end) // 2
        index = min(range(len(spans)), key=lambda k: max(spans[k][0] - middle, middle - spans[k][1], 0))
        texts[index] += " " + cue.text
        words += len(cue.words)
        good = cue.language == spans[index][2].language
        right += len(cue.words) * good
        mixed += not good
    rates: dict[str, tuple[float, float]] = {}
    for language in dict.fromkeys(r.language for r in recordings):
        normal = score.normaliser(language)
        zero = score.Accuracy(0, 0, 0, 0)
        detected = given = zero
        for text, (_, _, recording) in zip(texts, spans, strict=True):
            if recording.language == language:
                alone = " ".join(u.update.cue.text for u in finals(recording.samples(), language))
                detected += score.accuracy(recording.text, text, normal)
                given += score.accuracy(recording.text, alone, normal)
        rates[language] = (round(detected.rate, 4), round(given.rate, 4))
    return Switching(words, round(right / max(1, words), 3), rates, len(said), mixed)


def _nothing(_: Beat) -> None:
    """Take a beat."""
