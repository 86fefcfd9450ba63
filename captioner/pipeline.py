"""The pipeline's process: audio in, captions to the server. Started and watched by the supervisor.

Its settings come as the first line of standard input. The end of standard input, or SIGTERM, ends the meeting in order:
what was heard is captioned, everything is acknowledged, the archive is written.
"""

import contextlib
import secrets
import signal
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import msgspec

from captioner import messages
from captioner.audio.chunk import AudioSource
from captioner.audio.errors import AudioError, AudioFileMissing, NotAudio
from captioner.audio.file import FileSource
from captioner.audio.microphone import MicrophoneSource
from captioner.audio.pacing import Paced
from captioner.background import Background, overheard
from captioner.captions import wire
from captioner.captions.cue import CueStatus, Origin, Track
from captioner.config import PipelineSettings, Resume
from captioner.errors import ExitCode, Failure
from captioner.glossary_file import GlossaryFile
from captioner.loading import load, smaller
from captioner.looks import second_looks
from captioner.publish.jsonl import JsonLines
from captioner.publish.rescue import rescue
from captioner.publish.server import Refused, ServerSink, Target
from captioner.publish.sink import CaptionSink, Emitted
from captioner.recognition.base import RecognitionError, Recognizer
from captioner.recognition.silero import SileroVoiceDetector
from captioner.run import Beat, retrying, run_live, run_virtual
from captioner.streaming.session import Session

_CONNECT_S = 20.0  # the server was up when the supervisor started us
_DRAIN_S = 30.0  # a restarting server is back in a few seconds; a full disk may take longer than anybody waits
_DELAYED_MS = 3_000  # readers are told from here on
_BEAT_S = 0.25


def main() -> int:
    """Read the settings, run, and return the exit code."""
    settings = msgspec.json.decode(messages.read_settings(), type=PipelineSettings)
    stop = threading.Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the supervisor decides
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def watch() -> None:
        messages.wait_for_end()
        stop.set()

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
    try:
        _run(settings, stop)
    except Failure as failure:
        messages.say(messages.Failed(code=failure.code, problem=failure.problem, remedy=failure.remedy))
        return failure.code
    return 0


def _run(settings: PipelineSettings, stop: threading.Event) -> None:
    source_check(settings)
    sink = ServerSink(_target(settings))
    welcome = _connect(sink, settings)
    welcomed = time.monotonic()
    recognizer, config = load(settings.model)
    resume = settings.resume
    if settings.audio.file:
        # a meeting that already has captions is continued behind them
        base = resume.base_ms if resume else (welcome.resume_ms + 1000 if welcome.resume_ms else 0)
        start = max(welcome.resume_ms, base)
        origin = resume.origin if resume else time.monotonic()
        raw: AudioSource = FileSource(Path(settings.audio.file), start - base)
        source = raw if settings.audio.fast else Paced(raw, time.monotonic, threading.Event.wait, origin)
    else:
        base = start = max(welcome.now_ms + round((time.monotonic() - welcomed) * 1000), welcome.resume_ms)
        origin = time.monotonic()
        source = MicrophoneSource(
            int(settings.audio.device) if settings.audio.device.isdigit() else settings.audio.device or None
        )
    voice = SileroVoiceDetector()
    session = Session(replace(config, language=settings.model.language), voice.probability, secrets.token_hex(3), start)
    translation = _open_translation(settings) if settings.model.translate else None
    with contextlib.ExitStack() as stack:
        sinks: list[CaptionSink] = [sink]
        if settings.events:
            try:
                events = JsonLines(Path(settings.events), sink.policy, append=resume is not None)
            except OSError as error:
                raise Failure(
                    ExitCode.STORAGE,
                    f"the events file cannot be written: {error.strerror}",
                    "Choose another path for --events.",
                ) from error
            sinks.append(stack.enter_context(events))
        stream = _Stream(settings, session, sinks, sink)
        with second_looks(settings, recognizer, stream.glossary.current, sinks, translation, start) as stream.looks:
            session.glossary = stream.glossary.terms
            failure = _stream(stream, source, recognizer, base, origin, stop)
    if translation is not None and not translation.close(end=False, timeout=_DRAIN_S):
        messages.say(messages.Note(text="The end of the translation could not be stored."))
    # a microphone that is lost does not end the meeting: the supervisor tries again, in a process that sees new devices
    lost = failure is not None and failure.code is ExitCode.DEVICE
    if lost:
        sink.report(wire.Health.AUDIO_LOST, 0)
    stored = sink.close(end=not lost, timeout=_DRAIN_S)
    if sink.failure is not None:
        raise _kept_beside(_refusal(sink.failure), sink, settings)
    if failure is not None:
        raise _kept_beside(failure, sink, settings)
    if not stored:
        problem = f"{sink.waiting} captions could not be stored within {_DRAIN_S:.0f} s"
        remedy = "Make room on the disk; what was stored is kept."
        raise _kept_beside(Failure(ExitCode.STORAGE, problem, remedy), sink, settings)
    messages.say(messages.Done(transcript=sink.transcript, stored=stored))


def _kept_beside(failure: Failure, sink: ServerSink, settings: PipelineSettings) -> Failure:
    """Write what the server did not store to another place, and say so."""
    meeting = settings.meeting
    name = f"unstored-{meeting.id}-{meeting.track}"
    folders = (Path.home(), Path(tempfile.gettempdir()))
    path = rescue(sink.unsent, sink.policy, settings.model.language or "mul", name, folders)
    if path is None:
        return failure
    return Failure(failure.code, failure.problem, f"{failure.remedy}\nThe captions that were not stored are in {path}")


