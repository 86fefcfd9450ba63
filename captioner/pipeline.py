"""The pipeline's process: audio in, captions to the server. Started and watched by the supervisor.

Its settings come as the first line of standard input. The end of standard input, or SIGTERM, ends the meeting in order:
what was heard is captioned, everything is acknowledged, the archive is written.
"""

import contextlib
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec

from captioner import messages
from captioner.audio.chunk import AudioSource
from captioner.audio.errors import AudioError, AudioFileMissing, NotAudio
from captioner.audio.file import FileSource
from captioner.audio.level import Meter
from captioner.audio.stream import is_stream, shown
from captioner.background import Background, Overhearing, overheard
from captioner.bridge.listener import Address, Listener
from captioner.captions import wire
from captioner.captions.cue import CueStatus, Origin, RecordPolicy, Track
from captioner.channels import Channels, Heard, Item, OnePartial, Over
from captioner.config import AudioSettings, PipelineSettings, Resume
from captioner.diarist import Diarist
from captioner.display import clock
from captioner.ear import Ear, Processor
from captioner.errors import ExitCode, Failure
from captioner.glossary_file import GlossaryFile
from captioner.loading import load, smaller, voices
from captioner.looks import second_looks
from captioner.memory import Trimmer
from captioner.publish.jsonl import JsonLines
from captioner.publish.rescue import rescue
from captioner.publish.server import Refused, ServerSink, Target
from captioner.publish.sink import CaptionSink, Emitted
from captioner.quiet import only_shapes
from captioner.recognition.base import RecognitionError, Recognizer
from captioner.run import Beat, Recognise, retrying, run_live, run_virtual
from captioner.streaming.window import Samples
from captioner.terms import Terms
from captioner.timeline import Lost, Sessions, Timeline, sources_of, timeline_of

_CONNECT_S = 20.0  # the server was up when the supervisor started us
_DRAIN_S = 30.0  # a restarting server is back in a few seconds; a full disk may take longer than anybody waits
_DELAYED_MS = 3_000  # readers are told from here on
_BEAT_S = 0.25
OPEN_BRIDGE = "Whoever reaches that port can speak into the meeting: give --secret-file, or let it listen on 127.0.0.1."


def main() -> int:
    """Read the settings, run, and return the exit code."""
    only_shapes()
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
    lost = Lost(sink)
    timeline = timeline_of(settings, welcome, time.monotonic() - welcomed)
    sources, start = sources_of(settings, timeline, lost), timeline.start
    config = replace(config, language=settings.model.language)
    sessions = Sessions(config, timeline)
    for name in sources:
        sessions.open(name, start)
    translation = _open_translation(settings) if settings.model.translate else None
    with contextlib.ExitStack() as stack:
        sinks: list[CaptionSink] = [sink]
        if settings.events:
            try:
                events = JsonLines(Path(settings.events), sink.policy, append=settings.resume is not None)
            except OSError as error:
                raise Failure(
                    ExitCode.STORAGE,
                    f"the events file cannot be written: {error.strerror}",
                    "Choose another path for --events.",
                ) from error
            sinks.append(stack.enter_context(events))
        stream = _Stream(settings, sessions, sinks, sink, lost)
        stream.diarist = _diarist(settings, sink, welcome, timeline)
        with second_looks(settings, recognizer, stream.glossary.current, sinks, translation) as stream.looks:
            sessions.use_glossary(stream.glossary.current())
            failure = _stream(stream, sources, recognizer, timeline, stop)
    if translation is not None and not translation.close(end=False, timeout=_DRAIN_S):
        messages.say(messages.Note(text="The end of the translation could not be stored."))
    _end(settings, sink, failure)


def _diarist(settings: PipelineSettings, sink: ServerSink, welcome: wire.Welcome, timeline: Timeline) -> Diarist | None:
    """Return what labels speakers by their voices, where the host wants it."""
    model = voices(settings.model)
    if model is None:
        return None

    def on_record(start: int, end: int) -> bool:
        return sink.policy.strictest(start, end) is RecordPolicy.ON_RECORD

    return Diarist(model.embed, on_record, clock(timeline.start) if welcome.resume_ms else "")


