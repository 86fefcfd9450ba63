"""`captioner output` and `captioner rehearse`: captions out to conferences."""

import os
import threading
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
import typer
from rich.console import Console
from rich.text import Text
from websockets.exceptions import InvalidStatus, WebSocketException

from captioner.config import default_data
from captioner.errors import ExitCode, Failure
from captioner.output import OutputProcess, describe, run
from captioner.publish.sinks.addresses import BadAddress
from captioner.publish.sinks.bigbluebutton import TextTrack, put_text_track
from captioner.publish.sinks.bigbluebutton import problem as refusal
from captioner.publish.sinks.contract import Kind, NoAnswer, OutputHealth
from captioner.publish.sinks.http import HttpClient
from captioner.publish.sinks.settings import BadSettings, OutputSettings, named, read_secret

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the log; outputs.toml lies in it.")]
Json = Annotated[bool, typer.Option("--json", help="JSON lines, for scripts.")]
FILE = "outputs.toml"


def chosen(wanted: list[str], data: Path) -> list[tuple[str, OutputSettings]]:
    """Return the outputs that are meant; Failure where one cannot be used."""
    try:
        found = [named(each, data / FILE, os.environ) for each in wanted]
    except BadSettings as error:
        remedy = f"Outputs stand in {data / FILE}, or as KIND=@FILE; see: captioner output --help"
        raise Failure(ExitCode.USAGE, str(error), remedy) from error
    names = [name for name, _ in found]
    if len(set(names)) != len(names):
        raise Failure(ExitCode.USAGE, "an output is named twice", "Name each once.")
    return found


def websocket(url: str) -> str:
    """Return the server's WebSocket address from its web address; Failure where it is none."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise Failure(ExitCode.USAGE, f"--url {url[:80]} is no web address", "Write it like http://127.0.0.1:8080")
    return f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}/ws"


def output(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="An output of outputs.toml; or KIND=@FILE or KIND=env:VARIABLE, where the copied address stands; "
            f"kinds are {', '.join(Kind)}.",
        ),
    ],
    meeting: Annotated[str, typer.Option("--meeting", help="The meeting's id.")],
    url: Annotated[str, typer.Option("--url", help="The caption server.")] = "http://127.0.0.1:8080",
    data: Data = None,
    as_json: Json = False,  # noqa: FBT002 - a flag
) -> None:
    """Send a meeting's captions to a conference until it ends or Ctrl-C: Zoom, Teams, Webex, YouTube, OBS, vMix ..."""
    folder = (data or default_data()).expanduser().absolute()
    stop = threading.Event()

    def note(text: str) -> None:
        if text:
            typer.echo(msgspec.json.encode({"event": "note", "text": text}) if as_json else text)

    def watch(health: OutputHealth) -> None:
        typer.echo(_event(health) if as_json else describe(health))

    try:
        ((known, settings),) = chosen([name], folder)
        kept = folder / "host.token"  # also reads a meeting with a passcode
        token = kept.read_text(encoding="ascii").strip() if kept.is_file() else ""
        process = OutputProcess(known, settings, websocket(url), meeting, str(folder), token)
        ended = threading.Event()
        result: list[OutputHealth | Failure] = []

        def work() -> None:
            try:
                result.append(run(process, stop, note, watch))
            except Failure as failure:
                result.append(failure)
            ended.set()

        thread = threading.Thread(target=work, name="output", daemon=True)
        thread.start()
        try:
            ended.wait()
        except KeyboardInterrupt:
            stop.set()
            ended.wait()
        last = result[0]
        if isinstance(last, Failure):
            raise last
        watch(last)
    except Failure as failure:
        Console(stderr=True, highlight=False).print(Text(f"captioner: {failure}"), soft_wrap=True)
        raise typer.Exit(int(failure.code)) from failure


def rehearse(
    kind: Annotated[Kind, typer.Argument(help="Where to.")],
    faults: Annotated[float, typer.Option(min=0, max=0.9, help="Share of requests that are made to fail.")] = 0.2,
    seed: Annotated[int, typer.Option(help="Draws the faults; the same seed, the same faults.")] = 1,
    cues: Annotated[int, typer.Option(min=1, max=1000, help="How many captions.")] = 14,
    as_json: Json = False,  # noqa: FBT002 - a flag
) -> None:
    """Send demo captions to a stand-in of a platform on this machine, which checks each request strictly."""
    from captioner.rehearse.rehearsal import demo_cues  # noqa: PLC0415 - servers are loaded only to rehearse
    from captioner.rehearse.rehearsal import rehearse as run_rehearsal  # noqa: PLC0415
    from captioner.rehearse.standin import Faults  # noqa: PLC0415

    found = run_rehearsal(kind, demo_cues(cues), Faults(faults, seed))
    if as_json:
        typer.echo(msgspec.json.encode(found))
    else:
        typer.echo(f"{found.lines} of {found.expected} lines came in {found.requests} requests; {found.faults} failed.")
        if found.repeats:
            typer.echo(f"{found.repeats} came twice: this platform has no numbers, and a repeat is better than a loss.")
        for violation in found.violations:
            typer.echo(f"VIOLATION: {violation}")
        typer.echo(f"{kind}: {'good' if found.good else 'PROBLEM'}")
    if not found.good:
        raise typer.Exit(int(ExitCode.SERVER))


