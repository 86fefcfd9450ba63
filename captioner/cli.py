"""The command `captioner`: the composition root, the only place that names concrete classes."""

import contextlib
import importlib.metadata
import os
import re
import secrets
import sys
import time
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from captioner import (
    cli_archive,
    cli_backup,
    cli_console,
    cli_doctor,
    cli_meeting,
    cli_models,
    cli_output,
    cli_recording,
    cli_records,
    cli_server,
    cli_setup,
    defaults,
)
from captioner.background import Refine
from captioner.captions.cue import MAX_NAME, RecordPolicy, check_identifier, clean_text
from captioner.captions.errors import InvalidCue
from captioner.cli_options import (
    Compute,
    Data,
    Events,
    Glossary,
    Host,
    Json,
    Language,
    MeetingId,
    Model,
    Open,
    Outputs,
    Plain,
    Port,
    ProxyHeader,
    Record,
    RefineOption,
    TellApart,
    Threads,
    Title,
    TrackId,
    Translate,
)
from captioner.config import (
    AudioSettings,
    MeetingSettings,
    ModelSettings,
    PipelineSettings,
    ServerSettings,
    default_data,
)
from captioner.desktop import has_desktop
from captioner.display import choose, live_address, progress_bar, seconds
from captioner.errors import ExitCode, Failure
from captioner.messages import Done
from captioner.model_settings import check_one_source, model_settings
from captioner.output import OutputProcess
from captioner.publish.sinks.settings import BadSettings, OutputSettings, read_secret
from captioner.supervise import Supervisor, interruptible
from server.tokens import host_token

_SHORTEST_SECRET = 16  # characters

