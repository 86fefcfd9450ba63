"""`captioner backup` and `captioner restore`: the log with all meetings, as one file."""

import contextlib
import os
import secrets
import shutil
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from captioner.config import default_data
from captioner.errors import ExitCode, Failure
from server.archive import backup as copies
from server.archive.backup_recordings import beside, copy_recordings
from server.errors import ServerError
from server.tokens import host_token

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the log and the archive.")]
_TIMEOUT_S = 60.0


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to make; it must not exist.")],
    url: Annotated[str, typer.Option("--url", help="The server, if it runs.")] = "http://127.0.0.1:8080",
    data: Data = None,
) -> None:
    """Copy the log and the recordings, also while the server runs. The copy holds every word: keep it as safe."""
    folder = (data or default_data()).expanduser().absolute()
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    try:
        for target in (file, beside(file)):
            if target.exists():
                raise Failure(ExitCode.STORAGE, f"{target} exists already", "Give another name.")  # noqa: TRY301
        if not (folder / "host.token").is_file():
            raise Failure(ExitCode.STORAGE, f"{folder} is no data folder of a server", "Give it with --data.")  # noqa: TRY301
        if not _from_server(url, host_token(folder), part):
            copies.copy_closed(folder, part)
        held = copies.check(part)
        recordings = copy_recordings(folder, file)
        part.rename(file)
    except ServerError as error:
        _fail(Failure(ExitCode(error.exit_code), str(error)))
    except OSError as error:
        problem = f"{file} cannot be written ({error.strerror or 'the connection broke'})"
        _fail(Failure(ExitCode.STORAGE, problem, "Free space, or name another place; then do it again."))
    except Failure as failure:
        _fail(failure)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    typer.echo(f"Copied and checked: {held.meetings} meetings, {held.events} events, in {file}.")
    if recordings:
        typer.echo(f"Published recordings: {recordings}, in {beside(file)}. Keep the two together.")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that captioner backup made.")],
    force: Annotated[bool, typer.Option("--force", help="Move a log that is there aside.")] = False,  # noqa: FBT002
    data: Data = None,
) -> None:
    """Put a copy of the log back, while no server runs. What was erased after the copy was made comes back with it."""
    folder = (data or default_data()).expanduser().absolute()
    try:
        held, aside = copies.restore(file, folder, force=force)
    except ServerError as error:
        _fail(Failure(ExitCode(error.exit_code), str(error)))
    typer.echo(f"Restored: {held.meetings} meetings, {held.events} events. The next start writes the archive anew.")
    if held.recordings or held.lost:
        typer.echo(f"Published recordings: {held.recordings} in their place.")
    if held.lost:
        typer.echo(f"{held.lost} are not beside the copy: publish them again with captioner archive attach-audio.")
    typer.echo("Erase again what was erased since the copy was made.")
    if aside is not None:
        typer.echo(f"The log that was there: {aside}")


def _from_server(url: str, token: str, part: Path) -> bool:
    """Fetch the copy; False when nothing answers there."""
    if not url.startswith(("http://", "https://")):
        raise Failure(ExitCode.USAGE, f"{url} is no address of a server", "Give --url http://host:port.")
    request = urllib.request.Request(  # noqa: S310 - http or https, see above
        f"{url.rstrip('/')}/api/backup", b"", {"Authorization": f"Bearer {token}"}, method="POST"
    )
    try:
        answer = urllib.request.urlopen(request, timeout=_TIMEOUT_S)  # noqa: S310
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 503:  # noqa: PLR2004 - no room there
                raise Failure(ExitCode.STORAGE, "the server has no room to make a copy", "Free space there.") from error
            problem = f"the server at {url} does not take this folder's token (HTTP {error.code})"
            raise Failure(ExitCode.SERVER, problem, "Give the right --url and --data.") from error
    except OSError:
        return False
    with answer, os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        shutil.copyfileobj(answer, out)
        out.flush()
        os.fsync(out.fileno())
    return True


def _fail(failure: Failure) -> NoReturn:
    console = Console(stderr=True, highlight=False)
    console.print(Text(f"captioner: {failure.problem}"), soft_wrap=True)
    if failure.remedy:
        console.print(Text(failure.remedy), soft_wrap=True)
    raise typer.Exit(int(failure.code))
