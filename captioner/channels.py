"""Several streams of speech and one recogniser: a microphone and a call, or the speakers of a conference.

Each channel has a session of its own. One request is in flight at a time; the channel that was served longest ago goes
first, so that none starves, and a channel in which nobody speaks costs nothing.
"""

import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from captioner.captions.cue import CueStatus, CueUpdate
from captioner.publish.sink import Emitted
from captioner.run import Beat, Chunk, Recognise
from captioner.streaming.session import Session
from captioner.streaming.window import Samples

_QUEUE = 12_000  # chunks; see captioner.run, for two channels
_IDLE_S = 0.25  # how often somebody is told that nothing happens

Emit = Callable[[str, Emitted], None]


@dataclass(frozen=True, slots=True)
class Heard:
    """Audio of a channel; a channel that is new begins with it."""

    channel: str
    samples: Samples


@dataclass(frozen=True, slots=True)
class Left:
    """A channel has ended; what it said is still captioned."""

    channel: str


@dataclass(frozen=True, slots=True)
class Over:
    """Everything has ended."""

    failure: BaseException | None = None


Item = Heard | Left | Over


@dataclass(slots=True)
class _Channel:
    session: Session
    ended: bool = False
    served: int = 0  # the turn in which it was served last


class Channels:
    """Takes audio from any thread with `put`; recognises on the thread that calls `run`."""

    def __init__(
        self,
        opening: Callable[[str], Session],
        recognise: Recognise,
        emit: Emit,
        left: Callable[[str], None] = lambda _: None,
        overhear: Callable[[str, Samples, int], None] = lambda *_: None,
    ) -> None:
        """Take what makes a new channel's session (starting at the time of the call), and where its updates go.

        `left` hears when a channel has ended and everything that it said is captioned; `overhear` gets a channel's
        audio and the time in ms at which it begins.
        """
        self._left, self._overhear = left, overhear
        self._opening, self._recognise, self._emit = opening, recognise, emit
        self._items: queue.Queue[Item] = queue.Queue(_QUEUE)
        self._channels: dict[str, _Channel] = {}
        self._failure: BaseException | None = None
        self._over = self._began = False
        self._turn = 0

    def put(self, item: Item) -> None:
        """Hand over audio or an end; blocks only when ten minutes of audio wait."""
        self._items.put(item)

    def listen(self, channel: str, source: Iterable[Chunk]) -> None:
        """Put what a source yields, from a thread of its own; what it raises ends everything."""

        def work() -> None:
            try:
                for chunk in source:
                    self.put(Heard(channel, chunk.samples))
            except BaseException as error:  # noqa: BLE001 - raised by `run`
                self.put(Over(error))
            self.put(Left(channel))

        threading.Thread(target=work, name=f"audio {channel}", daemon=True).start()

    def run(self, beat: Callable[[Beat], None], clock_ms: Callable[[], int], *, lasting: bool) -> None:
        """Recognise until `Over`, or until every channel has left unless `lasting`; raises what a source raised."""
        busy = False
        while True:
            self._drain(clock_ms, wait=not busy)
            sessions = [channel.session for channel in self._channels.values()]
            behind = max((session.behind_ms for session in sessions), default=0)
            beat(Beat(max((session.heard_ms for session in sessions), default=clock_ms()), behind))
            busy = self._serve(clock_ms)
            for name in [name for name, channel in self._channels.items() if channel.ended]:
                self._finish(name, clock_ms)
            if not self._channels and (self._over or (self._began and not lasting)):
                break
        if self._failure is not None:
            raise self._failure

    def _send(self, name: str, updates: Iterable[CueUpdate], audio_ms: int, now_ms: int) -> None:
        for update in updates:
            self._emit(name, Emitted(update, now_ms, audio_ms))

    def _drain(self, clock_ms: Callable[[], int], *, wait: bool) -> None:
        """Take everything that is there; with `wait`, give something a moment to come."""
        while True:
            try:
                item = self._items.get(timeout=_IDLE_S) if wait else self._items.get_nowait()
            except queue.Empty:
                return
            wait = False
            self._take(item, clock_ms)

    def _take(self, item: Item, clock_ms: Callable[[], int]) -> None:
        self._began = True
        match item:
            case Heard(channel=name, samples=samples) if not self._over:
                if name in self._channels and self._channels[name].ended:  # it came again at once
                    self._finish(name, clock_ms)
                known = self._channels.get(name)
                if known is None:
                    known = self._channels[name] = _Channel(self._opening(name))
                self._overhear(name, samples, known.session.heard_ms)
                self._send(name, known.session.feed(samples), known.session.heard_ms, clock_ms())
            case Left(channel=name) if name in self._channels:
                self._channels[name].ended = True
            case Left(channel=name):
                self._left(name)  # it said nothing
            case Over(failure=failure):
                self._over = True
                self._failure = self._failure or failure
                for channel in self._channels.values():
                    channel.ended = True
            case _:
                pass

    def _serve(self, clock_ms: Callable[[], int]) -> bool:
        """Make one pass for the channel that has waited longest; False when none has anything to recognise."""
        for channel_name, channel in self._channels.items():
            self._send(channel_name, channel.session.relieve(), channel.session.heard_ms, clock_ms())
        for name, channel in sorted(
            self._channels.items(), key=lambda each: (each[1].served, -each[1].session.behind_ms)
        ):
            request = channel.session.next_request()
            if request is not None:
                self._turn += 1
                channel.served = self._turn
                self._send(name, channel.session.receive(request, self._recognise(request)), request.end_ms, clock_ms())
                return True
        return False

    def _finish(self, name: str, clock_ms: Callable[[], int]) -> None:
        """Caption what a channel still holds, and close it."""
        session = self._channels.pop(name).session
        last = session.finish()
        while last is not None:
            self._send(name, session.receive(last, self._recognise(last)), last.end_ms, clock_ms())
            last = session.next_request()
        self._send(name, session.close(), session.heard_ms, clock_ms())
        self._left(name)


class OnePartial:
    """Lets the partials of one channel through at a time: readers have one open line, and it must not jump."""

    def __init__(self) -> None:
        """Nobody speaks."""
        self._holder = ""

    def passes(self, channel: str, update: CueUpdate) -> bool:
        """Tell whether an update may be shown; finals always may, and set the line free."""
        if update.status is not CueStatus.PARTIAL:
            if channel == self._holder:
                self._holder = ""
            return True
        self._holder = self._holder or channel
        return channel == self._holder

    def left(self, channel: str) -> None:
        """A channel has ended."""
        if channel == self._holder:
            self._holder = ""
