"""`captioner setup`, `captioner check-sound` and `captioner uninstall`: from nothing to captions, and back."""

import contextlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from captioner import cli_models, desktop
from captioner.audio.chunk import SAMPLE_RATE
from captioner.audio.errors import AudioError
from captioner.audio.level import QUIET, bar, words
from captioner.audio.microphone import list_devices
from captioner.audio.sources import BOTH, MONITOR, SYSTEM
from captioner.captions.cue import check_language
from captioner.captions.errors import InvalidCue
from captioner.cli_doctor import list_monitors
from captioner.config import default_data
from captioner.defaults import Defaults, default_path, load, save
from captioner.errors import ExitCode
from captioner.sound_check import Listened, listen
from captioner.sound_check import words as recognised
from captioner.tune import default_file
from models.errors import ModelError
from models.store import ModelStore

Plain = Annotated[bool, typer.Option("--plain", help="Plain lines: no meters that move, no colours; reads well aloud.")]
Json = Annotated[bool, typer.Option("--json", help="JSON, for scripts.")]
_LICENCES = {
    "1": ("CC BY 4.0: anybody may use it and names the source", "https://creativecommons.org/licenses/by/4.0/"),
    "2": ("CC BY-SA 4.0: as before, and under the same licence", "https://creativecommons.org/licenses/by-sa/4.0/"),
    "3": ("CC0: no conditions", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "4": ("none: decide for each meeting", ""),
}


class SoundReport(msgspec.Struct, frozen=True):
    """The answer of `check-sound --json`."""

    source: str
    level_db: int
    level: str
    tone_heard: bool | None
    text: str | None


def _fail(code: ExitCode, problem: str, remedy: str) -> NoReturn:
    console = Console(stderr=True, highlight=False)
    console.print(Text(f"captioner: {problem}\n{remedy}"), soft_wrap=True)
    raise typer.Exit(int(code))


def _meter(*, plain: bool) -> Callable[[int], None]:
    """Return what shows a level: a bar that moves on a terminal, else words when they change."""
    said = ""

    def show(level: int) -> None:
        nonlocal said
        if plain or not sys.stdout.isatty():
            if words(level) != said:
                said = words(level)
                typer.echo(f"Level: {said}")
        else:
            typer.echo(f"\r{bar(level)} {words(level):<10}", nl=False)

    return show


def _listen(source: str, seconds: float, *, plain: bool, tone: bool, quiet: bool = False) -> Listened:
    try:
        heard = listen(source, seconds, (lambda _: None) if quiet else _meter(plain=plain), play=tone)
    except AudioError as error:
        _fail(ExitCode.DEVICE, error.problem, error.remedy)
    if not quiet and not plain and sys.stdout.isatty():
        typer.echo()
    return heard


def _text(heard: Listened, model: str, language: str) -> str | None:
    """Return the words that were heard; None without a model."""
    from captioner.recognition.whisper import WhisperConfig, WhisperRecognizer  # noqa: PLC0415 - loads the recogniser

    try:
        folder = ModelStore().path(model)
    except ModelError:
        return None
    config = WhisperConfig(compute_type="int8_float32", threads=1)
    return recognised(WhisperRecognizer(folder, config), heard.audio, "" if language == "auto" else language)


def check_sound(
    source: Annotated[str, typer.Option("--source", "--device", help="As for captioner live.")] = "",
    seconds: Annotated[float, typer.Option(min=2, max=60, help="How long to listen.")] = 6.0,
    tone: Annotated[bool, typer.Option("--tone", help="Play a test tone, and say whether it is heard.")] = False,  # noqa: FBT002
    language: Annotated[str, typer.Option("--language", "-l", help="Spoken language.")] = "en",
    model: Annotated[str, typer.Option("--model", help="Model for the few words.")] = "base",
    plain: Plain = False,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Is it the right sound? Show the level of a source, and a few words of what is said."""
    chosen = source or load(default_path()).source
    if not as_json:
        typer.echo(f"Listening to {chosen or 'the default microphone'} for {seconds:.0f} seconds. Say something.")
    heard = _listen(chosen, seconds, plain=plain, tone=tone, quiet=as_json)
    text = _text(heard, model, language) if heard.level >= QUIET else ""
    if as_json:
        report = SoundReport(chosen, heard.level, words(heard.level), heard.tone if tone else None, text)
        typer.echo(msgspec.json.encode(report))
        raise typer.Exit(int(ExitCode.OK if heard.level >= QUIET else ExitCode.DEVICE))
    typer.echo(f"Loudest: {heard.level} dB, {words(heard.level)}.")
    if tone:
        typer.echo("The test tone was heard." if heard.tone else "The test tone was not heard: this is another sound.")
    if text:
        typer.echo(f"Heard: {text}")
    elif text is None:
        typer.echo("The model is not here, so no words can be shown: captioner models fetch")
    if heard.level < QUIET:
        _fail(ExitCode.DEVICE, "no sound came", "Choose another --source, or raise its level. See: captioner devices")


def choices() -> list[tuple[str, str]]:
    """Return the sources that can be chosen, each with words for people."""
    found = [("", "the default microphone")]
    try:
        found += [(each.name, f"microphone {each.label}") for each in list_devices()]
    except AudioError:
        found = []
    monitors = list_monitors()
    if monitors or sys.platform != "linux":
        found.append((SYSTEM, "what this computer plays, such as a call"))
        if len(found) > 1:
            found.append((BOTH, "microphone and call, as two speakers"))
    return found + [(f"{MONITOR}{each.name}", f"what is played on {each.description}") for each in monitors]


def setup(
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: take the options, and the defaults.")] = False,  # noqa: FBT002
    source: Annotated[
        str | None, typer.Option("--source", help="The sound to caption; 'none' to choose later.")
    ] = None,
    language: Annotated[str, typer.Option("--language", "-l", help="Language that is mostly spoken.")] = "",
    licence: Annotated[str | None, typer.Option("--licence", help="Address of the transcripts' licence.")] = None,
    model: Annotated[str, typer.Option("--model", help="Speech model.")] = "base",
    entry: Annotated[bool, typer.Option("--desktop", help="Put an entry into the desktop's menu (Linux).")] = False,  # noqa: FBT002
    plain: Plain = False,  # noqa: FBT002
) -> None:
    """Set this machine up: model, language, licence and sound, ending in captions that work."""
    before = load(default_path())
    typer.echo(
        "Captioner's set-up. Nothing is sent anywhere. The speech model is fetched once; then no network is needed."
    )
    typer.echo("\nStep 1 of 4: the speech model.")
    cli_models.fetch(model, plain=plain or not sys.stdout.isatty())
    typer.echo("\nStep 2 of 4: language and licence.")
    spoken = _ask_language(language or before.language, yes=yes or bool(language))
    terms = _ask_licence(before.licence, licence, yes=yes)
    typer.echo("\nStep 3 of 4: the sound.")
    chosen = _ask_source(source, yes=yes, plain=plain, spoken=spoken, model=model)
    try:
        save(default_path(), Defaults(chosen or "", spoken, model, terms))
    except OSError as error:
        _fail(ExitCode.STORAGE, f"{default_path()} cannot be written: {error.strerror}", "Check your home folder.")
    typer.echo("\nStep 4 of 4: captions.")
    _try_captions(model)
    if entry:
        _entry()
    typer.echo("\nReady. Start with: captioner live --open")
    if chosen is None:
        typer.echo("No sound is chosen yet: captioner devices lists what there is, captioner check-sound tries it.")


def _ask_language(default: str, *, yes: bool) -> str:
    while True:
        value = default if yes else typer.prompt("Language mostly spoken, such as en, fr, ar, or auto", default=default)
        try:
            if value != "auto":
                check_language(value)
        except InvalidCue as error:
            if yes:
                _fail(ExitCode.USAGE, str(error), "Write --language en, or another code.")
            typer.echo(f"{error}.")
        else:
            typer.echo(f"Language: {value}.")
            return str(value)


def _ask_licence(default: str, given: str | None, *, yes: bool) -> str:
    if given is not None or yes:
        found = default if given is None else given
    else:
        for key, (text, _) in _LICENCES.items():
            typer.echo(f"  {key}  {text}")
        known = next((key for key, (_, uri) in _LICENCES.items() if uri == default), "4")
        answer = typer.prompt("Licence of the transcripts, a number", default=known)
        found = _LICENCES.get(str(answer).strip(), _LICENCES["4"])[1]
    typer.echo(f"Licence: {found or 'decided for each meeting'}.")
    return found


def _ask_source(given: str | None, *, yes: bool, plain: bool, spoken: str, model: str) -> str | None:
    """Return the source, None for none; a source that was named is tried, one that is asked for as often as wanted."""
    found = choices()
    if given == "none" or (yes and given is None and not found):
        typer.echo("No sound for now; recordings can be captioned: captioner file RECORDING")
        return None
    if given is not None or yes:
        chosen = given or ""
        _try_source(chosen, spoken=spoken, model=model, plain=plain)
        return chosen
    if not found:
        typer.echo("This machine has no sound input. Connect a microphone and run captioner setup again.")
        return None
    while True:
        for number, (_, text) in enumerate(found, 1):
            typer.echo(f"  {number}  {text}")
        answer = typer.prompt("Which sound, a number; 0 for none", default="1")
        if not str(answer).isdecimal() or int(answer) > len(found):
            typer.echo("That is not one of the numbers.")
            continue
        if int(answer) == 0:
            return None
        chosen = found[int(answer) - 1][0]
        _try_source(chosen, spoken=spoken, model=model, plain=plain)
        if typer.confirm("Is it the right sound?", default=True):
            return chosen


def _try_source(chosen: str, *, spoken: str, model: str, plain: bool) -> None:
    played = chosen == SYSTEM or chosen.startswith(MONITOR)
    ask = "A test tone is played." if played else "Say something, for six seconds."
    typer.echo(f"Listening to {chosen or 'the default microphone'}. {ask}")
    heard = _listen("" if chosen == BOTH else chosen.removeprefix(f"{BOTH}:"), 6.0, plain=plain, tone=played)
    typer.echo(f"Loudest: {heard.level} dB, {words(heard.level)}.")
    if played:
        typer.echo("The test tone was heard." if heard.tone else "The test tone was not heard.")
    elif heard.level >= QUIET:
        typer.echo(f"Heard: {_text(heard, model, spoken) or 'no words'}")


def _try_captions(model: str) -> None:
    """Caption a few seconds of the recording that comes with the program: the whole way works, or says why not."""
    from benchmarks.recordings import demo  # noqa: PLC0415 - loads the decoder

    text = _text(Listened(demo().samples()[: 12 * SAMPLE_RATE], 0), model, "en")
    if not text:
        _fail(ExitCode.INTERNAL, "the test recording brought no words", "Run: captioner doctor")
    typer.echo(f"The test recording says: {text}")


def _entry() -> None:
    if sys.platform != "linux":
        typer.echo("A menu entry is made on Linux only.")
        return
    try:
        path = desktop.install(_share())
    except OSError as error:
        _fail(ExitCode.STORAGE, f"the menu entry cannot be written: {error.strerror}", "Check your home folder.")
    typer.echo(f"Menu entry: {path}")


def _share() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")


def uninstall(
    models: Annotated[bool, typer.Option("--models", help="Also delete the speech models.")] = False,  # noqa: FBT002
    data: Annotated[bool, typer.Option("--data", help="Also delete every transcript and the log.")] = False,  # noqa: FBT002
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,  # noqa: FBT002
) -> None:
    """Take away the menu entry, the choices and what was measured; models and transcripts only when asked."""
    gone = desktop.remove(_share())
    for file in (default_path(), default_file()):
        if file.exists():
            file.unlink()
            gone.append(file)
    for wanted, folder, what in ((models, ModelStore().root, "speech models"), (data, default_data(), "transcripts")):
        if not folder.exists():
            continue
        if not wanted:
            typer.echo(f"Kept: {what} in {folder}")
        elif yes or typer.confirm(f"Delete all {what} in {folder}?", default=False):
            shutil.rmtree(folder)
            gone.append(folder)
    for folder in {default_path().parent, default_file().parent}:
        with contextlib.suppress(OSError):  # not there, or something is kept in it
            folder.rmdir()
    for path in gone:
        typer.echo(f"Deleted: {path}")
    typer.echo("Now remove the program: pipx uninstall captioner, or uv tool uninstall captioner.")
