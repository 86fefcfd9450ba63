"""What the set-up chose: read by `captioner live`, written by `captioner setup`. A small TOML file, without secrets."""

import tomllib
from pathlib import Path

import msgspec
from platformdirs import user_config_dir


class Defaults(msgspec.Struct, frozen=True):
    """Choices that hold until an option says otherwise."""

    source: str = ""
    """See captioner.audio.sources."""
    language: str = "en"
    """Spoken, as a code."""
    model: str = "base"
    """See `captioner models list`."""
    licence: str = ""
    """Address of the licence for transcripts, "" for none chosen."""


def default_path() -> Path:
    """Return where the choices are kept."""
    return Path(user_config_dir("captioner")) / "setup.toml"


def load(path: Path) -> Defaults:
    """Return the choices; what is missing or damaged counts as not chosen."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Defaults)
    except (OSError, UnicodeError, tomllib.TOMLDecodeError, msgspec.ValidationError):
        return Defaults()


def save(path: Path, defaults: Defaults) -> None:
    """Write the choices; OSError where that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["# Chosen by: captioner setup", *(f"{name} = {_quoted(value)}" for name, value in _items(defaults))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _items(defaults: Defaults) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in msgspec.structs.asdict(defaults).items()]


def _quoted(value: str) -> str:
    return msgspec.json.encode(value).decode()  # a JSON string is a TOML string
