"""A long meeting: does latency grow, does memory, do times drift? In virtual time, or for real."""

import difflib
import json
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import msgspec
import psutil

from benchmarks import score
from benchmarks.engines import chunks, paced
from benchmarks.material import Placed, meeting, reference
from benchmarks.recordings import Recording, Samples, TimedWord
from captioner.captions.cue import CueStatus, Word
from captioner.memory import Trimmer
from captioner.publish.sink import Emitted
from captioner.recognition.base import Recognizer
from captioner.recognition.silero import SileroVoiceDetector
from captioner.run import Beat, Recognise, retrying, run_live, run_virtual
from captioner.streaming.session import Hypothesis, Request, Session, SessionConfig

_STEP_MS = 600_000  # ten minutes
_WARM = 1  # steps before memory counts as settled
_NEAR = 20  # ms: word times are rounded
_FAR = 20_000  # ms: words matched further apart than this are not the same


class Stretch(msgspec.Struct, frozen=True):
    """Ten minutes of the meeting. Times in ms."""

    minute: int
    words: int
    commit_p50: int | None
    commit_p95: int | None
    start_error_median: int | None
    """Signed: the drift."""
    time_error_p90: int | None
    """Of word starts and ends, without sign."""
    memory_mb: float


class Soak(msgspec.Struct, frozen=True):
    """The whole meeting."""

    hours: float
    real: bool
    scripted: bool
    """The words came from a script: no model ran."""
    growth_mb: float
    """Memory at the end over that after the first ten minutes."""
    slope_ms_per_hour: float
    """Growth of the commit latency (least squares)."""
    drift_ms: int
    """Start error of the last stretch over that of the first."""
    commit_p50: int | None
    commit_p95: int | None
    time_error_p90: int | None
    stretches: list[Stretch]


class Writer:
    """Writes each word when it is certain; nothing is kept in memory."""

    def __init__(self, out: IO[str]) -> None:
        """Write a line of JSON a word: text, start, end, and when it was certain, in ms."""
        self._out = out
        self._done = 0

    def __call__(self, emitted: Emitted) -> None:
        """Take an update."""
        update = emitted.update
        final = update.status is CueStatus.FINAL
        certain = len(update.cue.words) if final else update.stable
        for word in update.cue.words[self._done : certain]:
            row = [word.text.strip(), word.start, word.end, emitted.emitted_ms]
            self._out.write(json.dumps(row) + "\n")
        self._done = 0 if final else max(self._done, certain)


def scripted(coming: deque[TimedWord]) -> Recognise:
    """Return what answers with the reference's words instead of a model: hours of session, cues and sink in minutes.

    Words that lie behind are taken from `coming`, so that memory tells of the session alone.
    """

    def recognise(request: Request) -> Hypothesis:
        while coming and coming[0].end < request.start_ms:
            coming.popleft()
        after = request.prefix[-1].end if request.prefix else request.start_ms
        heard = [w for w in coming if w.start >= after - _NEAR and w.end <= request.end_ms]
        return Hypothesis([Word(w.start, w.end, f" {w.text}", 0.99) for w in heard], "en")

    return recognise


