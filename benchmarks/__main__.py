"""`python -m benchmarks run ...`: our engine over recordings, on a virtual clock with the real compute time."""

import dataclasses
import os
import platform
import resource
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from benchmarks import peers, result, score
from benchmarks.commands import register
from benchmarks.display import Shown
from benchmarks.engines import Ours, Run
from benchmarks.offline import offline
from benchmarks.recordings import RATE, ROOT, TimedWord, find
from benchmarks.report import Baseline, write
from captioner.recognition.whisper import WhisperConfig
from captioner.streaming.session import SessionConfig
from models.store import ModelStore

app = typer.Typer(no_args_is_help=True, add_completion=False)
METHOD = (
    "Our engine runs on a virtual clock, on which a pass takes {clock}; peers run in real time with the same "
    "weights. Latency: from the end of the word in the audio (forced alignment, else offline word times) to its first "
    "appearance, computing included."
)
LIVE = "ours, in real time"
PEERS = ("whisperlivekit", "whisperlive", "realtimestt")


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
    modelled: Annotated[  # noqa: FBT002
        bool,
        typer.Option(help="A pass takes what it took once on an idle machine: alike whatever else runs."),
    ] = False,
    refine: Annotated[bool, typer.Option(help="Also score the second look that the archive gets.")] = False,  # noqa: FBT002
    text: Annotated[bool, typer.Option(help="Print what was said.")] = False,  # noqa: FBT002
) -> None:
    """Score our engine on recordings, beside offline faster-whisper of the same model."""
    folder = ModelStore().path(model)
    timer = None if modelled else time.process_time if busy_machine else time.perf_counter
    engine = Ours(folder, changed(WhisperConfig(), whisper), changed(SessionConfig(), session), timer, refine=refine)
    every: list[result.Figures] = []
    looked = said = score.Accuracy(0, 0, 0, 0)
    for recording in find(names):
        known = offline(recording, folder, model)
        reference = [TimedWord(*word) for word in known.words]
        done = engine.run(recording.samples(), recording.language)
        one = result.figures("ours", recording, done, reference)
        every.append(one)
        base = score.accuracy(recording.text, known.text, score.normaliser(recording.language))
        said = said + base
        beside = f"offline {100 * base.rate:5.2f} I{base.insertions}"
        if refine:
            again = score.accuracy(recording.text, done.refined, score.normaliser(recording.language))
            looked = looked + again
            beside = f"refined {100 * again.rate:5.2f} I{again.insertions} {beside}"
        typer.echo(f"{one.recording:32} {line(result.summary('ours', [one]))} {beside}")
        if text:
            typer.echo(one.text)
    beside = f"refined {100 * looked.rate:5.2f} I{looked.insertions} " if refine else ""
    beside += f"offline {100 * said.rate:5.2f} I{said.insertions}"
    typer.echo(f"{'all':32} {line(result.summary('ours', every))} {beside}")
    if out is not None:
        out.write_bytes(msgspec.json.encode(every))


@app.command()
def report(
    names: Annotated[list[str], typer.Argument(help="Recordings or folders of them.")],
    model: str = "base",
    peers_on: Annotated[list[str], typer.Option("--peers-on", help="Recordings that the peers do too.")] = [],  # noqa: B006
    folder: Annotated[Path, typer.Option(help="Where the report goes.")] = ROOT / "benchmarks" / "results",
    busy_machine: Annotated[  # noqa: FBT002
        bool,
        typer.Option(help="Count processor time, not duration: for a machine that does other work."),
    ] = False,
    modelled: Annotated[  # noqa: FBT002
        bool,
        typer.Option(help="A pass takes what it took once on an idle machine: alike whatever else runs."),
    ] = False,
    resume: Annotated[  # noqa: FBT002
        bool,
        typer.Option(help="Keep what the folder's figures.json has already: a run that was broken off goes on."),
    ] = False,
) -> None:
    """Run everything and write report.md, figures.json and the plots, anew after each recording."""
    weights = ModelStore().path(model)
    timer = None if modelled else time.process_time if busy_machine else time.perf_counter
    clock = "what such a pass costs on this machine when it does nothing else (benchmarks/cost.py)"
    if not modelled:
        clock = "its processor time" if busy_machine else "its duration"
    engine = Ours(weights, WhisperConfig(), SessionConfig(), timer)
    every = result.kept(folder / "figures.json") if resume else []
    done = {(one.engine, one.recording) for one in every}
    baselines: list[Baseline] = []
    machine = f"Model {model}, {platform.machine()}, {os.cpu_count()} cores, without a GPU."
    notes = [f"{machine} {METHOD.format(clock=clock)}"]
    for recording in find(names):
        known = offline(recording, weights, model)
        reference = [TimedWord(*word) for word in known.words]
        baselines.append(
            Baseline(
                recording.id,
                score.accuracy(recording.text, known.text, score.normaliser(recording.language)),
                score.drift(reference, recording.words) if recording.words else None,
            )
        )
        samples = recording.samples()
        if ("ours", recording.id) not in done:
            typer.echo(f"{recording.id}: ours")
            every.append(result.figures("ours", recording, engine.run(samples, recording.language), reference))
        if recording.id in peers_on and (LIVE, recording.id) not in done:
            typer.echo(f"{recording.id}: ours, in real time")
            every.append(result.figures(LIVE, recording, engine.live(samples, recording.language), reference))
        for peer in PEERS if recording.id in peers_on else ():
            if (peer, recording.id) in done:
                continue
            if not peers.available(peer):
                notes.append(f"{peer} is not installed here and was left out: scripts/bench_peers.sh")
                continue
            typer.echo(f"{recording.id}: {peer}, in real time")
            try:
                rows = peers.run(peer, (samples * 32767).astype("<i2").tobytes(), weights, recording.language)
            except peers.PeerFailed as error:
                notes.append(f"{peer} failed on {recording.id} and was left out: {error}")
                continue
            shown = [Shown(0, (), 0), *(Shown(at, tuple(words), stable) for at, words, stable in rows)]
            every.append(result.figures(peer, recording, Run(shown, len(samples) / RATE, 0.0), reference))
        page = write(every, baselines, [*dict.fromkeys(notes), *([] if resume else [memory()])], folder)
        typer.echo(f"Report: {page}")


def memory() -> str:
    """Say how much memory this process had at most."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform != "darwin" else 1024 * 1024)
    return f"Memory of the process at most, with all that measures: {most} MB."


def line(of: result.Summary) -> str:
    """Return a summary on one line."""
    return (
        f"WER {100 * of.rate:5.2f} I{of.insertions:<3} commit {of.commit} display {of.display} "
        f"upwr {of.unstable_ratio:.2f} revised {of.revised} cpu {of.cpu:.2f} busy {of.busy:.2f}"
    )


register(app)

if __name__ == "__main__":
    app()
