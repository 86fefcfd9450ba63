"""`captioner doctor` and `captioner devices`: is this machine ready, and what will it do?"""

import shutil
import socket
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from captioner.audio.devices import find
from captioner.audio.errors import AudioError, AudioFileMissing, NotAudio
from captioner.audio.file import FileSource
from captioner.audio.microphone import list_devices
from captioner.audio.pulse import Monitor, find_monitor, monitors
from captioner.audio.sources import MONITOR, RELAY, SYSTEM, named_channels
from captioner.audio.stream import is_stream
from captioner.bridge.listener import Address
from captioner.config import default_data
from captioner.errors import ExitCode, Failure
from captioner.measure import Measured, advise, measure
from captioner.tune import Choice, choose, default_file, remember
from models.catalogue import VOICES
from models.errors import ModelDamaged, ModelError
from models.store import ModelStatus, ModelStore

_ENOUGH = 500_000_000  # bytes free: the model, and years of transcripts

Json = Annotated[bool, typer.Option("--json", help="JSON, for scripts.")]


class Check(msgspec.Struct, frozen=True):
    """One line of the doctor's report."""

    name: str
    good: bool
    detail: str
    remedy: str = ""


def check_device(wanted: str) -> None:
    """Failure unless every device that is wanted is there; what comes from the network is not asked."""
    try:
        for name in named_channels(wanted, ("microphone", "system")).values():
            if name.startswith(RELAY) or is_stream(name) or Address.of(name) is not None:
                continue
            if sys.platform == "linux" and (name == SYSTEM or name.startswith(MONITOR)):
                find_monitor(monitors(), "" if name == SYSTEM else name.removeprefix(MONITOR))
            elif name != SYSTEM:
                find(list_devices(), name or None)
    except AudioError as error:
        raise Failure(ExitCode.DEVICE, error.problem, error.remedy) from error


def check_file(path: Path) -> None:
    """Failure unless the file has audio."""
    try:
        with FileSource(path):
            pass
    except (AudioFileMissing, NotAudio) as error:
        raise Failure(ExitCode.NOT_AUDIO, error.problem, error.remedy) from error


def devices(as_json: Json = False) -> None:  # noqa: FBT002 - a flag
    """List the microphones, and what else can be captioned."""
    try:
        found = list_devices()
        playing = list_monitors()
    except AudioError as error:
        Console(stderr=True, highlight=False).print(Text(f"captioner: {error}"), soft_wrap=True)
        raise typer.Exit(int(ExitCode.DEVICE)) from error
    if as_json:
        typer.echo(msgspec.json.encode([*found, *playing]))
        return
    if not found:
        typer.echo("No microphone is connected.")
    for device in found:
        typer.echo(str(device))
    for monitor in playing:
        default = " (default: system)" if monitor.is_default else ""
        typer.echo(f"{MONITOR}{monitor.name} what is played on {monitor.description}{default}")


def list_monitors() -> list[Monitor]:
    """Return the outputs whose sound can be captioned; none where there is no sound server."""
    try:
        return list(monitors()) if sys.platform == "linux" else []
    except AudioError:
        return []


def _audio() -> Check:
    try:
        found = list_devices()
    except AudioError as error:
        return Check("audio", good=False, detail=error.problem, remedy=error.remedy)
    if not found:
        return Check("audio", good=False, detail="no microphone", remedy="Connect one; files can be captioned without.")
    return Check("audio", good=True, detail=f"{len(found)} input device(s)")


def _model(name: str) -> tuple[Check, Path | None]:
    try:
        path = ModelStore().path(name)
    except ModelError as error:
        return Check("model", good=False, detail=error.cause, remedy=error.remedy), None
    return Check("model", good=True, detail=f"{name} is here and checked"), path


def _voices() -> Check:
    """An extra: nothing is wrong where it is not here."""
    try:
        ModelStore().path(VOICES)
    except ModelDamaged as error:
        return Check(VOICES, good=False, detail=error.cause, remedy=error.remedy)
    except ModelError:
        return Check(VOICES, good=True, detail=f"not here; for --voices: captioner models fetch {VOICES}")
    return Check(VOICES, good=True, detail="speakers at one microphone can be told apart with --voices")


def _port(host: str, port: int) -> Check:
    try:
        with socket.create_server((host, port)):
            return Check("port", good=True, detail=f"{host}:{port} is free")
    except OSError as error:
        remedy = "Stop the program that uses it, or choose another --port."
        return Check("port", good=False, detail=f"{host}:{port}: {error.strerror or 'not available'}", remedy=remedy)


def _disk(data: Path) -> Check:
    folder = data
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1e9:.1f} GB free for {data}"
    return Check(
        "disk",
        good=free >= _ENOUGH,
        detail=detail,
        remedy="" if free >= _ENOUGH else "Make room, or choose another --data.",
    )


def doctor(
    model: Annotated[str, typer.Option("--model", help="Model to measure.")] = "base",
    host: Annotated[str, typer.Option("--host", help="Address to try to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to try.")] = 8080,
    data: Annotated[Path | None, typer.Option("--data", help="Folder of the log and the archive.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Skip the measurement.")] = False,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Check model, audio, ports and disk, and measure which model and settings keep up on this machine."""
    found, path = _model(model)
    checks = [found, _voices(), _audio(), _port(host, port), _disk(data or default_data())]
    here = [(s.name, s.path) for s in ModelStore().list() if s.status is not ModelStatus.MISSING and s.task == "speech"]
    results: list[Measured] = []
    choices: dict[str, Choice] = {}
    if path is not None and not quick:
        if not as_json:
            typer.echo("Measuring this machine, about half a minute ...")
        for name, folder in here:
            measured = measure(name, folder)
            choice = choose(measured)
            remember(name, choice, default_file())
            choices[name] = choice
            results += measured
    if as_json:
        typer.echo(
            msgspec.json.encode({"checks": checks, "measured": results, "advice": advise(results), "chosen": choices})
        )
    else:
        _print(checks, results)
        for name, choice in choices.items():
            typer.echo(
                f"Kept for {name}: {choice.compute_type}, {choice.threads} thread(s), the {choice.profile} settings."
            )
    failed = {check.name for check in checks if not check.good}
    codes = {"model": ExitCode.MODEL, "disk": ExitCode.STORAGE, "port": ExitCode.PORT_IN_USE}
    for name, code in codes.items():
        if name in failed:
            raise typer.Exit(int(code))


def _print(checks: list[Check], results: list[Measured]) -> None:
    for check in checks:
        line = f"{'good' if check.good else 'PROBLEM'}: {check.name}: {check.detail}"
        typer.echo(f"{line} {check.remedy}".strip())
    for result in results:
        keeps = "keeps up" if result.keeps_up else "does not keep up"
        typer.echo(
            f"{result.model}, {result.compute_type}, {result.threads} thread(s): load {result.load:.2f}, {keeps}"
        )
    if results:
        typer.echo(advise(results))
