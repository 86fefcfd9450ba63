"""Which outputs there are: a TOML file, or one address from a file or the environment. Secrets stay out of sight.

    [zoom]                                  # the output's name
    kind = "zoom"                           # the name, where it is left out
    url = "https://…/closedcaption?id=…"    # as the host copied it
    hold_s = 2.0                            # time for corrections

The file holds secrets: on POSIX it must be its owner's alone.
"""

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from captioner.publish.sinks.addresses import BadAddress, split
from captioner.publish.sinks.cart import Teams, Webex
from captioner.publish.sinks.contract import Carrier, HttpFormat, Kind
from captioner.publish.sinks.http import SCHEMES, HttpCarrier, HttpClient
from captioner.publish.sinks.obs import DEFAULT as OBS_DEFAULT
from captioner.publish.sinks.obs import Obs
from captioner.publish.sinks.streamtext import StreamText
from captioner.publish.sinks.vmix import VMix
from captioner.publish.sinks.youtube import YouTube
from captioner.publish.sinks.zoom import Zoom

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_VMIX_DEFAULT = "http://127.0.0.1:8088"
_DEFAULTS = {Kind.OBS: OBS_DEFAULT, Kind.OBS_TEXT: OBS_DEFAULT, Kind.VMIX: _VMIX_DEFAULT}
_LONGEST_HOLD_S = 30.0


class BadSettings(Exception):
    """The settings cannot be used; says which and why, and repeats no address and no secret."""


class OutputSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One output. Printing it shows no secret."""

    kind: Kind
    """zoom, teams, webex, youtube, streamtext, obs, obs-text or vmix; the name, where it is left out."""
    url: str = ""
    """Where to; "" for OBS and vMix on this machine."""
    password: str = ""
    """OBS's."""
    source: str = ""
    """The text source of OBS, or the title of vMix."""
    field: str = "Message.Text"
    """The field of vMix's title."""
    track: str = ""
    """Which track; "" for the first that speaks."""
    language: str = ""
    """Send only cues of this language; "" for all."""
    hold_s: float = 0.0
    """How long a finished caption waits for corrections."""
    names: bool = True
    """Whether a new speaker's name stands before the words."""
    private: bool = False
    """Whether the address may be of this machine or its own network."""

    def __repr__(self) -> str:
        """Name the kind alone."""
        return f"OutputSettings({self.kind})"


def check_name(name: str) -> str:
    """Return the name; BadSettings unless it can stand in a file's name."""
    if not _NAME.fullmatch(name):
        msg = f"an output's name has at most 32 of a-z, 0-9 and '-': {name[:40]!r} does not fit"
        raise BadSettings(msg)
    return name


def load(path: Path) -> dict[str, OutputSettings]:
    """Read the outputs of a file; BadSettings when it cannot be used."""
    try:
        table = tomllib.loads(read_secret(path))
    except tomllib.TOMLDecodeError as error:
        msg = f"{path.name} is not TOML: {str(error).rsplit('(', 1)[-1].rstrip(')')}"
        raise BadSettings(msg) from None
    return {check_name(name): _one(name, fields) for name, fields in table.items()}


def named(wanted: str, file: Path, environ: Mapping[str, str]) -> tuple[str, OutputSettings]:
    """Return the output that is meant by an argument.

    Args:
        wanted: a name of `file`; or `KIND=@PATH` or `KIND=env:VARIABLE`, where the address stands; or `obs` or `vmix`
            alone, for the program on this machine.
        file: the TOML file; it may be missing.
        environ: the environment.

    Raises:
        BadSettings: there is none, or it cannot be used. An address among the arguments is refused: everybody on this
            machine could read it.

    """
    name, mark, where = wanted.partition("=")
    if not mark:
        known = load(file) if file.exists() else {}
        if name in known:
            return name, known[name]
        if name in {Kind.OBS, Kind.VMIX}:
            return name, check(name, OutputSettings(Kind(name)))
        there = f"; there are: {', '.join(known)}" if known else ""
        msg = f"{file} has no output called {name[:40]!r}{there}"
        raise BadSettings(msg)
    if where.startswith("@"):
        url = read_secret(Path(where[1:]).expanduser()).strip()
    elif where.startswith("env:"):
        url = environ.get(where[4:], "").strip()
    else:
        msg = f"an address is a secret and must not stand in a command: put it into a file and write {name}=@FILE"
        raise BadSettings(msg)
    private = environ.get("CAPTIONER_OUTPUT_PRIVATE", "") == "1"
    return check_name(name), _one(name, {"url": url, "private": private})


def check(name: str, settings: OutputSettings) -> OutputSettings:
    """Return the settings; BadSettings where a part is missing or cannot be."""
    problem = ""
    if not settings.url and settings.kind not in _DEFAULTS:
        problem = "its `url` is missing: copy it from the meeting"
    elif settings.kind is Kind.OBS_TEXT and not settings.source:
        problem = "`source` must name the text source of OBS"
    elif not 0 <= settings.hold_s <= _LONGEST_HOLD_S:
        problem = f"`hold_s` must be 0 to {_LONGEST_HOLD_S:.0f}"
    elif settings.url:
        try:
            split(settings.url, frozenset({"ws", "wss"}) if settings.kind in {Kind.OBS, Kind.OBS_TEXT} else SCHEMES)
        except BadAddress as error:
            problem = f"its `url` cannot be used: {error}"
    if problem:
        msg = f"output {name}: {problem}"
        raise BadSettings(msg)
    return settings


def carrier(settings: OutputSettings, *, timeout_s: float = 8.0) -> Carrier:
    """Return what takes lines there. OBS and vMix on this machine, where nothing else is named, are always allowed."""
    url = settings.url or _DEFAULTS[settings.kind]
    private = settings.private or not settings.url
    if settings.kind in {Kind.OBS, Kind.OBS_TEXT}:
        source = settings.source if settings.kind is Kind.OBS_TEXT else ""
        return Obs(url, settings.password, source, private=private, timeout_s=timeout_s)
    return HttpCarrier(_format(settings, url), HttpClient(url, private=private, timeout_s=timeout_s))


def _format(settings: OutputSettings, url: str) -> HttpFormat:
    match settings.kind:
        case Kind.ZOOM:
            return Zoom(url)
        case Kind.TEAMS:
            return Teams(url)
        case Kind.WEBEX:
            return Webex(url)
        case Kind.YOUTUBE:
            return YouTube(url)
        case Kind.STREAMTEXT:
            return StreamText(url)
        case Kind.VMIX:
            return VMix(url, settings.source or "Captions", settings.field)
        case _:
            msg = f"{settings.kind} is not told by HTTP"
            raise BadSettings(msg)


def _one(name: str, fields: object) -> OutputSettings:
    if not isinstance(fields, dict):
        msg = f"output {name}: write [{name}] and its settings below"
        raise BadSettings(msg)
    try:
        settings = msgspec.convert({"kind": name, **fields}, OutputSettings)
    except msgspec.ValidationError as error:
        where = str(error).rsplit("`$.", 1)[-1].rstrip("`") if "`$." in str(error) else str(error)[:80]
        if "unknown field" in str(error):
            where = str(error).split("`")[1]
        msg = f"output {name}: the setting {where} is wrong; kinds are {', '.join(Kind)}"
        raise BadSettings(msg) from None
    return check(name, settings)


def read_secret(path: Path) -> str:
    """Read a file that only its owner may read."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        msg = f"{path.name} cannot be read: {reason}"
        raise BadSettings(msg) from error
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        msg = f"{path.name} holds secrets and others may read it: run chmod 600 on it"
        raise BadSettings(msg)
    return text
