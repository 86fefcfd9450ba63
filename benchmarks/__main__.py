"""`python -m benchmarks run ...`: our engine over recordings, on a virtual clock with the real compute time."""

import dataclasses
import os
import platform
import time
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from benchmarks import peers, result, score
from benchmarks.display import Shown
from benchmarks.engines import Offline, Ours, Run
from benchmarks.recordings import RATE, ROOT, Recording, TimedWord, find
from benchmarks.report import Baseline, write
from captioner.recognition.whisper import WhisperConfig
from captioner.streaming.session import SessionConfig
from models.store import ModelStore

app = typer.Typer(no_args_is_help=True, add_completion=False)
METHOD = (
    "Our engine runs on a virtual clock with the real time of its passes; peers run in real time with the same "
    "weights. Latency: from the end of the word in the audio (forced alignment, else offline word times) to its first "
    "appearance, computing included."
)
PEERS = ("whisperlivekit",)
CACHE = ROOT / ".make" / "bench"


class OfflineResult(msgspec.Struct, frozen=True):
    """What offline faster-whisper said of a recording."""

    text: str
    words: list[tuple[str, int, int]]


def offline(recording: Recording, folder: Path, model: str) -> OfflineResult:
    """Return the offline result, computed once for each recording and model."""
    path = CACHE / f"{model}-{recording.id.replace('/', '-')}.json"
    if path.is_file():
        return msgspec.json.decode(path.read_bytes(), type=OfflineResult)
    text, words = Offline(folder, 2, "int8_float32").run(recording)
    found = OfflineResult(text, [(word.text, word.start, word.end) for word in words])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.encode(found))
    return found


def changed(config: Any, settings: list[str]) -> Any:
    """Return `config` with `name=value` settings; `commit.settled_ms=900` reaches into parts."""
    for setting in settings:
        name, _, value = setting.partition("=")
        head, _, rest = name.partition(".")
        part = getattr(config, head)
        fresh = changed(part, [f"{rest}={value}"]) if rest else msgspec.convert(value, type(part), strict=False)
        config = dataclasses.replace(config, **{head: fresh})
    return config


@app.callback()
def main() -> None:
    """Measure captions: accuracy, latency, stability and cost."""


@app.command()
def run(
    names: Annotated[list[str], typer.Argument(help="Recordings or folders of them: demo, en_long, nonspeech/dishes")],
    session: Annotated[list[str], typer.Option("--session", "-s", help="A setting of the session: step_ms=400")] = [],  # noqa: B006
    whisper: Annotated[list[str], typer.Option("--whisper", "-w", help="A setting of Whisper: threads=1")] = [],  # noqa: B006
    model: str = "base",
    out: Annotated[Path | None, typer.Option(help="Write all figures as JSON.")] = None,
    busy_machine: Annotated[  # noqa: FBT002
        bool,
        typer.Option(help="Count processor time, not duration: for a machine that does other work."),
    ] = False,
    text: Annotated[bool, typer.Option(help="Print what was said.")] = False,  # noqa: FBT002
) -> None:
    """Score our engine on recordings, beside offline faster-whisper of the same model."""
    folder = ModelStore().path(model)
    timer = time.process_time if busy_machine else time.perf_counter
    engine = Ours(folder, changed(WhisperConfig(), whisper), changed(SessionConfig(), session), timer)
    every: list[result.Figures] = []
    for recording in find(names):
        known = offline(recording, folder, model)
        reference = [TimedWord(*word) for word in known.words]
        one = result.figures("ours", recording, engine.run(recording.samples(), recording.language), reference)
        every.append(one)
        base = score.accuracy(recording.text, known.text, score.normaliser(recording.language))
        beside = f"offline {100 * base.rate:5.2f} I{base.insertions}"
        typer.echo(f"{one.recording:32} {line(result.summary('ours', [one]))} {beside}")
        if text:
            typer.echo(one.text)
    typer.echo(f"{'all':32} {line(result.summary('ours', every))}")
    if out is not None:
        out.write_bytes(msgspec.json.encode(every))


@app.command()
def report(
    names: Annotated[list[str], typer.Argument(help="Recordings or folders of them.")],
    model: str = "base",
    peers_on: Annotated[list[str], typer.Option("--peers-on", help="Recordings that the peers do too.")] = [],  # noqa: B006
    folder: Annotated[Path, typer.Option(help="Where the report goes.")] = ROOT / "benchmarks" / "results",
) -> None:
    """Run everything and write report.md, figures.json and the plots."""
    weights = ModelStore().path(model)
    engine = Ours(weights, WhisperConfig(), SessionConfig())
    every: list[result.Figures] = []
    baselines: list[Baseline] = []
    machine = f"Model {model}, {platform.machine()}, {os.cpu_count()} cores, without a GPU."
    notes = [f"{machine} {METHOD}"]
    for recording in find(names):
        known = offline(recording, weights, model)
        reference = [TimedWord(*word) for word in known.words]
        baselines.append(
            Baseline(recording.id, score.accuracy(recording.text, known.text, score.normaliser(recording.language)))
        )
        samples = recording.samples()
        typer.echo(f"{recording.id}: ours")
        every.append(result.figures("ours", recording, engine.run(samples, recording.language), reference))
        for peer in PEERS if recording.id in peers_on else ():
            if not peers.available(peer):
                notes.append(f"{peer} is not installed here and was left out: scripts/bench_peers.sh")
                continue
            typer.echo(f"{recording.id}: {peer}, in real time")
            rows = peers.run(peer, (samples * 32767).astype("<i2").tobytes(), weights, recording.language)
            shown = [Shown(0, (), 0), *(Shown(at, tuple(words), stable) for at, words, stable in rows)]
            every.append(result.figures(peer, recording, Run(shown, len(samples) / RATE, 0.0), reference))
    typer.echo(f"Report: {write(every, baselines, list(dict.fromkeys(notes)), folder)}")


def line(of: result.Summary) -> str:
    """Return a summary on one line."""
    return (
        f"WER {100 * of.rate:5.2f} I{of.insertions:<3} commit {of.commit} display {of.display} "
        f"upwr {of.unstable_ratio:.2f} revised {of.revised} cpu {of.cpu:.2f} busy {of.busy:.2f}"
    )


if __name__ == "__main__":
    app()
