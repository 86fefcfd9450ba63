"""The socket of a bridge: conferences dial it, their sound goes to the channels, captions go back.

Where a secret is set, a conference shows it in the header `Authorization: Bearer SECRET` or, where it can set none, in
the address as `?token=SECRET`; others are refused with 401.
"""

import contextlib
import hmac
import itertools
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

from captioner.bridge.jitsi import BadEvent, JitsiDialogue, Reply, Spoken, transcription
from captioner.bridge.lanes import Lane
from captioner.bridge.vosk import BadMessage, VoskDialogue
from captioner.captions.cue import CueUpdate
from captioner.captions.labels import label
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

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return self.host in {"localhost", "::1"} or self.host.startswith("127.")


@dataclass(slots=True)
class _Speaker:
    lane: Lane
    answer: Callable[[CueUpdate], None]
    number: int = 0
    # 0 where the speaker is not told apart
    name: str = ""
    # as the conference shows it
    done: threading.Event = field(default_factory=threading.Event)


class Listener:
    """Listens between `start` and `stop`. Give what is captioned to `update`, and the end of a channel to `left`."""

    def __init__(
        self, address: Address, put: Put, *, secret: str = "", consented: Callable[[], Collection[str]] = tuple
    ) -> None:
        """`put` takes sound and ends of channels, from any thread.

        `secret` must be shown by who dials, "" for none; `consented` returns the names of those who agreed to be named.
        """
        self._address, self._put, self._secret, self._consented = address, put, secret, consented
        self._speakers: dict[str, _Speaker] = {}
        self._numbers = itertools.count(1)
        self._people: dict[str, int] = {}  # who comes again keeps the number
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
        self._server = serve(
            talk, self._address.host, self._address.port, compression=None, max_size=_MOST, process_request=self._door
        )
        threading.Thread(target=self._server.serve_forever, name="bridge", daemon=True).start()
        threading.Thread(target=self._tick, name="bridge clock", daemon=True).start()

    def stop(self) -> None:
        """Listen no more; nobody's last words are waited for."""
        self._stopped.set()
        with self._lock:
            for known in self._speakers.values():
                known.done.set()
        if self._server is not None:
            self._server.shutdown()

    def label(self, channel: str) -> str:
        """Return how readers know the speaker: by name only where that person agreed, otherwise by a number."""
        with self._lock:
            known = self._speakers.get(channel)
        if known is None or not known.number:
            return ""
        agreed = {name.casefold() for name in self._consented()}
        return known.name if known.name.casefold() in agreed else label(known.number)

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

    def _door(self, connection: ServerConnection, request: Request) -> Response | None:
        """Return a refusal for who does not show the secret."""
        if not self._secret:
            return None
        shown = [header.removeprefix("Bearer ").strip() for header in request.headers.get_all("Authorization")]
        shown += parse_qs(urlsplit(request.path).query).get("token", [])
        if any(hmac.compare_digest(each.encode(), self._secret.encode()) for each in shown):
            return None
        return connection.respond(HTTPStatus.UNAUTHORIZED, "show the secret of this captioner\n")

    def _join(self, answer: Callable[[CueUpdate], None], person: str = "", name: str = "") -> str:
        """Open a channel; `person` is a participant's id, "" where speakers are not told apart."""
        channel = f"{self._address.kind}-{next(self._numbers)}"
        with self._lock:
            number = self._people.setdefault(person, len(self._people) + 1) if person else 0
            self._speakers[channel] = _Speaker(Lane(time.monotonic()), answer, number, name)
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

        channel = self._join(answer)
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
            match dialogue.take(frame):
                case Reply(text=text):
                    socket.send(text)
                case Spoken(participant=participant, name=name, samples=samples):
                    if participant not in channels:
                        channels[participant] = self._join(_answering(socket, participant), participant, name)
                    self._hear(channels[participant], samples)
                case None:
                    pass

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
