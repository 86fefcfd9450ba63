"""`python -m benchmarks soak|overload|together|nobody|switching|frontier`: the scenarios, printed and kept as JSON."""

import functools
import time
from typing import Annotated

import msgspec
import typer

from benchmarks import frontier as frontiers
from benchmarks import scenarios, terms
from benchmarks import soak as soaking
from benchmarks.cost import Costed
from benchmarks.offline import offline
from benchmarks.recordings import ROOT, Recording, TimedWord, find, folder
from captioner.recognition.whisper import WhisperConfig, WhisperRecognizer
from captioner.streaming.glossary import parse
from captioner.streaming.session import SessionConfig
from models.store import ModelStore

RESULTS = ROOT / "benchmarks" / "results"
Names = Annotated[list[str], typer.Argument(help="Recordings or folders of them.")]


def _words(recording: Recording, model: str = "base") -> list[TimedWord]:
    known = offline(recording, ModelStore().path(model), model)
    return list(recording.words) or [TimedWord(*word) for word in known.words]


def _recognizer(workers: int = 1) -> WhisperRecognizer:
    return WhisperRecognizer(ModelStore().path("base"), WhisperConfig(workers=workers))


def _keep(name: str, found: msgspec.Struct) -> None:
    """Print a result and keep it beside the others."""
    text = msgspec.json.format(msgspec.json.encode(found), indent=1).decode()
    typer.echo(text)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _tell(text: str) -> None:
    typer.echo(text, err=True)


def soak(
    names: Names,
    hours: float = 4.0,
    real: bool = False,  # noqa: FBT001, FBT002 - options
    scripted: bool = False,  # noqa: FBT001, FBT002
    modelled: bool = False,  # noqa: FBT001, FBT002
) -> None:
    """A long meeting: latency, memory and drift, in virtual time, --real, or --scripted: without the model, fast.

    With --modelled, passes of the model take what they took on an idle machine: where other work goes on.
    """
    recordings = list(find(names))
    recognizer = None if scripted else _recognizer()
    words = functools.cache(_words)
    costed = None if recognizer is None or not modelled else Costed(recognizer, WhisperConfig())
    timer = time.process_time if costed is None else costed.now
    found = soaking.soak(costed or recognizer, recordings, words, hours, real=real, timer=timer, tell=_tell)
    _keep("soak-real" if real else "soak-scripted" if scripted else "soak", found)


def overload(name: str = "demo", factors: str = "2,5,10") -> None:
    """Passes that take several times as long for five minutes (modelled, see cost.py)."""
    recording = next(find([name]))
    recognizer, samples, words = Costed(_recognizer(), WhisperConfig()), recording.samples(), _words(recording)

    class Every(msgspec.Struct):
        runs: list[scenarios.Overload]

    every = [
        scenarios.overload(recognizer, samples, words, float(factor), recognizer.now) for factor in factors.split(",")
    ]
    _keep("overload", Every(every))


def together(names: Names) -> None:
    """Meetings at the same time, in real time, on one copy of the model."""
    _keep("together", scenarios.together(_recognizer(2), [(r, _words(r)) for r in find(names)]))


def nobody(seconds: int = 3600) -> None:
    """An hour of noise, music, typing, applause and silence, with the names of all recordings as glossary."""
    every = [name.name for name in folder().iterdir() if name.is_dir()] if folder().is_dir() else []
    text = " ".join(recording.text for recording in find(["demo", *every]))
    _keep("nobody", scenarios.nobody(_recognizer(), seconds, _tell, parse("\n".join(terms.names(text)))))


def glossary(names: Names) -> None:
    """What the names of each recording bring as a glossary."""
    _keep("glossary", terms.measure(Costed(_recognizer(), WhisperConfig()), list(find(names)), _tell))


def switching(names: Names) -> None:
    """A meeting that changes its language (passes modelled, see cost.py)."""
    recognizer = Costed(_recognizer(), WhisperConfig())
    _keep("switching", scenarios.switching(recognizer, list(find(names)), recognizer.now))


def frontier(names: Names, cost_ms: float = 170.0) -> None:
    """Replay the same passes under many commit policies: accuracy against latency."""
    recognizer = _recognizer()
    config = SessionConfig()
    recorded = [frontiers.record(recognizer, recording, config, cost_ms) for recording in find(names)]
    points = [frontiers.point(recorded, policy) for policy in frontiers.policies()]
    chosen = frontiers.point(recorded, config.commit)
    frontiers.draw(points, chosen, RESULTS / "frontier.svg")

    class Frontier(msgspec.Struct):
        recordings: list[str]
        pass_ms: float
        chosen: frontiers.Point
        best: list[frontiers.Point]

    _keep("frontier", Frontier([r.id for r in find(names)], cost_ms, chosen, frontiers.best(points)))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (soak, overload, together, nobody, glossary, switching, frontier):
        app.command()(command)
