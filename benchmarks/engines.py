"""Our engine and offline faster-whisper behind one call: a recording in, what was shown when out."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.cost import HEARING, Costed
from benchmarks.display import Shown, of_updates
from benchmarks.recordings import RATE, Recording, Samples, TimedWord
from captioner.background import Background, overheard, refiner
from captioner.captions.cue import CueStatus, CueUpdate, Word
from captioner.publish.sink import Emitted
from captioner.recognition.silero import SileroVoiceDetector
from captioner.recognition.whisper import WhisperConfig, WhisperRecognizer
from captioner.run import Chunk, retrying, run_live, run_virtual
from captioner.streaming.afterwards import REFINING
from captioner.streaming.session import Hypothesis, Request, Session, SessionConfig


@dataclass(slots=True)
class Run:
    """What an engine did with a recording."""

    shown: list[Shown]
    seconds: float
    """Length of the audio."""
    cpu: float
    """CPU seconds of this process."""
    passes: int = 0
    requests: list[float] = field(default_factory=list)
    """Seconds of each pass."""
    refined: str = ""
    """The text after a second look, if there was one."""
    words: list[Word] = field(default_factory=list)
    """The final words with the engine's own times."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    samples: Samples


def chunks(audio: Samples, size: int = RATE // 10) -> Iterator[_Chunk]:
    """Yield the audio in pieces of 100 ms."""
    for start in range(0, len(audio), size):
        yield _Chunk(audio[start : start + size])


def paced(source: Iterable[Chunk]) -> Iterator[Chunk]:
    """Yield chunks when a microphone would have heard them."""
    began = time.monotonic()
    heard = 0
    idle = threading.Event()
    for chunk in source:
        heard += len(chunk.samples)
        idle.wait(max(0.0, began + heard / RATE - time.monotonic()))
        yield chunk


class Ours:
    """The session, recogniser and loop that `captioner file --fast` runs, on a virtual clock."""

    def __init__(
        self,
        folder: Path,
        whisper: WhisperConfig,
        session: SessionConfig,
        timer: Callable[[], float] | None = time.perf_counter,
        *,
        refine: bool = False,
    ) -> None:
        """Load the model; `timer` tells what a pass costs, see run_virtual. None: what it would have cost alone."""
        self._refine = refine
        costed = Costed(WhisperRecognizer(folder, whisper), whisper)
        self._recognizer = costed
        self._modelled = timer is None
        self._timer = timer or costed.now
        self._session = session

    def run(self, audio: Samples, language: str, progress: Callable[[int], None] = lambda _: None) -> Run:
        """Caption; `progress` gets the ms heard."""
        config = replace(self._session, language=language)
        session = Session(config, SileroVoiceDetector().probability, "bench")
        updates: list[Emitted] = []
        run = Run([], len(audio) / RATE, 0.0)
        ask = retrying(self._recognizer)

        def recognise(request: Request) -> Hypothesis:
            began = self._timer()
            answer = ask(request)
            run.requests.append(self._timer() - began)
            return answer

        looks, archive = self._second_look(session)

        def take(emitted: Emitted) -> None:
            updates.append(emitted)
            for look in looks:
                look.take(emitted.update)

        began = time.process_time()
        run_virtual(
            overheard(chunks(audio), looks), session, recognise, take, lambda beat: progress(beat.heard_ms), self._timer
        )
        run.cpu = sum(run.requests) + HEARING * run.seconds if self._modelled else time.process_time() - began
        run.shown, run.passes = of_updates(updates), len(run.requests)
        finals = [one.update.cue for one in updates if one.update.status is CueStatus.FINAL]
        run.words = [word for cue in finals for word in cue.words]
        for look in looks:
            look.close()
        run.refined = " ".join(archive.get(cue.id, cue.text) for cue in finals) if looks else ""
        return run

    def live(self, audio: Samples, language: str) -> Run:
        """Caption in real time, as peers do: whatever else the machine does counts."""
        session = Session(replace(self._session, language=language), SileroVoiceDetector().probability, "bench")
        updates: list[Emitted] = []
        spent, began = time.process_time(), time.monotonic()
        run_live(
            paced(chunks(audio)), session, retrying(self._recognizer), updates.append, lambda _: None,
            lambda: round((time.monotonic() - began) * 1000),
        )  # fmt: skip
        return Run(of_updates(updates), len(audio) / RATE, time.process_time() - spent)

    def _second_look(self, session: Session) -> tuple[list[Background], dict[str, str]]:
        archive: dict[str, str] = {}
        if not self._refine:
            return [], archive

        def deliver(update: CueUpdate) -> None:
            archive[update.cue.id] = update.cue.text

        work = refiner(self._recognizer, lambda: session.glossary)
        return [Background(REFINING, work, deliver, patient=True)], archive


class Offline:
    """faster-whisper over the whole recording, beam 5, with word times: the accuracy to reach."""

    def __init__(self, folder: Path, threads: int, compute_type: str) -> None:
        """Load the model."""
        from faster_whisper import WhisperModel  # noqa: PLC0415 - heavy

        self._model = WhisperModel(
            str(folder), device="cpu", compute_type=compute_type, cpu_threads=threads, local_files_only=True
        )

    def run(self, recording: Recording) -> tuple[str, list[TimedWord]]:
        """Return the text, and the words with their times."""
        segments, _ = self._model.transcribe(
            recording.samples(), language=recording.language, beam_size=5, word_timestamps=True
        )
        words: list[TimedWord] = []
        text: list[str] = []
        for segment in segments:
            text.append(segment.text)
            timed = segment.words or ()
            words.extend(TimedWord(w.word.strip(), round(w.start * 1000), round(w.end * 1000)) for w in timed)
        return "".join(text), words
