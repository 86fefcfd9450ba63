"""One recording's and one engine's figures, and their summary."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks import score
from benchmarks.engines import Run
from benchmarks.recordings import Recording, TimedWord


class Figures(msgspec.Struct, frozen=True):
    """An engine on a recording. Times in ms, costs in CPU seconds a second of audio."""

    engine: str
    recording: str
    language: str
    seconds: float
    accuracy: score.Accuracy
    timing: score.Timing
    unstable_ratio: float
    revised: int
    shrinks: int
    cpu: float
    busy: float
    """Seconds in passes a second of audio."""
    passes: int
    text: str = ""
    drift: score.Drift | None = None
    """Against a forced alignment, where the recording has one."""


def figures(engine: str, recording: Recording, run: Run, reference: Sequence[TimedWord]) -> Figures:
    """Score a run; `reference` gives the ends of words."""
    from benchmarks.display import final_words  # noqa: PLC0415 - no cycle: display knows nothing of results

    text = " ".join(final_words(run.shown))
    return Figures(
        engine,
        recording.id,
        recording.language,
        run.seconds,
        score.accuracy(recording.text, text, score.normaliser(recording.language)),
        score.timing(run.shown, recording.words or reference),
        round(score.unstable_ratio(run.shown), 3),
        score.revised(run.shown),
        score.shrinks(run.shown),
        round(run.cpu / run.seconds, 3),
        round(sum(run.requests) / run.seconds, 3),
        run.passes,
        text,
        score.drift([TimedWord(w.text, w.start, w.end) for w in run.words], recording.words)
        if recording.words and run.words
        else None,
    )


def kept(file: Path) -> list[Figures]:
    """Return the figures of an earlier report, none where there is none that can be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[Figures])
    except (OSError, msgspec.DecodeError):
        return []


class Summary(msgspec.Struct, frozen=True):
    """All recordings of an engine together: words count alike, wherever they were said."""

    engine: str
    words: int
    rate: float
    insertions: int
    commit: tuple[int | None, int | None, int | None]
    """p50, p95, p99."""
    display: tuple[int | None, int | None]
    unstable_ratio: float
    revised: int
    cpu: float
    busy: float


def summary(engine: str, every: Sequence[Figures]) -> Summary:
    """Put recordings together."""
    total = sum((one.accuracy for one in every), score.Accuracy(0, 0, 0, 0))
    commit = [value for one in every for value in one.timing.commit]
    display = [value for one in every for value in one.timing.display]
    seconds = sum(one.seconds for one in every) or 1.0
    words = sum(one.accuracy.words for one in every) or 1
    return Summary(
        engine,
        total.words,
        round(total.rate, 4),
        total.insertions,
        (score.percentile(commit, 50), score.percentile(commit, 95), score.percentile(commit, 99)),
        (score.percentile(display, 50), score.percentile(display, 95)),
        round(sum(one.unstable_ratio * one.accuracy.words for one in every) / words, 3),
        sum(one.revised for one in every),
        round(sum(one.cpu * one.seconds for one in every) / seconds, 3),
        round(sum(one.busy * one.seconds for one in every) / seconds, 3),
    )
