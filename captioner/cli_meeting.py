"""`captioner meeting`: lay a meeting down in advance, and print its links."""

import re
import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from captioner.captions.cue import RecordPolicy, check_identifier
from captioner.captions.errors import InvalidCue
from captioner.config import default_data
from captioner.errors import ExitCode, Failure
from captioner.host_api import HostApi, NoServer
from server.archive.log import EventLog
from server.errors import ServerError
from server.faults import InvalidSetup
from server.setup import MeetingSetup, storable
from server.setup_files import from_ics, from_toml
from server.setups import store
from server.tokens import host_token

app = typer.Typer(no_args_is_help=True, help="Lay a meeting down in advance, and print its links.")
Url = Annotated[str, typer.Option("--url", help="Where the server is, or will be, reached.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder of the log and the archive.")]
Hours = Annotated[float, typer.Option("--hours", min=1, max=8784, help="How long invitations hold.")]
_URL = "http://127.0.0.1:8080"


@app.command("new")
def new(
    plan: Annotated[Path, typer.Argument(metavar="PLAN.toml|INVITE.ics", help="A plan, or a calendar invitation.")],
    meeting: Annotated[str, typer.Option("--meeting", help="The meeting's id; made from the title if left out.")] = "",
    url: Url = _URL,
    data: Data = None,
    hours: Hours = 24,
) -> None:
    """Lay a meeting down from a file, and print the links of everybody."""
    try:
        setup = _read(plan)
        name = _id(meeting, setup.title)
        folder = (data or default_data()).expanduser().absolute()
        api = HostApi(url, host_token(folder))
        try:
            api.ask("PUT", f"{name}/setup", setup)
        except NoServer:
            _keep(folder, name, setup)
            typer.echo("No server runs there yet; what may be kept is kept for it.")
            if setup.policy is not RecordPolicy.ON_RECORD:
                typer.echo(
                    "Names, terms and agenda of this meeting never reach a disk: start the server, then do this again."
                )
            _public(api, name)
            return
        _links(api, name, hours)
    except InvalidSetup as invalid:
        lines = "\n".join(f"{error.field}: {error.problem}" for error in invalid.errors)
        _fail(Failure(ExitCode.USAGE, f"{plan} cannot be used:\n{lines}"))
    except (Failure, ServerError) as failure:
        _fail(failure if isinstance(failure, Failure) else Failure(ExitCode(failure.exit_code), str(failure)))


@app.command("links")
def links(
    meeting: Annotated[str, typer.Argument(help="The meeting's id.")],
    url: Url = _URL,
    data: Data = None,
    hours: Hours = 24,
) -> None:
    """Print a meeting's links, with fresh invitations for a corrector and a human captioner."""
    try:
        api = HostApi(url, host_token((data or default_data()).expanduser().absolute()))
        _links(api, _id(meeting, ""), hours)
    except NoServer:
        _fail(Failure(ExitCode.SERVER, f"no server answers at {url}", "Start it: captioner serve"))
    except (Failure, ServerError) as failure:
        _fail(failure if isinstance(failure, Failure) else Failure(ExitCode(failure.exit_code), str(failure)))


def _read(plan: Path) -> MeetingSetup:
    try:
        text = plan.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Failure(
            ExitCode.USAGE, f"{plan} cannot be read: {error.strerror}", "Give a .toml or .ics file."
        ) from error
    except UnicodeDecodeError as error:
        raise Failure(ExitCode.USAGE, f"{plan} is not UTF-8", "Save it as UTF-8.") from error
    return (from_ics if plan.suffix.lower() == ".ics" else from_toml)(text)


def _id(wanted: str, title: str) -> str:
    name = (
        wanted or f"{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')[:40] or 'meeting'}-{time.strftime('%Y%m%d')}"
    )
    try:
        check_identifier(name, "--meeting")
    except InvalidCue as error:
        raise Failure(ExitCode.USAGE, str(error)) from error
    return name


def _keep(folder: Path, meeting: str, setup: MeetingSetup) -> None:
    log = EventLog(folder)
    try:
        store(log, meeting, storable(setup, setup.policy))
    finally:
        log.close()


def _public(api: HostApi, meeting: str) -> None:
    typer.echo(f"Meeting:   {meeting}")
    typer.echo(f"Readers:   {api.url}/live/{meeting}")


def _links(api: HostApi, meeting: str, hours: float) -> None:
    _public(api, meeting)
    for title, role in (("Host:", "host"), ("Corrector:", "corrector"), ("Captioner:", "captioner")):
        typer.echo(f"{title:<10} {api.invite(meeting, role, hours)}")
    typer.echo(f"The last three are secret; each opens its page for {hours:g} hours, and can be revoked by the host.")
    typer.echo(f"Captions begin with: captioner live --meeting {meeting}")


def _fail(failure: Failure) -> NoReturn:
    err = Console(stderr=True, highlight=False)
    err.print(Text(f"captioner: {failure.problem}"), soft_wrap=True)
    if failure.remedy:
        err.print(Text(failure.remedy), soft_wrap=True)
    raise typer.Exit(int(failure.code))
