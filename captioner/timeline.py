"""Where a pipeline's sound comes from, where it stands on the meeting's timeline, and who is told when it is lost."""

import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from captioner import messages
from captioner.audio.chunk import AudioSource
from captioner.audio.errors import AudioError
from captioner.audio.file import FileSource
from captioner.audio.pacing import Paced
from captioner.audio.relay import RelayTarget
from captioner.audio.sources import Hearing, named_channels, open_named
from captioner.bridge.listener import Address
from captioner.captions import wire
from captioner.config import PipelineSettings
from captioner.publish.server import ServerSink
from captioner.recognition.silero import SileroVoiceDetector
from captioner.streaming.glossary import Term
from captioner.streaming.session import Session, SessionConfig


class Lost:
    """Which sources are away; readers and host are told at once."""

    def __init__(self, sink: ServerSink) -> None:
        """All are there."""
        self._sink = sink
        self._away: set[str] = set()

    @property
    def any(self) -> bool:
        """Whether one is away."""
        return bool(self._away)

    def heard(self, name: str, error: AudioError | None) -> None:
        """One was lost, or is back (None). Called by the thread that listens."""
        if error is None:
            self._away.discard(name)
            messages.say(messages.Note(text="The sound is back. Captions go on."))
            return
        self._away.add(name)
        self._sink.report(wire.Health.AUDIO_LOST, 0)
        messages.say(messages.Note(text=f"NO SOUND: {error.problem}. Captions go on when it is back."))


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where the sources' samples stand on the meeting's timeline."""

    base: int
    """Time of sample 0, in ms."""
    start: int
    """Where captions begin: a meeting that already has some is continued behind them."""
    origin: float
    """time.monotonic() at sample 0."""

    def now_ms(self) -> int:
        """The meeting's time now."""
        return self.base + round((time.monotonic() - self.origin) * 1000)


def timeline_of(settings: PipelineSettings, welcome: wire.Welcome, ago_s: float) -> Timeline:
    """Place the sources; the welcome came `ago_s` seconds ago."""
    resume = settings.resume
    if settings.audio.file:
        base = resume.base_ms if resume else (welcome.resume_ms + 1000 if welcome.resume_ms else 0)
        return Timeline(base, max(welcome.resume_ms, base), resume.origin if resume else time.monotonic())
    base = max(welcome.now_ms + round(ago_s * 1000), welcome.resume_ms)
    return Timeline(base, base, time.monotonic())


def sources_of(settings: PipelineSettings, timeline: Timeline, lost: Lost) -> dict[str, AudioSource]:
    """Return the sources by their channel's label, not opened yet; one alone has none."""
    if settings.audio.file:
        raw: AudioSource = FileSource(Path(settings.audio.file), timeline.start - timeline.base)
        paced = Paced(raw, time.monotonic, threading.Event.wait, timeline.origin)
        return {"": raw if settings.audio.fast else paced}

    def relay(meeting: str) -> RelayTarget:
        return RelayTarget(f"{settings.url.removesuffix('/ws')}/audio/{meeting}", settings.token)

    def hearing(label: str) -> Hearing:
        # a pipeline that was started again waits for what is away: the meeting has begun
        patient = settings.resume is not None
        return Hearing(lambda error: lost.heard(label, error), relay, patient, timeline.origin)

    if Address.of(settings.audio.device) is not None:
        return {}  # speakers come and go
    wanted = named_channels(settings.audio.device, settings.audio.labels)
    return {label: open_named(name, hearing(label)) for label, name in wanted.items()}


class Sessions:
    """The session of each channel; some are there from the start, others come with their speakers."""

    def __init__(self, config: SessionConfig, timeline: Timeline) -> None:
        """Have none."""
        self._config, self._timeline = config, timeline
        self._open: dict[str, Session] = {}
        self._terms: tuple[Term, ...] = ()

    def open(self, name: str, start_ms: int) -> Session:
        """Open one at a time of the meeting."""
        session = Session(self._config, SileroVoiceDetector().probability, secrets.token_hex(3), start_ms)
        session.glossary = self._terms
        self._open[name] = session
        return session

    def __getitem__(self, name: str) -> Session:
        """Return a channel's, opened now where it is new."""
        return self._open.get(name) or self.open(name, self._timeline.now_ms())

    def close(self, name: str) -> None:
        """Forget one."""
        self._open.pop(name, None)

    def use_glossary(self, terms: tuple[Term, ...]) -> None:
        """Use these names and terms from now on."""
        if terms is not self._terms:
            self._terms = terms
            for session in self._open.values():
                session.glossary = terms
