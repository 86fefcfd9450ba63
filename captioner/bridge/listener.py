"""The socket of a bridge: conferences dial it, their sound goes to the channels, captions go back."""

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from captioner.bridge.jitsi import BadEvent, JitsiDialogue, transcription
from captioner.bridge.lanes import Lane
from captioner.bridge.vosk import BadMessage, VoskDialogue
from captioner.captions.cue import CueUpdate
from captioner.channels import Heard, Item, Left
from captioner.streaming.window import Samples

VOSK, JITSI = "vosk", "jitsi"
_MOST = 1 << 20  # bytes of a frame
_TICK_S = 0.2
_LAST_WORDS_S = 15.0  # a slow machine needs some seconds for the last sentence
_POLICY_VIOLATION = 1008


class Put(Protocol):
    """Takes sound."""

    def __call__(self, item: Item, /) -> None:
        """Take an item."""
        ...


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, from "vosk:PORT", "jitsi:PORT" or "jitsi:HOST:PORT"."""

    kind: str
    host: str
    port: int

    @classmethod
    def of(cls, name: str) -> "Address | None":
        """Return the address of a source's name; None where it is no bridge."""
        kind, _, where = name.partition(":")
        host, _, port = where.rpartition(":")
        if kind not in {VOSK, JITSI} or not port.isdecimal() or int(port) > 65_535:  # noqa: PLR2004 - the last port
            return None
        return cls(kind, host or "127.0.0.1", int(port))


@dataclass(slots=True)
class _Speaker:
    lane: Lane
    answer: Callable[[CueUpdate], None]
    label: str = ""
    done: threading.Event = field(default_factory=threading.Event)


class Listener:
    """Listens between `start` and `stop`. Give what is captioned to `update`, and the end of a channel to `left`."""

    def __init__(self, address: Address, put: Put) -> None:
        """`put` takes sound and ends of channels, from any thread."""
        self._address, self._put = address, put
        self._speakers: dict[str, _Speaker] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._server: Server | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return 0 if self._server is None else int(self._server.socket.getsockname()[1])

    def start(self) -> None:
        """Listen; OSError where the port cannot be had."""
        talk = self._vosk if self._address.kind == VOSK else self._jitsi
        self._server = serve(talk, self._address.host, self._address.port, compression=None, max_size=_MOST)
        threading.Thread(target=self._server.serve_forever, name="bridge", daemon=True).start()
        threading.Thread(target=self._tick, name="bridge clock", daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        self._stopped.set()
        if self._server is not None:
            self._server.shutdown()

    def label(self, channel: str) -> str:
        """Return the speaker's name for readers."""
        with self._lock:
            known = self._speakers.get(channel)
        return "" if known is None else known.label

    def update(self, channel: str, update: CueUpdate) -> None:
        """A caption of a channel."""
        with self._lock:
            known = self._speakers.get(channel)
        if known is not None:
            known.answer(update)

    def left(self, channel: str) -> None:
        """Everything of a channel has been captioned."""
        with self._lock:
            known = self._speakers.pop(channel, None)
        if known is not None:
            known.done.set()

    def _join(self, answer: Callable[[CueUpdate], None], *, named: bool) -> str:
        number = next(self._numbers)
        channel = f"{self._address.kind}-{number}"
        label = f"Speaker {number}" if named else ""
        with self._lock:
            self._speakers[channel] = _Speaker(Lane(time.monotonic()), answer, label)
        return channel

    def _hear(self, channel: str, samples: Samples) -> None:
        with self._lock:
            known = self._speakers.get(channel)
            pieces = [] if known is None else known.lane.audio(samples, time.monotonic())
            for piece in pieces:
                self._put(Heard(channel, piece))

    def _leave(self, channel: str) -> threading.Event:
        with self._lock:
            known = self._speakers.get(channel)
            self._put(Left(channel))
        return known.done if known is not None else threading.Event()

    def _tick(self) -> None:
        while not self._stopped.wait(_TICK_S):
            now = time.monotonic()
            with self._lock:
                for channel, known in self._speakers.items():
                    for piece in known.lane.tick(now):
                        self._put(Heard(channel, piece))

    def _vosk(self, socket: ServerConnection) -> None:
        dialogue, lock = VoskDialogue(), threading.Lock()

        def answer(update: CueUpdate) -> None:
            with lock:
                dialogue.update(update)

        channel = self._join(answer, named=False)
        done: threading.Event | None = None
        try:
            for frame in socket:
                if isinstance(frame, bytes):
                    self._hear(channel, dialogue.sound(frame))
                    with lock:
                        reply = dialogue.answer()
                    socket.send(reply)
                else:
                    dialogue.text(frame)
                if dialogue.over:
                    done = self._leave(channel)
                    done.wait(_LAST_WORDS_S)
                    with lock:
                        reply = dialogue.last()
                    socket.send(reply)
                    return
        except ConnectionClosed:
            pass
        except BadMessage:
            socket.close(_POLICY_VIOLATION, "not the dialect of vosk-server")
        finally:
            if done is None:
                self._leave(channel)

    def _jitsi(self, socket: ServerConnection) -> None:
        dialogue = JitsiDialogue()
        channels: dict[str, str] = {}

        def hear(frame: str) -> None:
            heard = dialogue.take(frame)
            if heard is None:
                return
            participant, samples = heard
            if participant not in channels:
                channels[participant] = self._join(_answering(socket, participant), named=True)
            self._hear(channels[participant], samples)

        try:
            for frame in texts(socket):
                hear(frame)
                if dialogue.over:
                    break
        except ConnectionClosed:
            pass
        except BadEvent:
            socket.close(_POLICY_VIOLATION, "not an event of Jitsi's")
        finally:
            self._wait_for_last_words([self._leave(channel) for channel in channels.values()])

    def _wait_for_last_words(self, ends: list[threading.Event]) -> None:
        deadline = time.monotonic() + _LAST_WORDS_S
        for end in ends:
            end.wait(max(0.0, deadline - time.monotonic()))


def texts(socket: ServerConnection) -> Iterator[str]:
    """Yield the frames that are text."""
    return (frame for frame in socket if isinstance(frame, str))


def _answering(socket: ServerConnection, participant: str) -> Callable[[CueUpdate], None]:
    """Return what tells a conference a participant's captions."""

    def answer(update: CueUpdate) -> None:
        message = transcription(participant, update, time.time_ns() // 1_000_000)
        if message is not None:
            with contextlib.suppress(ConnectionClosed):
                socket.send(message)

    return answer