class _Stream:
    """One run of the source through the session: where updates go, and what the parent is told."""

    def __init__(
        self, settings: PipelineSettings, session: Session, sinks: list[CaptionSink], sink: ServerSink
    ) -> None:
        self.settings = settings
        self.session = session
        self.sinks = sinks
        self.sink = sink
        self.looks: list[Background] = []
        self.glossary = GlossaryFile(settings.model.glossary)
        self._last = 0.0

    def emit(self, emitted: Emitted) -> None:
        """Publish an update, show it to the host, and keep it for the second looks."""
        for each in self.sinks:
            each.push(emitted)
        for look in self.looks:
            look.take(emitted.update)
        cue = emitted.update.cue
        final = emitted.update.status is CueStatus.FINAL
        messages.say(messages.Shown(text=cue.text, start_ms=cue.start, final=final))

    def beat(self, now: Beat, base: int) -> None:
        """A few times a second: report, take what the second looks found, and read a changed glossary."""
        if time.monotonic() - self._last < _BEAT_S:
            return
        self._last = time.monotonic()
        for look in self.looks:
            look.poll()
        self.session.glossary = self.glossary.current()
        delayed = now.behind_ms > _DELAYED_MS and not self.settings.audio.fast
        self.sink.report(wire.Health.DELAYED if delayed else wire.Health.LIVE, now.behind_ms // 1000 * 1000)
        messages.say(
            messages.Progress(
                audio_ms=now.heard_ms - base,
                behind_ms=now.behind_ms,
                waiting=self.sink.waiting,
                storage_full=self.sink.storage_full,
            )
        )


def _stream(
    stream: _Stream, source: AudioSource, recognizer: Recognizer, base: int, origin: float, stop: threading.Event
) -> Failure | None:
    """Caption the whole source; return why it ended early, after everything heard is captioned."""

    def emit(emitted: Emitted) -> None:
        stream.emit(emitted)
        if stream.sink.failure is not None:
            source.stop()

    def beat(now: Beat) -> None:
        stream.beat(now, base)

    def stopper() -> None:
        stop.wait()
        source.stop()

    threading.Thread(target=stopper, name="stop", daemon=True).start()
    try:
        with source as opened:
            total = None if opened.duration is None else round(opened.duration * 1000)
            messages.say(messages.Started(base_ms=base, origin=origin, total_ms=total))
            recognise = retrying(recognizer, smaller(stream.settings.model))
            heard = overheard(opened, stream.looks)
            if stream.settings.audio.fast:
                run_virtual(heard, stream.session, recognise, emit, beat)
            else:
                clock = lambda: base + round((time.monotonic() - origin) * 1000)  # noqa: E731
                run_live(heard, stream.session, recognise, emit, beat, clock)
    except AudioError as error:
        return _audio_failure(error)
    except RecognitionError as error:
        return Failure(ExitCode.INTERNAL, str(error), "The supervisor starts the pipeline again.")
    return None


def source_check(settings: PipelineSettings) -> None:
    """Open and close the file once, before a meeting is opened for it."""
    if not settings.audio.file:
        return
    try:
        with FileSource(Path(settings.audio.file)):
            pass
    except AudioError as error:
        raise _audio_failure(error) from error


def _audio_failure(error: AudioError) -> Failure:
    code = ExitCode.NOT_AUDIO if isinstance(error, NotAudio | AudioFileMissing) else ExitCode.DEVICE
    return Failure(code, error.problem, error.remedy)


def _target(settings: PipelineSettings) -> Target:
    meeting = settings.meeting
    track = Track(meeting.track, settings.model.language or "mul", "", Origin.AUTOMATIC)
    return Target(settings.url, settings.token, meeting.id, meeting.title, track, meeting.policy, settings.publisher)


def _connect(sink: ServerSink, settings: PipelineSettings) -> wire.Welcome:
    try:
        return sink.start(_CONNECT_S)
    except TimeoutError as error:
        raise Failure(
            ExitCode.SERVER, f"no caption server answers at {settings.url}", "Start it with: captioner serve"
        ) from error
    except Refused as refused:
        raise _refusal(refused) from refused


def _refusal(error: Exception) -> Failure:
    if isinstance(error, Refused):
        if error.code is wire.ErrorCode.TRACK_TAKEN:
            return Failure(
                ExitCode.TRACK_TAKEN,
                "another captioner has this track",
                "Stop it, or choose another --track or --meeting.",
            )
        return Failure(ExitCode.SERVER, f"the server refuses: {error}", "Check the meeting and the host's token.")
    return Failure(ExitCode.SERVER, str(error), "Start the server again.")


def _open_translation(settings: PipelineSettings) -> ServerSink:
    target = _target(settings)
    track = Track(f"{target.track.id[:61]}-en", "en", "English (machine translation)", Origin.AUTOMATIC)
    sink = ServerSink(replace(target, track=track, publisher=f"{target.publisher}-en"))
    _connect(sink, settings)
    return sink


def resumed(settings: PipelineSettings, started: messages.Started | None) -> PipelineSettings:
    """Return the settings for a restart after a crash."""
    if started is None:
        return settings
    return msgspec.structs.replace(settings, resume=Resume(started.base_ms, started.origin))


if __name__ == "__main__":
    sys.exit(main())
