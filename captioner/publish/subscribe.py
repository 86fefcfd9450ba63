"""Reading a meeting from the server as any reader does: what was corrected, hidden or withdrawn arrives that way."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.sync.client import ClientConnection, connect

from captioner.captions import wire
from captioner.captions.cue import CueUpdate, MeetingState
from captioner.captions.errors import WireError
from captioner.captions.event import CaptionEvent, StateEvent
from captioner.captions.transcript import Snapshot

_SILENT_S = 10.0  # the server speaks every two seconds
_REPORT_S = 5.0
_TICK_S = 0.5  # how soon a stop is noticed
_MOST = 64 * 1024 * 1024  # bytes of a frame: the snapshot of a day
_CLOSED = (ConnectionClosed, InvalidHandshake, InvalidMessage, OSError, TimeoutError)
_SUBPROTOCOL: Any = wire.SUBPROTOCOL  # websockets has a type of its own for these names


class Reader(Protocol):
    """Takes what the log accepted."""

    @property
    def position(self) -> tuple[str, int]:
        """Epoch and seq from which to read on; ("", 0) for everything."""
        ...

    def welcomed(self, epoch: str, started_ms: int) -> None:
        """The log's epoch, and the Unix time of the meeting's start."""
        ...

    def snapshot(self, snapshot: Snapshot) -> None:
        """Everything so far."""
        ...

    def take(self, track: str, update: CueUpdate, event: int) -> None:
        """One caption event."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """Which meeting, and where."""

    url: str
    """ws://host:port/ws"""
    meeting: str
    token: str = field(default="", repr=False)
    """The host's: for a meeting that is not open to everybody, and to tell the host how the reader is."""


class Subscription:
    """Reads until the meeting ends or `stop` is set; comes again, and resumes by seq, as often as it must."""

    def __init__(
        self,
        source: Source,
        reader: Reader,
        stop: threading.Event,
        note: Callable[[str], None],
        report: Callable[[], wire.FromClient | None] = lambda: None,
    ) -> None:
        """`note` hears what the host should know, once each time that it changes.

        With the host's token, what `report` gives is sent when it is another than before, and every few seconds.
        """
        self._source, self._reader, self._stop, self._note = source, reader, stop, note
        self._report = report
        self._said = ""
        self._seq = -1
        self._epoch = ""

    def run(self) -> bool:
        """Return whether the meeting has ended; False when told to stop."""
        delay = 0.2
        while not self._stop.is_set():
            try:
                with connect(
                    self._source.url,
                    subprotocols=[_SUBPROTOCOL],
                    compression=None,
                    proxy=None,
                    open_timeout=5,
                    close_timeout=1,
                    max_size=_MOST,
                ) as socket:
                    if self._converse(socket):
                        return True
                    delay = 0.2
            except _CLOSED:
                self._say("The caption server does not answer; trying again.")
            self._stop.wait(delay * random.uniform(0.5, 1))  # noqa: S311 - jitter, not a secret
            delay = min(delay * 2, 3.0)
        return False

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._note(text)

    def _converse(self, socket: ClientConnection) -> bool:
        epoch, after = (self._epoch, self._seq) if self._seq >= 0 else self._reader.position
        role = wire.Role.HOST if self._source.token else wire.Role.VIEWER
        hello = wire.Hello(role=role, meeting=self._source.meeting, epoch=epoch, after=after, token=self._source.token)
        socket.send(wire.encode(hello))
        heard = time.monotonic()
        told: tuple[wire.FromClient | None, float] = (None, 0.0)
        while not self._stop.is_set():
            told = self._tell(socket, told)
            try:
                frame = socket.recv(timeout=_TICK_S)
            except TimeoutError:
                if time.monotonic() - heard > _SILENT_S:
                    raise
                continue
            heard = time.monotonic()
            try:
                message = wire.decode_from_server(frame)
            except WireError:
                continue  # a newer server's message
            if self._take(message):
                return True
        return False

    def _tell(
        self, socket: ClientConnection, told: tuple[wire.FromClient | None, float]
    ) -> tuple[wire.FromClient | None, float]:
        """Send the report if it is due; return it, and when it was sent."""
        report, now = self._report() if self._source.token else None, time.monotonic()
        if report is None or (report == told[0] and now - told[1] < _REPORT_S):
            return told
        socket.send(wire.encode(report))
        return report, now

    def _take(self, message: wire.FromServer) -> bool:
        """Take a message; True when the meeting is over."""
        match message:
            case wire.Welcome(epoch=epoch, meeting=meeting):
                self._say("")
                self._epoch = epoch
                self._reader.welcomed(epoch, meeting.started)
            case wire.SnapshotMessage(snapshot=snapshot):
                self._epoch, self._seq = snapshot.epoch, snapshot.seq
                self._reader.snapshot(snapshot)
                return snapshot.state is MeetingState.ENDED
            case wire.EventMessage(event=event):
                self._epoch, self._seq = event.epoch, event.seq
                if isinstance(event, CaptionEvent):
                    self._reader.take(event.track, event.update, event.seq)
                return isinstance(event, StateEvent) and event.state is MeetingState.ENDED
            case wire.Error(fatal=True, code=code):
                self._say(f"The caption server refuses ({code}); trying again.")
                self._stop.wait(1.0)
            case _:
                pass
        return False
