"""Whisper through CTranslate2, with an encoder input as long as the audio. The only file that imports its libraries.

faster-whisper always pads to 30 s; its model, feature extractor and tokenizer are used directly instead. Audio is
followed by silence (a margin, and up to a floor), without which a shortened Whisper loops.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from captioner.captions.cue import Word
from captioner.recognition.base import Context, ModelUnusable, Recognised, RecognitionFailed, Samples
from captioner.recognition.given import Doubles, quick_copy
from captioner.recognition.scripts import foreign_tokens

RATE = 16_000
_FRAME = 0.02  # seconds an encoder frame
_EARLY = 0.06  # seconds by which alignments are before those of two forced aligners, in the median (docs/benchmarks.md)
_LONGEST = 30 * RATE
_CLOSE = ",.…،，。、"  # noqa: RUF001 - no language has a space before these; French has one before ? ! : ;
_SIX = ("ar", "en", "es", "fr", "ru", "zh")


@dataclass(frozen=True, slots=True)
class WhisperConfig:
    """How to run the model."""

    compute_type: str = "int8_float32"
    threads: int = 1
    """The decoder, which takes most of the time, gains nothing from a second."""
    margin_s: float = 1.0
    """Silence after the audio."""
    floor_s: float = 12.0
    """Shortest encoder input: shorter is faster and makes more mistakes."""
    tokens_a_second: float = 9.0
    """Most new tokens for a second of audio: a loop must never run on."""
    history_tokens: int = 48
    languages: tuple[str, ...] = _SIX
    """Languages to choose from when it is detected."""
    switch_probability: float = 0.6
    """Another language than the one before must be this probable."""
    workers: int = 1
    """Passes at the same time, on one copy of the weights."""
    device: str = "cpu"
    """cpu, or cuda where there is a GPU."""
    at_once: bool = True
    """Feed committed words to the decoder in one step (captioner.recognition.given)."""


def padded_length(samples: int, margin_s: float, floor_s: float, n_mels: int) -> int:
    """Return the length in samples of the encoder's input: whole half seconds, and no forbidden length.

    An encoder output of exactly n_mels frames would be taken for un-encoded features.
    """
    wanted = max(samples / RATE + margin_s, floor_s)
    halves = int(-(-wanted // 0.5))
    if halves * 25 == n_mels:  # 25 encoder frames in half a second
        halves += 1
    return min(int(halves * 0.5 * RATE), _LONGEST)


def gpus() -> int:
    """Return how many GPUs the recogniser could use."""
    import ctranslate2  # noqa: PLC0415 - heavy

    return int(ctranslate2.get_cuda_device_count())


class WhisperRecognizer:
    """A Recognizer. Loading takes about a second; a pass of 6 s about 0.2 s on two cores."""

    def __init__(self, folder: Path, config: WhisperConfig) -> None:
        """Load the model in `folder`; ModelUnusable when it does not load."""
        from faster_whisper import WhisperModel  # noqa: PLC0415 - heavy: loaded when needed
        from threadpoolctl import threadpool_limits  # noqa: PLC0415

        threadpool_limits(1, user_api="blas")  # the features' small products: a second thread only waits, busily

        self._config = config
        try:
            with quick_copy(folder) if config.at_once else contextlib.nullcontext((folder, None)) as (place, doubles):
                model = WhisperModel(
                    str(place),
                    device=config.device,
                    compute_type=config.compute_type,
                    cpu_threads=config.threads,
                    num_workers=config.workers,
                    local_files_only=True,
                )
        except (RuntimeError, ValueError, OSError) as error:
            msg = f"the model does not load ({type(error).__name__}); try: captioner models verify, then models fetch"
            raise ModelUnusable(msg) from error
        self._model = model.model
        self._doubles: Doubles | None = doubles
        self._features = model.feature_extractor
        self._hf_tokenizer = model.hf_tokenizer
        self._multilingual = bool(self._model.is_multilingual)
        self._forbidden: dict[str, list[int]] = {}
        self._tokenizers: dict[tuple[str, str], Any] = {}

    def recognise(self, audio: Samples, context: Context) -> Recognised:
        """Return the words after `context.prefix`."""
        try:
            return self._recognise(audio, context)
        except (RuntimeError, ValueError) as error:
            msg = f"the model failed on {len(audio) / RATE:.1f} s of audio: {type(error).__name__}"
            raise RecognitionFailed(msg) from error

    def _recognise(self, audio: Samples, context: Context) -> Recognised:
        encoded = self._encode(audio)
        language = context.language if self._multilingual else "en"
        language = language or self._detect(encoded, context.likely)
        tokenizer = self._tokenizer(language, "translate" if context.translate else "transcribe")
        prefix = tokenizer.encode("".join(context.prefix)) if context.prefix else []
        prompt, single = self._prompt(tokenizer, context.history, prefix)
        new = 8 + int(self._config.tokens_a_second * len(audio) / RATE)
        result = self._model.generate(
            encoded,
            [prompt],
            beam_size=context.beam,
            max_length=min(max(2 * (new + single), len(prompt) + new), 448),
            return_no_speech_prob=True,
            suppress_blank=not prefix,
            suppress_tokens=[
                -1,
                *self._foreign("en" if context.translate else language),
            ],  # -1: what the model's own list says
        )[0]
        tokens = [t for t in result.sequences_ids[0][single:] if t < tokenizer.eot]
        if context.translate:
            text = tokenizer.decode(tokens)
            whole = (Word(0, len(audio) * 1000 // RATE, text, 1.0),) if text.strip() else ()
            return Recognised(whole, "en", float(result.no_speech_prob))
        words = self._words(encoded, tokenizer, prefix, tokens, len(audio)) if tokens else ()
        return Recognised(words, language, float(result.no_speech_prob))

    def _prompt(self, tokenizer: Any, history: str, prefix: Sequence[int]) -> tuple[list[int], int]:
        """Return the tokens that are given, and how many of them the answer begins with."""
        before = tokenizer.encode(" " + history)[-self._config.history_tokens :] if history else []
        if self._doubles is None:
            given, single, first = [tokenizer.no_timestamps, *prefix], len(prefix), tokenizer.sot
        else:
            given, single = self._doubles.given(prefix)
            first = self._doubles.start
            before = [token for token in before if token != first]
        start = [first, *tokenizer.sot_sequence[1:], *given]
        return [*([tokenizer.sot_prev, *before] if before else []), *start], single

    def _foreign(self, language: str) -> list[int]:
        primary = language.split("-", maxsplit=1)[0].lower()
        if primary not in self._forbidden:
            self._forbidden[primary] = foreign_tokens(self._hf_tokenizer.get_vocab(), primary)
        return self._forbidden[primary]

    def _encode(self, audio: Samples) -> Any:
        import ctranslate2  # noqa: PLC0415 - heavy

        length = padded_length(len(audio), self._config.margin_s, self._config.floor_s, self._model.n_mels)
        padded = np.zeros(length, dtype=np.float32)
        padded[: min(len(audio), length)] = audio[:length]
        mel = self._features(padded, padding=0)[:, : length // 160]
        storage = ctranslate2.StorageView.from_array(np.ascontiguousarray(mel[np.newaxis], dtype=np.float32))
        return self._model.encode(storage, to_cpu=False)

    def _detect(self, encoded: Any, likely: str) -> str:
        ranked = {str(token[2:-2]): float(share) for token, share in self._model.detect_language(encoded)[0]}
        return choose_language(ranked, self._config.languages, likely, self._config.switch_probability)

    def _tokenizer(self, language: str, task: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415 - heavy

        primary = language.split("-", maxsplit=1)[0].lower()
        known = self._tokenizers.get((primary, task))
        if known is None:
            known = self._tokenizers[primary, task] = Tokenizer(self._hf_tokenizer, self._multilingual, task, primary)
        return known

    def _words(
        self, encoded: Any, tokenizer: Any, prefix: Sequence[int], tokens: Sequence[int], samples: int
    ) -> tuple[Word, ...]:
        every = [*prefix, *tokens]
        frames = min(samples // 160 + 1, _LONGEST // 160)
        aligned = self._model.align(encoded, tokenizer.sot_sequence, [every], [frames], median_filter_width=7)[0]
        heard = samples / RATE
        starts = [min(time + _EARLY, heard) for time in token_times(aligned.alignments, len(every))]
        probabilities = aligned.text_token_probs
        texts, groups = tokenizer.split_to_word_tokens([*tokens, tokenizer.eot])
        return group_words(
            texts[:-1], [len(g) for g in groups[:-1]], starts[len(prefix) :], probabilities[len(prefix) :]
        )


def choose_language(ranked: Mapping[str, float], allowed: Sequence[str], likely: str, switch: float) -> str:
    """Return the most probable allowed language; another than `likely` only from probability `switch` (hysteresis)."""
    shares = {code: ranked.get(code, 0.0) for code in allowed}
    best = max(allowed, key=lambda code: shares[code])
    if likely in shares and best != likely and shares[best] < switch * max(sum(shares.values()), 1e-9):
        return likely
    return best


def token_times(alignments: Sequence[tuple[int, int]], tokens: int) -> list[float]:
    """Return the start in seconds of each token, and the end of the last: `tokens` + 1 rising numbers.

    `alignments` is the dynamic-time-warping path as (token, frame) pairs.
    """
    times = [-1.0] * (tokens + 1)
    for token, frame in alignments:
        if token <= tokens and times[token] < 0:
            times[token] = frame * _FRAME
    last = alignments[-1][1] * _FRAME if alignments else 0.0
    if times[tokens] < 0:
        times[tokens] = last
    for index in range(tokens - 1, -1, -1):
        if times[index] < 0:
            times[index] = times[index + 1]
    return times


def group_words(
    texts: Sequence[str], sizes: Sequence[int], times: Sequence[float], probabilities: Sequence[float]
) -> tuple[Word, ...]:
    """Join tokens into words; punctuation, and what follows without a space, goes with the word before it."""
    words: list[Word] = []
    index = 0
    for text, size in zip(texts, sizes, strict=True):
        low, index = index, index + size
        start, end = round(times[low] * 1000), round(times[index] * 1000)
        chosen = probabilities[low:index]
        probability = min(1.0, max(0.0, float(sum(chosen) / len(chosen)))) if len(chosen) else 0.0
        bare = text.strip()
        punctuation = bare and not any(c.isalnum() for c in bare) and not bare.startswith(("¿", "¡", "(", "«"))
        glued = bare and text[0] == bare[0] and not bare[0].isalnum() and not bare.startswith(("¿", "¡", "(", "«"))
        if words and punctuation:
            sign = bare if bare[0] in _CLOSE else text.rstrip()
            words[-1] = Word(words[-1].start, words[-1].end, words[-1].text + sign, words[-1].probability)
        elif words and glued:  # "314" and ",000", "all" and "-time"
            before = words[-1]
            words[-1] = Word(
                before.start, max(end, before.end), before.text + text, min(before.probability, probability)
            )
        elif bare and "\ufffd" not in bare:
            words.append(Word(start, max(end, start), text, probability))
    return tuple(words)


def shift(words: Sequence[Word], by_ms: int) -> tuple[Word, ...]:
    """Move words on the timeline."""
    return tuple(Word(w.start + by_ms, w.end + by_ms, w.text, w.probability) for w in words)


def monotonic(words: Sequence[Word]) -> bool:
    """Tell whether starts never decrease (an invariant of token_times, checked in tests)."""
    return all(a.start <= b.start for a, b in pairwise(words))


Loader = Callable[[Path, WhisperConfig], WhisperRecognizer]