def rehearse_call(
    kind: Annotated[str, typer.Argument(metavar="vosk|jitsi", help="As whom to dial.")],
    url: Annotated[str, typer.Option("--url", help="Where a captioner waits: ws://127.0.0.1:2700")],
    seconds: Annotated[int, typer.Option(min=5, max=120, help="How much of the demo to say.")] = 20,
    secret_file: Annotated[
        Path | None, typer.Option("--secret-file", help="File with the secret that the captioner wants.")
    ] = None,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Dial a captioner that waits (live --source vosk:PORT) as a conference does, and check its answers strictly."""
    from benchmarks.recordings import demo  # noqa: PLC0415 - decoders are loaded only to rehearse
    from captioner.rehearse import dialin  # noqa: PLC0415

    audio = demo().samples()[: seconds * 16_000]
    talks = {"vosk": dialin.vosk, "jitsi": dialin.jitsi}
    try:
        if kind not in talks:
            raise Failure(ExitCode.USAGE, f"nobody is called {kind[:20]}", "Take vosk or jitsi.")  # noqa: TRY301
        found = talks[kind](url, audio, secret="" if secret_file is None else read_secret(secret_file).strip())
    except (BadSettings, InvalidStatus) as error:
        problem = "the captioner wants its secret: --secret-file" if isinstance(error, InvalidStatus) else str(error)
        typer.echo(f"captioner: {problem}", err=True)
        raise typer.Exit(int(ExitCode.USAGE)) from error
    except (OSError, TimeoutError, WebSocketException) as error:
        typer.echo(f"captioner: no captioner answers at {url[:80]}", err=True)
        raise typer.Exit(int(ExitCode.SERVER)) from error
    except Failure as failure:
        typer.echo(f"captioner: {failure}", err=True)
        raise typer.Exit(int(failure.code)) from failure
    if as_json:
        typer.echo(msgspec.json.encode(found))
    else:
        typer.echo(f"{found.finals} finals, {found.interim} interim answers: {found.text}")
        for violation in found.violations:
            typer.echo(f"VIOLATION: {violation}")
        typer.echo(f"{kind}: {'good' if found.good else 'PROBLEM'}")
    if not found.good:
        raise typer.Exit(int(ExitCode.SERVER))


def put_captions(
    recording: Annotated[str, typer.Argument(help="The recording's id in BigBlueButton.")],
    vtt: Annotated[
        Path, typer.Argument(help="The transcript as WebVTT: archive/MEETING/floor.vtt in the data folder.")
    ],
    url: Annotated[str, typer.Option("--url", help="As bbb-conf --secret prints it.")],
    secret_file: Annotated[
        Path, typer.Option("--secret-file", help="File with the shared secret; only yours to read.")
    ],
    language: Annotated[str, typer.Option("--language", "-l", help="Language of the transcript.")] = "en-US",
    label: Annotated[str, typer.Option(help="How the track is called in the player.")] = "Captions",
    private: Annotated[bool, typer.Option("--private", help="The server is of this machine or its network.")] = False,  # noqa: FBT002
) -> None:
    """Add a transcript to a BigBlueButton recording, after the meeting."""
    try:
        track = TextTrack(recording, language, label, vtt.read_bytes())
        client = HttpClient(url, private=private, timeout_s=60.0)
        answer = client.send(put_text_track(url, read_secret(secret_file).strip(), track))
        problem = refusal(answer)
    except OSError as error:
        problem = f"{vtt.name} cannot be read: {error.strerror}"
    except (BadSettings, BadAddress, NoAnswer) as error:
        problem = str(error)
    if problem:
        Console(stderr=True, highlight=False).print(Text(f"captioner: {problem}"), soft_wrap=True)
        raise typer.Exit(int(ExitCode.SERVER))
    typer.echo("The recording has the transcript; BigBlueButton shows it once it has processed it.")


def _event(health: OutputHealth) -> bytes:
    return msgspec.json.encode({"event": "output", **msgspec.structs.asdict(health)})
