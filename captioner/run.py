"""The loop: source -> session -> recogniser -> sink. Once in real time, once on a virtual clock."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from captioner.captions.cue import CueUpdate, Word
from captioner.publish.sink import Emitted
from captioner.recognition.base import Context, RecognitionFailed, Recognizer
from captioner.streaming.overload import Ladder, OverloadConfig
from captioner.streaming.session import Hypothesis, Request, Session
from captioner.streaming.window import Samples

_QUEUE = 6_000  # chunks of 100 ms: ten minutes of audio, 38 MB; a machine that far behind has lost the meeting

Recognise = Callable[[Request], Hypothesis]
Emit = Callable[[Emitted], None]


class Chunk(Protocol):
    """What a source yields: mono samples at 16 kHz."""

    @property
    def samples(self) -> Samples:
        """Shape (n,) float32."""
        ...


@dataclass(frozen=True, slots=True)
class Beat:
    """How the loop stands, a few times a second."""

    heard_ms: int
    behind_ms: int


def absolute(words: Sequence[Word], start_ms: int) -> tuple[Word, ...]:
    """Move a recogniser's words to the timeline."""
    return tuple(Word(w.start + start_ms, w.end + start_ms, w.text, w.probability) for w in words)


def retrying(
    recognizer: Recognizer, smaller: Callable[[], Recognizer] | None = None, ladder: Ladder | None = None
) -> Recognise:
    """Return what asks the recogniser; a failed pass is tried once more without history, then RecognitionFailed.

    `smaller` loads a smaller model; it is used while the machine is overloaded, as `ladder` says.
    """
    steps = ladder or Ladder(OverloadConfig())
    loaded: list[Recognizer] = []

    def chosen(request: Request) -> Recognizer:
        if smaller is None or not steps.step(request.behind_ms):
            return recognizer
        if not loaded:
            loaded.append(smaller())
        return loaded[0]

    def recognise(request: Request) -> Hypothesis:
        context = Context(
            [w.text for w in request.prefix], request.history, request.language, request.likely, request.beam
        )
        model = chosen(request)
        try:
            heard = model.recognise(request.audio, context)
        except RecognitionFailed:
            heard = model.recognise(request.audio, replace(context, history="", beam=1))
        return Hypothesis(absolute(heard.words, request.start_ms), heard.language, heard.no_speech)

    return recognise


def run_virtual(
    source: Iterable[Chunk],
    session: Session,
    recognise: Recognise,
    emit: Emit,
    beat: Callable[[Beat], None],
    timer: Callable[[], float] | None = None,
) -> None:
    """Run a recording as fast as it goes, as if it were live: a pass takes the virtual time that it takes to compute.

    Audio that a live meeting would have delivered during a pass is fed before the next one, so that updates, and
    `emitted_ms`, are those of a live run on this machine. `timer` (s) tells what a pass costs: a processor-time clock
    makes it independent of what else the machine does.
    """
    now_ms = float(session.heard_ms)
    watch = timer or time.perf_counter

    def send(updates: Iterable[CueUpdate], audio_ms: int) -> None:
        for update in updates:
            emit(Emitted(update, round(now_ms), audio_ms))

    def recognise_one(request: Request) -> None:
        nonlocal now_ms
        began = watch()
        hypothesis = recognise(request)
        now_ms += (watch() - began) * 1000
        send(session.receive(request, hypothesis), request.end_ms)

    for chunk in source:
        updates = session.feed(chunk.samples)
        behind = now_ms > session.heard_ms
        now_ms = max(now_ms, session.heard_ms)
        send(updates, session.heard_ms)
        beat(Beat(session.heard_ms, session.behind_ms))
        if not behind:
            send(session.relieve(), session.heard_ms)
        if not behind and (request := session.next_request()) is not None:
            recognise_one(request)
    last = session.finish()
    while last is not None:
        recognise_one(last)
        last = session.next_request()
    send(session.close(), session.heard_ms)


def run_live(
    source: Iterable[Chunk],
    session: Session,
    recognise: Recognise,
    emit: Emit,
    beat: Callable[[Beat], None],
    clock_ms: Callable[[], int],
) -> None:
    """Run a source that delivers in real time; one pass at a time, each over all that has come meanwhile.

    Raises what the source raises, after everything that it had delivered is captioned.
    """
    chunks: queue.Queue[Chunk | BaseException | None] = queue.Queue(_QUEUE)
    threading.Thread(target=_listen, args=(source, chunks), name="audio", daemon=True).start()

    def send(updates: Iterable[CueUpdate], audio_ms: int) -> None:
        now = clock_ms()
        for update in updates:
            emit(Emitted(update, now, audio_ms))

    failure: BaseException | None = None
    ended = False
    while not ended:
        for item in _drain(chunks):
            if item is None:
                ended = True
            elif isinstance(item, BaseException):
                failure = item
            else:
                send(session.feed(item.samples), session.heard_ms)
        beat(Beat(session.heard_ms, session.behind_ms))
        send(session.relieve(), session.heard_ms)
        if not ended and (request := session.next_request()) is not None:
            send(session.receive(request, recognise(request)), request.end_ms)
    last = session.finish()
    while last is not None:
        send(session.receive(last, recognise(last)), last.end_ms)
        last = session.next_request()
    send(session.close(), session.heard_ms)
    if failure is not None:
        raise failure


def _listen(source: Iterable[Chunk], chunks: "queue.Queue[Chunk | BaseException | None]") -> None:
    """Put what the source yields on the queue, then what it raised, then None."""
    try:
        for chunk in source:
            chunks.put(chunk)
    except BaseException as error:  # noqa: BLE001 - handed to the main thread, which raises it
        chunks.put(error)
    chunks.put(None)


def _drain(chunks: "queue.Queue[Chunk | BaseException | None]") -> Iterable[Chunk | BaseException | None]:
    """Wait for one item, then take all that are there."""
    yield chunks.get()
    while True:
        try:
            yield chunks.get_nowait()
        except queue.Empty:
            return
