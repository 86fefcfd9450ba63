"""`captioner bench`: what will this machine do? The demo's speech, captioned on a virtual clock, in about a minute."""

import resource
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from benchmarks import score
from benchmarks.engines import Ours
from benchmarks.recordings import RATE, Samples, TimedWord, demo
from captioner.recognition.whisper import WhisperConfig
from captioner.streaming.session import SessionConfig

_GOOD_MS, _USABLE_MS = 1_600, 4_000  # p95 of the commit latency


class Verdict(msgspec.Struct, frozen=True):
    """How captions will be on this machine. Times in ms."""

    seconds: float
    commit_p50: int | None
    commit_p95: int | None
    display_p50: int | None
    display_p95: int | None
    cpu: float
    """CPU seconds a second of audio."""
    load: float
    """Seconds in passes a second of audio: near 1 the machine is at its limit."""
    memory_mb: int
    words: int

    @property
    def sentence(self) -> str:
        """Say it for a host."""
        if self.commit_p95 is None:
            return "No words came out: run captioner doctor."
        if self.load >= 1 or self.commit_p95 > _USABLE_MS:
            return "Captions will come late on this machine. Try the model tiny, or a faster machine."
        if self.commit_p95 > _GOOD_MS:
            return "Captions will be usable on this machine, a few seconds behind at times."
        return "This machine captions a meeting well."


def bench(
    folder: Path,
    whisper: WhisperConfig,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    audio: Samples | None = None,
) -> Verdict:
    """Caption the demo's speech (or `audio`); latency is by the captions' own word times."""
    speech = demo().samples() if audio is None else audio
    total = len(speech) * 1000 // RATE
    run = Ours(folder, whisper, SessionConfig()).run(speech, "en", lambda ms: progress(ms, total))
    words = [TimedWord(word.text.strip(), word.start, word.end) for word in run.words]
    late = score.timing(run.shown, words)
    return Verdict(
        round(run.seconds, 1),
        score.percentile(late.commit, 50),
        score.percentile(late.commit, 95),
        score.percentile(late.display, 50),
        score.percentile(late.display, 95),
        round(run.cpu / run.seconds, 2),
        round(sum(run.requests) / run.seconds, 2),
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform != "darwin" else 1024 * 1024),
        len(words),
    )
