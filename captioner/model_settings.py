"""The models that a command needs, found on this machine before anything is started."""

import contextlib
from pathlib import Path

from captioner.audio.sources import named_channels
from captioner.background import Refine
from captioner.bridge.listener import Address
from captioner.captions.cue import check_language
from captioner.captions.errors import InvalidCue
from captioner.config import ModelSettings
from captioner.errors import ExitCode, Failure
from captioner.glossary_file import load as load_glossary
from models.catalogue import VOICES
from models.errors import ModelError
from models.store import ModelStore


def model_settings(
    name: str,
    compute: str,
    threads: int,
    language: str,
    glossary: Path | None = None,
    refine: Refine = Refine.ARCHIVE,
    *,
    translate: bool = False,
    tell_apart: bool = False,
) -> ModelSettings:
    """Find the models on disk; Failure with the remedy when one is not there."""
    code = "" if language == "auto" else language
    try:
        if code:
            check_language(code)
        if compute not in ("auto", "int8_float32", "int8", "float32", "float16"):
            raise Failure(ExitCode.USAGE, f"unknown --compute-type {compute}", "Take auto, int8_float32 or float32.")
        if name == VOICES:
            raise Failure(ExitCode.USAGE, f"the model {VOICES} recognises no words", "Take --voices beside a --model.")
        folder = ModelStore().path(name)
        voices = str(ModelStore().path(VOICES)) if tell_apart else ""
    except InvalidCue as error:
        raise Failure(ExitCode.USAGE, str(error)) from error
    except ModelError as error:
        raise Failure(ExitCode.MODEL, error.cause, error.remedy) from error
    if glossary is not None:
        load_glossary(glossary)
        glossary = glossary.absolute()
    return ModelSettings(
        name, str(folder), compute, threads, code, _smaller(name), str(glossary or ""), refine.value, translate, voices
    )


def check_one_source(device: str) -> None:
    """Failure where several sources are captioned: each has its own label already."""
    if len(named_channels(device, ("one", "other"))) > 1 or Address.of(device) is not None:
        problem = "--voices is for one microphone, stream or file; here each source has a label of its own"
        raise Failure(ExitCode.USAGE, problem, "Leave --voices out.")


def _smaller(name: str) -> str:
    """Return the folder of an installed model that is smaller, "" for none."""
    order = ("tiny", "base", "small", "medium", "large-v3-turbo", "large-v3")
    for smaller in reversed(order[: order.index(name)] if name in order else ()):
        with contextlib.suppress(ModelError):
            return str(ModelStore().path(smaller))
    return ""
