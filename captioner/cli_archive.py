"""`captioner archive`: bags, audit, static export, deposits, erasure, retention, on a data folder without a server."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from captioner.config import default_data
from server.archive import keeper
from server.archive.erasure import Tombstone
from server.archive.log import EventLog
from server.archive.preserve.about import described
from server.archive.preserve.audit import audit as audit_folder
from server.archive.preserve.audit import keep_report
from server.archive.preserve.deposit import internet_archive, zenodo
from server.archive.settings import load
from server.errors import ServerError, StorageError
from server.setups import Setups
from server.setups import load as load_setups

app = typer.Typer(no_args_is_help=True, help="Preserve, check, export and erase what the archive holds.")
Data = Annotated[Path | None, typer.Option("--data", help="The data folder; without it the user's.")]
Meeting = Annotated[str, typer.Argument(help="The meeting's id.")]
DAMAGED = 1  # exit code of an audit that found damage


@app.command()
def bag(meeting: Meeting, data: Data = None) -> None:
    """Write the meeting's BagIt bag, with RO-Crate metadata and SHA-512 manifests."""
    with _opened(data) as (log, folder):
        path = keeper.bag(log, folder, meeting, _terms(log)(meeting))
        if path is None:
            typer.echo(f"Nothing of {meeting} is released: there is no bag.", err=True)
            raise typer.Exit(2)
        typer.echo(str(path))


@app.command()
def audit(data: Data = None) -> None:
    """Compare every kept file with its sum; name each that is damaged, missing or from nowhere."""
    folder = data or default_data()
    found = audit_folder(folder)
    keep_report(folder, found)
    for damage in found.damages:
        typer.echo(f"{damage.fault}: {damage.path}")
    typer.echo(f"{found.folders} folders looked at, {len(found.damages)} files damaged.")
    if found.damages:
        raise typer.Exit(DAMAGED)


@app.command("export-static")
def export_static(
    to: Annotated[Path, typer.Argument(help="The folder; only what changed is written again.")], data: Data = None
) -> None:
    """Export all that is public as pages that work from a disk, with search and without a server."""
    with _opened(data) as (log, folder):
        done = keeper.static(log, folder, to, _terms(log))
    typer.echo(f"{len(done.written)} written, {done.kept} unchanged, {len(done.removed)} removed: {to / 'index.html'}")


@app.command()
def deposit(
    meeting: Meeting,
    to: Annotated[Path, typer.Option("--to", help="The folder for the deposits.")] = Path("deposit"),
    data: Data = None,
) -> None:
    """Make deposits for Zenodo and the Internet Archive, offline; look at them, then upload them yourself."""
    with _opened(data) as (log, folder):
        found = keeper.public(log, meeting, _terms(log)(meeting), load(folder))
        if found is None:
            typer.echo(f"Nothing of {meeting} is released: there is no deposit.", err=True)
            raise typer.Exit(2)
        record = found.record
    about, files = described(record), keeper.rendered(record, folder)
    for path in [
        *zenodo(to / "zenodo" / meeting, about, files),
        *internet_archive(to / "internet-archive", about, files),
    ]:
        typer.echo(str(path))


@app.command()
def erase(
    meeting: Meeting,
    reason: Annotated[str, typer.Option("--reason", help="Stays, for readers.")],
    data: Data = None,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Erase a whole meeting everywhere; a note with date and reason stays."""
    if not sure:
        typer.confirm(f"Erase {meeting} for ever?", abort=True)
    with _opened(data) as (log, folder):
        try:
            keeper.erase(log, folder, Tombstone(meeting, reason, _now()))
        except LookupError:
            typer.echo(f"There is no meeting {meeting}.", err=True)
            raise typer.Exit(2) from None
    typer.echo(f"{meeting} was erased.")


@app.command()
def retain(data: Data = None) -> None:
    """Erase the meetings that were to be kept for a number of days only, and whose time is over."""
    with _opened(data) as (log, folder):
        done = keeper.retain(log, folder, _terms(log), _now())
    typer.echo(f"{len(done)} erased: {', '.join(done)}" if done else "Nothing is over its time.")


@contextmanager
def _opened(data: Path | None) -> Iterator[tuple[EventLog, Path]]:
    """Open the log; end with its words and exit code when that is impossible, as while a server runs."""
    folder = data or default_data()
    try:
        if not folder.is_dir():
            msg = f"there is no data folder {folder}: name it with --data"
            raise StorageError(msg)
        log = EventLog(folder)
        try:
            yield log, folder
        finally:
            log.close()
    except ServerError as error:
        typer.echo(f"captioner: {error}", err=True)
        raise typer.Exit(error.exit_code) from None


def _terms(log: EventLog) -> keeper.Terms:
    """What hosts have laid down, as far as it lies on the disk: release, retention, licence."""
    return Setups(load_setups(log)).of


def _now() -> int:
    return time.time_ns() // 1_000_000
