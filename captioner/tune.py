"""Which way to run a model on this machine: measured once, kept, and shown by the doctor."""

import contextlib
import importlib.metadata
import os
import platform
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
from platformdirs import user_cache_dir

from captioner.measure import Measured
from captioner.recognition.whisper import WhisperConfig
from captioner.streaming.session import SessionConfig

_EASY = 0.8  # load up to which the accurate settings leave the machine room for the conference itself
_HARD = 1.3  # beyond, passes are made less often as well
_PASS = 2  # what is measured as a pass; counts up when that changes
_GAIN = 0.75  # a second thread must bring the pass down to this share, for it costs a core


class Choice(msgspec.Struct, frozen=True):
    """How to run the model here."""

    compute_type: str = "int8_float32"
    threads: int = 1
    profile: str = "accurate"
    """accurate, fast (fewer passes, a narrow search) or slow (still fewer)."""
    load: float = 0.0
    """Duration of a usual pass over the time between two; 0 when it was not measured."""
    device: str = "cpu"


def choose(results: Sequence[Measured], device: str = "cpu") -> Choice:
    """Choose among what was measured of one model; the second thread only where it is worth a core."""
    if not results:
        return Choice(device=device)
    one = min((r for r in results if r.threads == 1), key=lambda r: r.seconds, default=None)
    best = min(results, key=lambda r: r.seconds)
    if one is not None and (one.load <= _EASY or best.seconds > _GAIN * one.seconds):
        best = one
    profile = "accurate" if best.load <= _EASY else "fast" if best.load <= _HARD else "slow"
    return Choice(best.compute_type, best.threads, profile, best.load, device)


def configured(choice: Choice) -> tuple[WhisperConfig, SessionConfig]:
    """Return the settings of a choice; the sweep behind them is in docs/benchmarks.md."""
    whisper = WhisperConfig(compute_type=choice.compute_type, threads=choice.threads, device=choice.device)
    session = SessionConfig()
    if choice.profile == "accurate":
        return whisper, session
    return whisper, replace(session, step_ms=700 if choice.profile == "fast" else 1_000, beam=1)


def default_file() -> Path:
    """Return where measurements are kept."""
    return Path(user_cache_dir("captioner")) / "measured.json"


def key(model: str) -> str:
    """Name a model on this machine: another processor or engine is measured anew."""
    engine = importlib.metadata.version("ctranslate2")
    return f"{model}/{platform.machine()}/{_processor()}/{os.cpu_count()}/{engine}/{_PASS}"


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def remembered(model: str, file: Path) -> Choice | None:
    """Return the choice that was made before, None when there is none that can be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Choice]).get(key(model))
    except (OSError, msgspec.DecodeError):
        return None


def remember(model: str, choice: Choice, file: Path) -> None:
    """Keep a choice; a disk that takes nothing costs a measurement at the next start, no more."""
    known: dict[str, Choice] = {}
    with contextlib.suppress(OSError, msgspec.DecodeError):
        known = msgspec.json.decode(file.read_bytes(), type=dict[str, Choice])
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(".new")
        temporary.write_bytes(msgspec.json.encode({**known, key(model): choice}))
        temporary.replace(file)