def soak(
    recognizer: Recognizer | None,
    recordings: list[Recording],
    words: Callable[[Recording], list[TimedWord]],
    hours: float,
    *,
    real: bool,
    timer: Callable[[], float],
    tell: Callable[[str], None],
) -> Soak:
    """Run a meeting of so many hours; `words` gives each recording's reference times. Ctrl-C ends it, and judges it.

    Without a recogniser the words come from a script: what is measured then is all but the model.
    """
    session = Session(SessionConfig(), SileroVoiceDetector().probability, "soak")
    placed: list[Placed] = []
    coming: deque[TimedWord] = deque()
    memory: list[float] = []
    me = psutil.Process()
    heard_s = 0.0
    trim = Trimmer(clock=lambda: heard_s)  # once in a minute of the meeting, as the pipeline does

    def audio() -> Iterator[Samples]:
        def place(one: Placed) -> None:
            placed.append(one)
            coming.extend(reference(one, words(one.recording)) if recognizer is None else ())

        yield from meeting(recordings, hours * 3600, place)

    def beat(now: Beat) -> None:
        nonlocal heard_s
        heard_s = now.heard_ms / 1000
        trim()
        if now.heard_ms >= (len(memory) + 1) * _STEP_MS:
            memory.append(me.memory_info().rss / 1e6)
            tell(f"{now.heard_ms // 60_000} min, {memory[-1]:.0f} MB, {now.behind_ms} ms to recognise")

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "words.jsonl"
        with path.open("w", encoding="utf-8") as out:
            write = Writer(out)
            ask = scripted(coming) if recognizer is None else retrying(recognizer)
            source = (chunk for piece in audio() for chunk in chunks(piece))
            try:
                if real:
                    began = time.monotonic()
                    run_live(paced(source), session, ask, write, beat, lambda: round((time.monotonic() - began) * 1000))
                else:
                    run_virtual(source, session, ask, write, beat, timer)
            except KeyboardInterrupt:
                hours = round(heard_s / 3600, 2)
                tell(f"ended after {hours} h")
        memory.append(me.memory_info().rss / 1e6)
        rows = [tuple(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    truth = [word for one in placed for word in reference(one, words(one.recording))]
    return _judged(rows, truth, memory, hours, real=real, scripted=recognizer is None)


def _judged(
    rows: list[tuple[str, int, int, int]],
    truth: list[TimedWord],
    memory: list[float],
    hours: float,
    *,
    real: bool,
    scripted: bool,
) -> Soak:
    pairs = matched(rows, truth)
    late = [(t.end, row[3] - t.end) for t, row in pairs]
    stretches = []
    for number, used in enumerate(memory):
        mine = [(t, row) for t, row in pairs if number * _STEP_MS <= t.end < (number + 1) * _STEP_MS]
        commit = [row[3] - t.end for t, row in mine]
        starts = [row[1] - t.start for t, row in mine]
        both = [abs(s) for s in starts] + [abs(row[2] - t.end) for t, row in mine]
        stretches.append(
            Stretch(
                number * 10, len(mine), score.percentile(commit, 50), score.percentile(commit, 95),
                score.percentile(starts, 50), score.percentile(both, 90), round(used, 1),
            )
        )  # fmt: skip
    said = [s for s in stretches if s.start_error_median is not None]
    drift = (said[-1].start_error_median or 0) - (said[0].start_error_median or 0) if said else 0
    every = [ms for _, ms in late]
    both = [abs(row[1] - t.start) for t, row in pairs] + [abs(row[2] - t.end) for t, row in pairs]
    settled = memory[min(_WARM, len(memory) - 1)]
    slope = score.slope_per_hour(score.Timing(every, [], [end for end, _ in late]))
    return Soak(
        hours, real, scripted, round(memory[-1] - settled, 1), round(slope, 1), drift,
        score.percentile(every, 50), score.percentile(every, 95), score.percentile(both, 90), stretches,
    )  # fmt: skip


def matched(
    rows: list[tuple[str, int, int, int]], truth: list[TimedWord]
) -> list[tuple[TimedWord, tuple[str, int, int, int]]]:
    """Match words stretch by stretch, so that a repeated recording is not taken for its first playing."""
    pairs = []
    size = 60_000
    last = max((t.end for t in truth), default=0)
    for low in range(0, last + 1, size):
        mine = [t for t in truth if low <= t.start < low + size]
        theirs = [row for row in rows if low - 2_000 <= row[1] < low + size + 2_000]
        keys = ([score.key(t.text) for t in mine], [score.key(row[0]) for row in theirs])
        for block in difflib.SequenceMatcher(None, *keys, autojunk=False).get_matching_blocks():
            for offset in range(block.size):
                t, row = mine[block.a + offset], theirs[block.b + offset]
                if abs(row[1] - t.start) < _FAR:
                    pairs.append((t, row))
    return pairs