def _end(settings: PipelineSettings, sink: ServerSink, failure: Failure | None) -> None:
    """Wait until everything is stored, and end the meeting; raise what went wrong."""
    # a microphone that is not there does not end the meeting: the supervisor tries again, in another process
    absent = failure is not None and failure.code is ExitCode.DEVICE
    if absent:
        sink.report(wire.Health.AUDIO_LOST, 0)
    stored = sink.close(end=not absent, timeout=_DRAIN_S)
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


def source_name(audio: AudioSettings) -> str:
    """Return what the host's console shows of a source: of a stream's address, never the part that is its key."""
    if audio.file:
        return Path(audio.file).name
    return shown(audio.device) if is_stream(audio.device) else audio.device or "microphone"


class _Stream:
    """One run of the sources through their sessions: where updates go, and what the parent is told."""

    def __init__(
        self,
        settings: PipelineSettings,
        sessions: Sessions,
        sinks: list[CaptionSink],
        sink: ServerSink,
        lost: Lost,
    ) -> None:
        self.settings = settings
        self.sessions = sessions
        self.sinks = sinks
        self.sink = sink
        self.lost = lost
        self.meter = Meter()
        self.partials = OnePartial()
        self.looks: list[Background] = []
        self.glossary = Terms(GlossaryFile(settings.model.glossary), lambda: sink.settings.glossary)
        self.ear = Ear(lambda: sink.settings.paused)
        self.diarist: Diarist | None = None
        self._processor = Processor()
        self._trim = Trimmer()
        self._last = 0.0

    def heard(self, item: Item) -> Item:
        """Return what a channel hears: silence while paused."""
        return replace(item, samples=self.ear.samples(item.samples)) if isinstance(item, Heard) else item

    def emit(self, emitted: Emitted, channel: str = "") -> None:
        """Publish an update, show it to the host, and keep it for the second looks."""
        if self.diarist is not None:
            emitted = replace(emitted, update=self.diarist.labelled(emitted.update))
        for each in self.sinks:
            each.push(emitted)
        for look in self.looks:
            look.take(emitted.update, channel)
        cue = emitted.update.cue
        final = emitted.update.status is CueStatus.FINAL
        messages.say(messages.Shown(text=cue.text, start_ms=cue.start, final=final))

    def emit_of(self, channel: str, label: str, emitted: Emitted) -> None:
        """Publish an update of one of several channels, under its label."""
        if not self.partials.passes(channel, emitted.update):
            return
        cue = msgspec.structs.replace(emitted.update.cue, speaker=emitted.update.cue.speaker or label)
        self.emit(replace(emitted, update=msgspec.structs.replace(emitted.update, cue=cue)), channel)

    def overhear(self, channel: str, samples: Samples, at_ms: int) -> None:
        """Let the second looks hear one of several channels."""
        for look in self.looks:
            look.hear(samples, at_ms, channel)

    def beat(self, now: Beat, base: int) -> None:
        """A few times a second: report, take what the second looks found, and read a changed glossary."""
        if time.monotonic() - self._last < _BEAT_S:
            return
        self._last = time.monotonic()
        for look in self.looks:
            look.poll()
        self.sessions.use_glossary(self.glossary.current())
        self._trim()
        delayed = now.behind_ms > _DELAYED_MS and not self.settings.audio.fast
        health = wire.Health.DELAYED if delayed else wire.Health.LIVE
        if self.lost.any:
            health = wire.Health.AUDIO_LOST
        level, source = self.meter.take(), source_name(self.settings.audio)
        self.sink.report(health, now.behind_ms // 1000 * 1000, level, self._processor.percent(), source)
        messages.say(
            messages.Progress(
                audio_ms=now.heard_ms - base,
                behind_ms=now.behind_ms,
                waiting=self.sink.waiting,
                storage_full=self.sink.storage_full,
                level_db=level,
            )
        )


def _stream(
    stream: _Stream,
    sources: dict[str, AudioSource],
    recognizer: Recognizer,
    timeline: Timeline,
    stop: threading.Event,
) -> Failure | None:
    """Caption the whole of the sources; return why it ended early, after everything heard is captioned."""

    def stop_all() -> None:
        for each in sources.values():
            each.stop()

    def beat(now: Beat) -> None:
        stream.beat(now, timeline.base)
        if stream.sink.failure is not None:
            stop_all()
        if stream.sink.settings.finish:  # the host ends the meeting: as if this process were told to end
            stop.set()

    def stopper() -> None:
        stop.wait()
        stop_all()

    threading.Thread(target=stopper, name="stop", daemon=True).start()
    try:
        with contextlib.ExitStack() as entered:
            opened = {name: entered.enter_context(source) for name, source in sources.items()}
            length = next(iter(opened.values())).duration if opened else None
            total = None if length is None else round(length * 1000)
            messages.say(messages.Started(base_ms=timeline.base, origin=timeline.origin, total_ms=total))
            recognise = retrying(recognizer, smaller(stream.settings.model))
            if len(opened) != 1:
                _run_channels(stream, opened, recognise, beat, timeline, stop)
            else:
                _run_one(stream, opened, recognise, beat, timeline)
    except AudioError as error:
        return _audio_failure(error)
    except RecognitionError as error:
        return Failure(ExitCode.INTERNAL, str(error), "The supervisor starts the pipeline again.")
    return None


def _run_one(
    stream: _Stream,
    opened: dict[str, AudioSource],
    recognise: Recognise,
    beat: Callable[[Beat], None],
    timeline: Timeline,
) -> None:
    ((name, source),) = opened.items()
    listeners: list[Overhearing] = [*stream.looks]
    if stream.diarist is not None:
        listeners.append(stream.diarist)
    heard = overheard(stream.ear.hear(stream.meter.over(source)), listeners, timeline.start)
    if stream.settings.audio.fast:
        run_virtual(heard, stream.sessions[name], recognise, stream.emit, beat)
    else:
        run_live(heard, stream.sessions[name], recognise, stream.emit, beat, timeline.now_ms)


def _run_channels(
    stream: _Stream,
    opened: dict[str, AudioSource],
    recognise: Recognise,
    beat: Callable[[Beat], None],
    timeline: Timeline,
    stop: threading.Event,
) -> None:
    """Run several sources, each under its label, or the speakers of a conference that dials in."""
    address = Address.of(stream.settings.audio.device)
    bridge: Listener | None = None

    def emit(channel: str, emitted: Emitted) -> None:
        if bridge is not None:
            bridge.update(channel, emitted.update)
        stream.emit_of(channel, channel if bridge is None else bridge.label(channel), emitted)

    def left(channel: str) -> None:
        stream.partials.left(channel)
        stream.sessions.close(channel)
        for look in stream.looks:
            look.left(channel)
        if bridge is not None:
            bridge.left(channel)

    channels = Channels(stream.sessions.__getitem__, recognise, emit, left, stream.overhear)
    for name, source in opened.items():
        channels.listen(name, stream.ear.hear(stream.meter.over(source)))
    if address is not None:
        bridge = _open_bridge(stream, address, channels)

    def stopper() -> None:
        stop.wait()
        channels.put(Over())

    threading.Thread(target=stopper, name="stop channels", daemon=True).start()
    try:
        channels.run(beat, timeline.now_ms, lasting=bridge is not None)
    finally:
        if bridge is not None:
            bridge.stop()


def _open_bridge(stream: _Stream, address: Address, channels: Channels) -> Listener:
    """Listen for a conference; Failure where the port cannot be had."""
    secret, sink = stream.settings.audio.secret, stream.sink
    bridge = Listener(
        address, lambda item: channels.put(stream.heard(item)), secret=secret, consented=lambda: sink.settings.named
    )
    try:
        bridge.start()
    except OSError as error:
        problem = f"port {address.port} cannot be had: {error.strerror}"
        raise Failure(ExitCode.PORT_IN_USE, problem, "Choose another port for the conference to dial.") from error
    messages.say(messages.Note(text=f"Waiting for the conference at ws://{address.host}:{bridge.port}."))
    if not secret and not address.loopback:
        messages.say(messages.Note(text=OPEN_BRIDGE))
    return bridge


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
