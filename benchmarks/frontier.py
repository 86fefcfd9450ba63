"""Accuracy against latency: the same passes, replayed under many commit policies. Pure but for `record` and `draw`.

Passes are recorded once, with every word committed so late that each is seen in several of them. A replay tells which
of the words a policy would have committed otherwise than they were at last heard, and when. It does not see that a word
committed wrongly misleads the passes after it: the order of policies is meant, and real runs have the last word.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from benchmarks import score
from benchmarks.engines import chunks
from benchmarks.recordings import Recording
from captioner.captions.cue import CueStatus, Word
from captioner.publish.sink import Emitted
from captioner.recognition.base import Recognizer
from captioner.recognition.silero import SileroVoiceDetector
from captioner.run import Beat, retrying, run_virtual
from captioner.streaming.policy import CommitConfig, normal, stable_words
from captioner.streaming.session import Hypothesis, Request, Session, SessionConfig

_LATE = CommitConfig(settled_ms=2_500, agreed_ms=2_000, doubtful_ms=2_000, sure=2.0)
_SAME = 20  # ms: word times of two passes differ


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass made of its whole window; ms on the recording's timeline."""

    end_ms: int
    final: bool
    words: tuple[Word, ...]
    cost_ms: float


class Point(msgspec.Struct, frozen=True):
    """A policy and what comes of it."""

    policy: dict[str, float]
    changed: float
    """Share of words committed otherwise than they were at last heard."""
    commit_p50: int
    commit_p95: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """All passes over a recording, and its words as they were at last heard."""

    passes: Sequence[Pass]
    text: str


def record(recognizer: Recognizer, recording: Recording, config: SessionConfig, cost_ms: float) -> Recorded:
    """Run the recording once; every pass is taken to cost `cost_ms`, so that records on different days are alike."""
    passes: list[Pass] = []
    said: list[str] = []
    ask = retrying(recognizer)

    def recognise(request: Request) -> Hypothesis:
        answer = ask(request)
        passes.append(Pass(request.end_ms, request.final, (*request.prefix, *answer.words), cost_ms))
        return answer

    def take(emitted: Emitted) -> None:
        if emitted.update.status is CueStatus.FINAL:
            said.extend(normal(word.text) for word in emitted.update.cue.words)

    late = replace(config, commit=_LATE, language=recording.language)
    session = Session(late, SileroVoiceDetector().probability, "frontier")
    source = chunks(recording.samples())
    run_virtual(source, session, recognise, take, _nothing, lambda: len(passes) * cost_ms / 1000)
    return Recorded(passes, " ".join(said))


def _nothing(_: Beat) -> None:
    """Take a beat."""


def replay(passes: Sequence[Pass], policy: CommitConfig) -> tuple[list[str], list[int]]:
    """Return the words that `policy` commits, and how late each is."""
    said: list[str] = []
    late: list[int] = []
    before: Sequence[Word] = ()
    done = -1
    for each in passes:
        tail = [w for w in each.words if (w.start + w.end) // 2 > done + _SAME]
        count = len(tail) if each.final else stable_words(before, tail, each.end_ms, policy)
        for word in tail[:count]:
            said.append(normal(word.text))
            late.append(round(each.end_ms + each.cost_ms - word.end))
            done = word.end
        before = () if each.final else tail[count:]
    return said, late


def policies() -> Iterator[CommitConfig]:
    """Yield the policies that are compared."""
    grid = itertools.product((1_300, 1_700), (350, 500, 700), (0.0, 0.5, 0.7, 0.85), (900, 1_200), (0.9, 0.95, 2.0))
    for settled, agreed, doubt, doubtful, sure in grid:
        if doubt or doubtful == 900:  # noqa: PLR2004 - without doubt the distance of doubtful words says nothing
            yield CommitConfig(settled, agreed, doubt, doubtful, sure)


def point(recorded: Sequence[Recorded], policy: CommitConfig) -> Point:
    """Judge a policy over recordings."""
    total = score.Accuracy(0, 0, 0, 0)
    late: list[int] = []
    for one in recorded:
        said, ms = replay(one.passes, policy)
        total += score.accuracy(one.text, " ".join(said), str)
        late += ms
    named = {name: float(getattr(policy, name)) for name in ("settled_ms", "agreed_ms", "doubt", "doubtful_ms", "sure")}
    return Point(named, round(total.rate, 4), score.percentile(late, 50) or 0, score.percentile(late, 95) or 0)


def best(points: Iterable[Point]) -> list[Point]:
    """Return the points that no other one beats in both, by rising latency."""
    kept: list[Point] = []
    for each in sorted(points, key=lambda p: (p.commit_p50, p.changed)):
        if not kept or each.changed < kept[-1].changed:
            kept.append(each)
    return kept


def draw(points: Sequence[Point], chosen: Point, path: Path) -> None:
    """Draw all policies, the frontier and the chosen one."""
    import matplotlib as mpl  # noqa: PLC0415 - only for reports

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(8, 4.5))
    axes.plot(
        [p.commit_p50 / 1000 for p in points], [100 * p.changed for p in points], ".", label="policies", alpha=0.5
    )
    edge = best(points)
    axes.plot([p.commit_p50 / 1000 for p in edge], [100 * p.changed for p in edge], "-", label="frontier")
    axes.plot([chosen.commit_p50 / 1000], [100 * chosen.changed], "*", markersize=14, label="the default")
    axes.set_xlabel("seconds from a word's end to its commit, p50")
    axes.set_ylabel("% of words committed otherwise than last heard")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
    plt.close(figure)
