"""Measure this machine: how much of the time between two passes does one pass take?"""

import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np

from captioner.recognition.base import Context, Recognizer
from captioner.recognition.whisper import WhisperConfig, WhisperRecognizer
from captioner.streaming.session import SessionConfig

_WINDOW_S = 5.0  # a usual window
_USUAL = SessionConfig()
_KEEPS_UP = 1.5  # a pass may take this many steps: then passes are just fewer; beyond, latency is felt
_TOKENS = 10  # about what a pass decodes behind the committed words


class Measured(msgspec.Struct, frozen=True):
    """One way to run a model."""

    model: str
    compute_type: str
    threads: int
    seconds: float
    """A pass over 5 s of audio with about as many new tokens as speech has."""
    load: float
    """`seconds` over the step between two passes."""
    keeps_up: bool


def measure(
    name: str,
    folder: Path,
    load: Callable[[Path, WhisperConfig], Recognizer] = WhisperRecognizer,
    clock: Callable[[], float] = time.perf_counter,
) -> list[Measured]:
    """Return each compute type and thread count that this machine can run, fastest first."""
    results = []
    audio = (np.random.default_rng(7).standard_normal(int(_WINDOW_S * 16_000)) * 0.05).astype(np.float32)
    prefix = [" the"] * _TOKENS  # given one by one, words cost a decoder step a token, as new ones do
    threads = sorted({1, min(2, os.cpu_count() or 1)})
    for compute_type in ("int8_float32", "float32"):
        for count in threads:
            config = WhisperConfig(compute_type=compute_type, threads=count, tokens_a_second=0.0, at_once=False)
            recognizer = load(folder, config)
            times = []
            for _ in range(4):
                began = clock()
                recognizer.recognise(audio, Context(prefix, "", "en", beam=_USUAL.beam))
                times.append(clock() - began)
            seconds = min(times[1:])  # what else the machine did meanwhile is not the model's cost
            ratio = seconds * 1000 / _USUAL.step_ms
            results.append(Measured(name, compute_type, count, round(seconds, 3), round(ratio, 2), ratio <= _KEEPS_UP))
    return sorted(results, key=lambda result: result.seconds)


def advise(results: list[Measured]) -> str:
    """Return one sentence: what to use."""
    good = [result for result in results if result.keeps_up]
    if not results:
        return "Nothing was measured."
    if not good:
        return "No model here keeps up on this machine: captions will come late. Try: captioner models fetch tiny"
    order = ("small", "base", "tiny")
    best = min(good, key=lambda r: (order.index(r.model) if r.model in order else len(order), r.seconds))
    return f"Use: --model {best.model} --compute-type {best.compute_type} --threads {best.threads}"
