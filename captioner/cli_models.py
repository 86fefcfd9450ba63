"""`captioner models`: list, fetch, verify, remove."""

from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from captioner.errors import ExitCode
from models.errors import ModelError
from models.store import ModelStatus, ModelStore
from models.verify import FileStatus

app = typer.Typer(no_args_is_help=True, help="The speech models on this machine.")
Name = Annotated[str, typer.Argument(help="The model's name.")]
Plain = Annotated[bool, typer.Option("--plain", help="No progress bar; a line at each quarter.")]
Json = Annotated[bool, typer.Option("--json", help="JSON, for scripts.")]


def _fail(error: ModelError) -> None:
    Console(stderr=True, highlight=False).print(Text(f"captioner: {error.cause}\n{error.remedy}"), soft_wrap=True)
    raise typer.Exit(int(ExitCode.MODEL))


@app.command("list")
def list_models(as_json: Json = False) -> None:  # noqa: FBT002 - a flag
    """List the models and whether they are here."""
    states = ModelStore().list()
    if as_json:
        typer.echo(msgspec.json.encode(states, enc_hook=str))
        return
    for state in states:
        here = {
            ModelStatus.READY: "here",
            ModelStatus.UNCHECKED: "here, not checked yet",
            ModelStatus.MISSING: "not here",
        }
        default = " (default)" if state.is_default else ""
        typer.echo(f"{state.name}{default}: {state.title}; {here[state.status]}; {state.path}")


@app.command()
def fetch(name: Name = "base", plain: Plain = False) -> None:  # noqa: FBT002
    """Fetch a model; at once if it is here already, resumed if it is here in part."""
    store = ModelStore()
    try:
        path = _fetch_plain(store, name) if plain or not Console().is_terminal else _fetch_bar(store, name)
    except ModelError as error:
        _fail(error)
    except KeyboardInterrupt:
        typer.echo("Stopped; what came is kept, and the next fetch goes on from there.", err=True)
        raise typer.Exit(130) from None
    else:
        typer.echo(f"Model {name}: {path}")


def _fetch_plain(store: ModelStore, name: str) -> object:
    said: dict[str, int] = {}

    def report(file: str, done: int, total: int) -> None:
        quarter = 4 * done // total if total else 0
        if quarter > said.get(file, -1):
            said[file] = quarter
            typer.echo(f"{file}: {done / 1e6:.0f} of {total / 1e6:.0f} MB")

    return store.fetch(name, report)


def _fetch_bar(store: ModelStore, name: str) -> object:
    tasks: dict[str, TaskID] = {}
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as bar:

        def report(file: str, done: int, total: int) -> None:
            if file not in tasks:
                tasks[file] = bar.add_task(file, total=total or None)
            bar.update(tasks[file], completed=done, total=total or None)

        return store.fetch(name, report)


@app.command()
def verify(name: Name = "base", as_json: Json = False) -> None:  # noqa: FBT002
    """Hash every file of a model and compare."""
    try:
        checks = ModelStore().verify(name)
    except ModelError as error:
        _fail(error)
        return
    if as_json:
        typer.echo(msgspec.json.encode(checks, enc_hook=str))
    else:
        for check in checks:
            typer.echo(f"{check.name}: {check.status.value}")
    if any(check.status in (FileStatus.MISSING, FileStatus.DAMAGED) for check in checks):
        raise typer.Exit(int(ExitCode.MODEL))


@app.command()
def remove(name: Name) -> None:
    """Delete a model from this machine."""
    try:
        ModelStore().remove(name)
    except ModelError as error:
        _fail(error)
    typer.echo(f"Model {name} is removed.")
