"""The models at work: the chosen one, run as this machine was measured, and a smaller one for when it is overloaded."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec

from captioner import messages
from captioner.background import Refine
from captioner.config import ModelSettings
from captioner.errors import ExitCode, Failure
from captioner.measure import measure
from captioner.recognition.base import RecognitionError, Recognizer
from captioner.recognition.voices import VoiceEmbedder
from captioner.recognition.whisper import WhisperConfig, WhisperRecognizer, gpus
from captioner.streaming.session import SessionConfig
from captioner.tune import Choice, choose, configured, default_file, remember, remembered


def load(model: ModelSettings) -> tuple[Recognizer, SessionConfig]:
    """Load the model; Failure when it cannot be used."""
    try:
        whisper, session = configured(choice(model))
        workers = 1 + (model.refine != Refine.OFF or model.translate)
        return WhisperRecognizer(Path(model.folder), replace(whisper, workers=workers)), session
    except RecognitionError as error:
        raise Failure(ExitCode.MODEL, str(error), "") from error


def voices(model: ModelSettings) -> VoiceEmbedder | None:
    """Load what tells voices apart, None where that is not wanted; Failure when it cannot be used."""
    try:
        return VoiceEmbedder(Path(model.voices)) if model.voices else None
    except RecognitionError as error:
        raise Failure(ExitCode.MODEL, str(error), "") from error


def smaller(model: ModelSettings) -> Callable[[], Recognizer] | None:
    """Return what loads the smaller model at its first use, None where there is none."""
    if not model.smaller:
        return None

    def load_it() -> Recognizer:
        messages.say(messages.Note(text="This machine is overloaded: a smaller model helps until it has caught up."))
        return WhisperRecognizer(Path(model.smaller), WhisperConfig())

    return load_it


def choice(model: ModelSettings) -> Choice:
    """Return how to run the model: as told, else on a GPU where there is one, else as measured here."""
    if model.compute_type != "auto" and model.threads:
        return Choice(model.compute_type, model.threads)
    if gpus():
        return Choice("float16" if model.compute_type == "auto" else model.compute_type, 1, device="cuda")
    known = remembered(model.name, default_file())
    if known is None:
        messages.say(messages.Note(text="Measuring this machine once, a few seconds ..."))
        known = choose(measure(model.name, Path(model.folder)))
        remember(model.name, known, default_file())
    compute = known.compute_type if model.compute_type == "auto" else model.compute_type
    return msgspec.structs.replace(known, compute_type=compute, threads=model.threads or known.threads)