app = typer.Typer(
    name="captioner",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(cli_models.app, name="models")
app.add_typer(cli_meeting.app, name="meeting")
app.command("console")(cli_console.console)
app.add_typer(cli_archive.app, name="archive")
cli_archive.app.command("verify")(cli_records.verify)
cli_archive.app.command("rebuild")(cli_records.rebuild)
cli_archive.app.command("attach-audio")(cli_recording.attach_audio)
cli_archive.app.command("detach-audio")(cli_recording.detach_audio)
app.command("import")(cli_records.import_file)
app.command("announce")(cli_records.announce)
app.command("backup")(cli_backup.backup)
app.command("restore")(cli_backup.restore)
app.command("doctor")(cli_doctor.doctor)
app.command("devices")(cli_doctor.devices)
for command in (cli_server.invite, cli_server.invitations, cli_server.revoke, cli_server.passcode):
    app.command()(command)
app.command("output")(cli_output.output)
app.command("rehearse")(cli_output.rehearse)
app.command("rehearse-call")(cli_output.rehearse_call)
app.command("put-captions")(cli_output.put_captions)
app.command("setup")(cli_setup.setup)
app.command("check-sound")(cli_setup.check_sound)
app.command("uninstall")(cli_setup.uninstall)


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer's callback of a flag
    if wanted:
        typer.echo(f"captioner {importlib.metadata.version('captioner')}")
        raise typer.Exit


@app.callback()
def main_options(
    version: Annotated[  # noqa: FBT002 - its callback says it
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Live captions for meetings: speech in, captions in every reader's browser, an open archive of transcripts."""


def fail(failure: Failure) -> NoReturn:
    """Print what is wrong and what to do, and leave with the code."""
    console = Console(stderr=True, highlight=False)
    console.print(Text(f"captioner: {failure.problem}"), soft_wrap=True)
    if failure.remedy:
        console.print(Text(failure.remedy), soft_wrap=True)
    raise typer.Exit(int(failure.code))


def meeting_id(wanted: str, base: str) -> str:
    """Return the wanted id, or one made of `base` and the time."""
    if wanted:
        try:
            check_identifier(wanted, "--meeting")
        except InvalidCue as error:
            raise Failure(ExitCode.USAGE, str(error)) from error
        return wanted
    slug = re.sub(r"[^a-z0-9]+", "-", base.lower()).strip("-")[:40] or "meeting"
    return f"{slug}-{time.strftime('%Y%m%d-%H%M%S')}"


def _labels(text: str) -> tuple[str, str]:
    """Return the labels of two channels."""
    parts = [clean_text(part) for part in text.split(",")]
    if len(parts) != 2 or not all(0 < len(part) <= MAX_NAME for part in parts) or parts[0] == parts[1]:  # noqa: PLR2004
        raise Failure(ExitCode.USAGE, f"--labels {text[:80]} is not two names", 'Write them like "Me,The call".')
    return parts[0], parts[1]


def _secret(path: Path | None) -> str:
    """Return what a file holds that only its owner may read."""
    if path is None:
        return ""
    try:
        secret = read_secret(path.expanduser()).strip()
    except BadSettings as error:
        raise Failure(ExitCode.USAGE, str(error), "Write the secret into a file of your own.") from error
    if len(secret) < _SHORTEST_SECRET:
        problem = f"{path.name} holds no secret of at least {_SHORTEST_SECRET} characters"
        remedy = 'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(24))"'
        raise Failure(ExitCode.USAGE, problem, remedy)
    return secret


def _run(
    jobs: list[tuple[AudioSettings, MeetingSettings]],
    model: ModelSettings,
    server: ServerSettings,
    events: Path | None,
    *,
    open_browser: bool,
    plain: bool,
    as_json: bool,
    keep: bool,
    outputs: Sequence[tuple[str, OutputSettings]] = (),
) -> None:
    """Run meetings one after another under a supervisor, then serve on if told to."""
    interruptible()
    display = choose(plain=plain, as_json=as_json)
    data = Path(server.data)
    supervisor = Supervisor(server, display)
    interrupted = False
    try:
        with display:
            try:
                url = supervisor.start_server()
                for number, (audio, meeting) in enumerate(jobs):
                    path = (
                        ""
                        if events is None
                        else str(events if len(jobs) == 1 else events.with_stem(f"{events.stem}-{number + 1}"))
                    )
                    if open_browser and has_desktop() and number == 0:
                        webbrowser.open(live_address(url, meeting.id))
                    ws = url.replace("http", "ws", 1).rstrip("/") + "/ws"
                    settings = PipelineSettings(audio, model, meeting, ws, host_token(data), secrets.token_hex(8), path)
                    for name, sending in outputs:
                        token = host_token(data)
                        supervisor.start_output(OutputProcess(name, sending, ws, meeting.id, server.data, token))
                    done = _caption(supervisor, settings)
                    supervisor.stop_outputs(ended=done is not None)
                    interrupted = interrupted or done is None or done[1]
                    stay = (keep and not interrupted) or number + 1 < len(jobs)
                    display.note(_saved(data, meeting, url if stay else "", None if done is None else done[0]))
                    if interrupted:
                        break
                if keep and not interrupted:
                    display.note(f"The captions stay at {url} until you press Ctrl-C.")
                    supervisor.wait()
            except KeyboardInterrupt:
                display.note("Ending.")
    finally:
        with contextlib.suppress(KeyboardInterrupt):
            supervisor.stop()


def _caption(supervisor: Supervisor, settings: PipelineSettings) -> tuple[Done, bool] | None:
    """Run one meeting; return its end and whether it was interrupted."""
    try:
        return supervisor.caption(settings), False
    except KeyboardInterrupt:
        done = supervisor.finish()
        return None if done is None else (done, True)


def _saved(data: Path, meeting: MeetingSettings, url: str, done: Done | None) -> str:
    """Say where the transcript is; `url` "" when the server ends."""
    path = data / "archive" / meeting.id / f"{meeting.track}.vtt"
    if done is not None and done.transcript:
        return f"Transcript: {path}" + (f"\nOn the web: {url.rstrip('/')}{done.transcript}" if url else "")
    return f"Everything captioned is kept; the transcript is written to {path} when the server ends or starts again."


def _server_settings(host: str, port: int, data: Path | None) -> ServerSettings:
    folder = (data or default_data()).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(
            ExitCode.STORAGE, f"the folder {folder} cannot be made: {error.strerror}", "Choose another --data."
        ) from error
    return ServerSettings(host, port, str(folder))


@app.command()
def live(
    device: Annotated[
        str,
        typer.Option(
            "--device",
            "--source",
            help="Microphone by index or part of its name; system (what the computer plays); both (microphone and "
            "system); monitor:NAME; rtmp://, srt://, https:// ...; relay:MEETING. See: captioner devices.",
        ),
    ] = "",
    title: Title = "Meeting",
    meeting: MeetingId = "",
    track: TrackId = "floor",
    language: Language = "",
    record: Record = RecordPolicy.ON_RECORD,
    labels: Annotated[
        str, typer.Option("--labels", help="With --source both: who the microphone and who the call is.")
    ] = "Me,The call",
    secret_file: Annotated[
        Path | None,
        typer.Option("--secret-file", help="With vosk: or jitsi: a file with the secret that the conference shows."),
    ] = None,
    model: Model = "",
    compute_type: Compute = "auto",
    threads: Threads = 0,
    glossary: Glossary = None,
    refine: RefineOption = Refine.ARCHIVE,
    translate: Translate = False,  # noqa: FBT002
    tell_apart: TellApart = False,  # noqa: FBT002
    host: Host = "127.0.0.1",
    port: Port = 8080,
    data: Data = None,
    events: Events = None,
    outputs: Outputs = [],  # noqa: B006 - typer reads it and nobody writes it
    open_browser: Open = False,  # noqa: FBT002 - a flag
    plain: Plain = False,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Caption a microphone, a call or a stream until Ctrl-C, then write the transcript."""
    known = defaults.load(defaults.default_path())
    device, language, model = device or known.source, language or known.language, model or known.model
    try:
        chosen = model_settings(
            model, compute_type, threads, language, glossary, refine, translate=translate, tell_apart=tell_apart
        )
        cli_doctor.check_device(device)
        if tell_apart:
            check_one_source(device)
        name = clean_text(title)
        audio = AudioSettings(device=device, labels=_labels(labels), secret=_secret(secret_file))
        job = (audio, MeetingSettings(meeting_id(meeting, name), name, track, record))
        settings = _server_settings(host, port, data)
        sending = cli_output.chosen(outputs, Path(settings.data))
        _run(
            [job], chosen, settings, events, open_browser=open_browser, plain=plain, as_json=as_json, keep=False,
            outputs=sending,
        )  # fmt: skip
    except Failure as failure:
        fail(failure)


@app.command()
def file(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...", help="Recordings: any format with sound (wav, flac, mp3, opus, m4a, mp4, webm ...)."
        ),
    ],
    fast: Annotated[  # noqa: FBT002
        bool, typer.Option("--fast", help="As fast as this machine can, instead of at the pace of the recording.")
    ] = False,
    title: Title = "",
    meeting: MeetingId = "",
    track: TrackId = "floor",
    language: Language = "en",
    record: Record = RecordPolicy.ON_RECORD,
    model: Model = "base",
    compute_type: Compute = "auto",
    threads: Threads = 0,
    glossary: Glossary = None,
    refine: RefineOption = Refine.ARCHIVE,
    translate: Translate = False,  # noqa: FBT002
    tell_apart: TellApart = False,  # noqa: FBT002
    host: Host = "127.0.0.1",
    port: Port = 8080,
    data: Data = None,
    events: Events = None,
    outputs: Outputs = [],  # noqa: B006 - typer reads it and nobody writes it
    open_browser: Open = False,  # noqa: FBT002 - a flag
    keep: Annotated[
        bool | None,
        typer.Option("--keep/--no-keep", help="Go on serving after the end. Default: on a terminal, unless --fast."),
    ] = None,
    plain: Plain = False,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Caption recordings, each as a meeting of its own, and write their transcripts."""
    try:
        chosen = model_settings(
            model, compute_type, threads, language, glossary, refine, translate=translate, tell_apart=tell_apart
        )
        if meeting and len(paths) > 1:
            raise Failure(ExitCode.USAGE, "--meeting names one meeting and there are several files", "Leave it out.")  # noqa: TRY301
        jobs = []
        for path in paths:
            cli_doctor.check_file(path)
            name = clean_text(title) or path.stem
            jobs.append(
                (
                    AudioSettings(file=str(path.absolute()), fast=fast),
                    MeetingSettings(meeting_id(meeting, path.stem), name, track, record),
                )
            )
        stay = (sys.stdout.isatty() and not fast) if keep is None else keep
        settings = _server_settings(host, port, data)
        sending = cli_output.chosen(outputs, Path(settings.data))
        _run(
            jobs, chosen, settings, events, open_browser=open_browser, plain=plain, as_json=as_json, keep=stay,
            outputs=sending,
        )  # fmt: skip
    except Failure as failure:
        fail(failure)


@app.command()
def bench(
    model: Model = "base",
    compute_type: Compute = "auto",
    threads: Threads = 0,
    plain: Plain = False,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Try this machine: caption two minutes of speech, and say how late captions would be and what they cost."""
    from benchmarks.laptop import bench as run_bench  # noqa: PLC0415 - loads the recogniser
    from captioner.recognition.whisper import WhisperConfig  # noqa: PLC0415

    try:
        chosen = model_settings(model, compute_type, threads, "en")
    except Failure as failure:
        fail(failure)
    config = WhisperConfig(
        compute_type="int8_float32" if chosen.compute_type == "auto" else chosen.compute_type,
        threads=chosen.threads or 1,
    )
    with progress_bar("Captioning two minutes of speech", shown=not (plain or as_json)) as report:
        found = run_bench(Path(chosen.folder), config, report)
    if as_json:
        typer.echo(msgspec.json.encode(found))
        return
    typer.echo(f"A word is certain {seconds(found.commit_p50)} after it was said (95 %: {seconds(found.commit_p95)}),")
    typer.echo(f"and first shown after {seconds(found.display_p50)} (95 %: {seconds(found.display_p95)}).")
    typer.echo(f"Processor: {found.cpu:.2f} s for a second of speech. Memory: {found.memory_mb} MB.")
    typer.echo(found.sentence)


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8080,
    data: Data = None,
    edge: Annotated[  # noqa: FBT002
        bool,
        typer.Option("--edge", help="Only pass on what another server has, through the Redis in CAPTIONER_BACKPLANE."),
    ] = False,
    trusted_proxy: Annotated[
        list[str],
        typer.Option(
            "--trusted-proxy",
            envvar="CAPTIONER_TRUSTED_PROXIES",
            help="Address or network of a proxy that is believed about where readers come from, or one of the words "
            "loopback, unix, none; may be repeated.",
        ),
    ] = ["loopback", "unix"],  # noqa: B006 - typer reads it and nobody writes it
    proxy_header: Annotated[
        ProxyHeader,
        typer.Option(
            "--proxy-header",
            envvar="CAPTIONER_PROXY_HEADER",
            case_sensitive=False,
            help="Where trusted proxies write it; the other header is never read.",
        ),
    ] = ProxyHeader.X_FORWARDED_FOR,
    socket: Annotated[
        Path | None, typer.Option("--socket", help="Listen on this Unix socket, for a proxy on this machine.")
    ] = None,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Serve captions and the archive, without a captioner.

    With CAPTIONER_BACKPLANE=redis://... the server lets edges (--edge, on any number of machines) pass its captions on.
    """
    from captioner.serve import server_config  # noqa: PLC0415 - aiohttp is loaded only to serve
    from server.errors import ServerError  # noqa: PLC0415
    from server.main import run  # noqa: PLC0415

    def ready(url: str) -> None:
        typer.echo(f'{{"event":"serving","url":"{url}"}}' if as_json else f"Serving at {url} until Ctrl-C.")

    try:
        settings = msgspec.structs.replace(
            _server_settings(host, port, data),
            edge=edge,
            proxies=tuple(trusted_proxy),
            proxy_header=proxy_header.value,
            socket="" if socket is None else str(socket),
        )
        if edge and not os.environ.get("CAPTIONER_BACKPLANE"):
            problem = "an edge needs the address of the backplane"
            raise Failure(ExitCode.USAGE, problem, "Set CAPTIONER_BACKPLANE=redis://HOST:6379/0 for origin and edges.")  # noqa: TRY301
        code = run(server_config(settings), ready)
    except ServerError as error:
        fail(Failure(ExitCode(error.exit_code), str(error)))
    except Failure as failure:
        fail(failure)
    raise typer.Exit(code)


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
