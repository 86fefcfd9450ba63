"""`captioner invite`, `invitations`, `revoke` and `passcode`, for a running server, with the host's token."""

import http.client
import urllib.error
import urllib.parse
import urllib.request
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from captioner.captions.cue import check_identifier
from captioner.captions.errors import InvalidCue
from captioner.config import default_data
from captioner.errors import ExitCode, Failure

_TIMEOUT_S = 10.0


class InviteRole(StrEnum):
    """Whom the host may invite."""

    VIEWER = "viewer"
    CORRECTOR = "corrector"
    CAPTIONER = "captioner"
    ARCHIVIST = "archivist"
    HOST = "host"


Meeting = Annotated[str, typer.Argument(metavar="MEETING", help="The meeting's id, as in its address.")]
Url = Annotated[str, typer.Option("--url", help="Address of the running server, as readers open it.")]
Data = Annotated[Path | None, typer.Option("--data", help="The server's data folder, where the host's token lies.")]
Json = Annotated[bool, typer.Option("--json", help="JSON, for scripts.")]


class _Invitation(msgspec.Struct):
    id: str
    role: str
    expires: int
    label: str = ""
    revoked: bool = False
    token: str = ""
    path: str = ""


class _Problem(msgspec.Struct):
    error: str = ""


class Server:
    """The API of a running server, for its host."""

    def __init__(self, url: str, data: Path | None, meeting: str) -> None:
        """Read the host's token; Failure when it is not there, or the meeting's id cannot be one."""
        try:
            check_identifier(meeting, "MEETING")
            folder = (data or default_data()).expanduser()
            self._token = (folder / "host.token").read_text(encoding="ascii").strip()
        except InvalidCue as error:
            raise Failure(ExitCode.USAGE, str(error)) from error
        except (OSError, UnicodeError) as error:
            problem = "the host's token is not in the data folder"
            raise Failure(ExitCode.STORAGE, problem, "Name the server's folder with --data.") from error
        self.url = url.rstrip("/")
        self._meeting = meeting

    def ask(self, method: str, path: str, body: object = None) -> bytes:
        """Send an order about the meeting; Failure with the server's own words when it refuses."""
        if urllib.parse.urlsplit(self.url).scheme not in {"http", "https"}:
            raise Failure(ExitCode.USAGE, "--url must begin with http:// or https://")
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            f"{self.url}/api/meetings/{self._meeting}/{path}",
            data=None if body is None else msgspec.json.encode(body),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - as above
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            raise Failure(ExitCode.SERVER, f"the server refuses: {_words(error.read())}") from error
        except (OSError, http.client.HTTPException) as error:
            problem = f"no caption server answers at {self.url}"
            raise Failure(ExitCode.SERVER, problem, "Start it with: captioner serve") from error


def _words(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Problem).error or "it does not say why"
    except msgspec.DecodeError:
        return "it does not say why"


def _fail(failure: Failure) -> NoReturn:
    text = f"captioner: {failure.problem}" + (f"\n{failure.remedy}" if failure.remedy else "")
    Console(stderr=True, highlight=False).print(Text(text), soft_wrap=True)
    raise typer.Exit(int(failure.code))


def invite(
    meeting: Meeting,
    role: Annotated[InviteRole, typer.Option(help="What the invitation lets do.")] = InviteRole.CORRECTOR,
    hours: Annotated[float, typer.Option(min=0.01, max=8784, help="How long it holds.")] = 12.0,
    label: Annotated[str, typer.Option(help="For your list: which desk or task it is for.")] = "",
    url: Url = "http://127.0.0.1:8080",
    data: Data = None,
    as_json: Json = False,  # noqa: FBT002 - a flag
) -> None:
    """Make a link that gives a role in a meeting. Whoever has the link has the role: send it privately."""
    try:
        server = Server(url, data, meeting)
        answer = server.ask("POST", "invitations", {"role": role, "hours": hours, "label": label})
    except Failure as failure:
        _fail(failure)
    made = msgspec.json.decode(answer, type=_Invitation)
    link = f"{server.url}{made.path}"
    if as_json:
        typer.echo(msgspec.json.encode({"id": made.id, "role": made.role, "expires": made.expires, "link": link}))
        return
    typer.echo(link)
    if role is InviteRole.CAPTIONER:
        typer.echo(f"For a captioner's program: the token is {made.token}")
    typer.echo(f"It holds for {hours:g} hours. To end it: captioner revoke {meeting} {made.id}")


def invitations(
    meeting: Meeting,
    url: Url = "http://127.0.0.1:8080",
    data: Data = None,
    as_json: Json = False,  # noqa: FBT002 - a flag
) -> None:
    """List a meeting's invitations, without their links."""
    try:
        answer = Server(url, data, meeting).ask("GET", "invitations")
    except Failure as failure:
        _fail(failure)
    if as_json:
        typer.echo(answer)
        return
    for each in msgspec.json.decode(answer, type=list[_Invitation]):
        state = ", revoked" if each.revoked else ""
        typer.echo(f"{each.id}: {each.role}{f' ({each.label})' if each.label else ''}{state}")


def revoke(
    meeting: Meeting,
    invitation: Annotated[str, typer.Argument(help="The invitation's id; see: captioner invitations MEETING.")],
    url: Url = "http://127.0.0.1:8080",
    data: Data = None,
) -> None:
    """End an invitation; who came with it is put out at once."""
    try:
        Server(url, data, meeting).ask("DELETE", f"invitations/{urllib.parse.quote(invitation, safe='')}")
    except Failure as failure:
        _fail(failure)
    typer.echo("The invitation is revoked.")


def passcode(
    meeting: Meeting,
    remove: Annotated[bool, typer.Option("--remove", help="Let everybody read again.")] = False,  # noqa: FBT002
    url: Url = "http://127.0.0.1:8080",
    data: Data = None,
) -> None:
    """Set the passcode that viewers of a meeting need. It is asked for, so that it stands in no history of commands."""
    code = "" if remove else typer.prompt("Passcode", hide_input=True, confirmation_prompt=True)
    try:
        Server(url, data, meeting).ask("POST", "passcode", {"passcode": code})
    except Failure as failure:
        _fail(failure)
    typer.echo("Everybody may read." if remove else "Viewers need this passcode from now on.")
