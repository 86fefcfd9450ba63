"""The sink to our server: `captions.v1` over a WebSocket, from a thread of its own. The only user of websockets."""

import asyncio
import contextlib
import random
import threading
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from captioner.captions import wire
from captioner.captions.cue import CueUpdate, RecordPolicy, Track
from captioner.captions.errors import WireError
from captioner.captions.event import PolicyEvent
from captioner.captions.policy import PolicyChange, visible
from captioner.publish.outbox import Outbox, OutboxFull
from captioner.publish.sink import Emitted
from captioner.publish.state import PolicyView

_SILENT_S = 10.0  # the server speaks every two seconds; after five missed heartbeats it is gone
_STORAGE_RETRY_S = 2.0
_CLOSED = (ConnectionClosed, InvalidHandshake, InvalidMessage, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Target:
    """Where and as whom to publish."""

    url: str
    """ws://host:port/ws"""
    token: str = field(repr=False)
    meeting: str
    title: str
    track: Track
    policy: RecordPolicy
    publisher: str
    """Stable across restarts of the pipeline, so that a new one replaces a dead one."""


class Refused(Exception):
    """The server refuses this publisher, and coming again will not help."""

    def __init__(self, code: wire.ErrorCode, message: str) -> None:
        """Keep the server's code and words."""
        super().__init__(message)
        self.code = code


class ServerSink:
    """A CaptionSink. Connects again for ever, with every unacknowledged final; `failure` tells of a refusal."""

    def __init__(self, target: Target) -> None:
        """Prepare; nothing is opened before `start`."""
        self.policy = PolicyView(target.policy)
        self.welcome: wire.Welcome | None = None
        self.failure: Refused | OutboxFull | None = None
        self.transcript = ""
        self.storage_full = False
        self.settings = wire.Settings()
        self._target = target
        self._outbox = Outbox()
        self._report = wire.Report(health=wire.Health.LIVE)
        self._ending = False
        self._lock = threading.Lock()
        self._welcomed = threading.Event()
        self._drained = threading.Event()
        self._wake: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._main, name="publish", daemon=True)

    def start(self, timeout: float) -> wire.Welcome:
        """Connect and wait for the server's welcome; TimeoutError or Refused."""
        self._thread.start()
        if not self._welcomed.wait(timeout) or self.welcome is None:
            if self.failure is not None:
                raise self.failure
            raise TimeoutError
        return self.welcome

    def push(self, emitted: Emitted) -> None:
        """Queue one update; never blocks. In CHATHAM the name is dropped before the queue."""
        cue = emitted.update.cue
        update = visible(emitted.update, self.policy.strictest(cue.start, cue.end))
        with self._lock:
            try:
                self._outbox.push(update)
            except OutboxFull as error:
                self.failure = error
            self._drained.clear()
        self._notify()

    def report(
        self,
        health: wire.Health,
        behind_ms: int,
        level_db: int | None = None,
        cpu: int | None = None,
        source: str = "",
    ) -> None:
        """Tell the readers how the captioner is, and the host what it hears and costs."""
        with self._lock:
            self._report = wire.Report(health=health, behind_ms=behind_ms, level_db=level_db, cpu=cpu, source=source)
        self._notify()

    @property
    def waiting(self) -> int:
        """Finals that the server has not acknowledged."""
        with self._lock:
            return self._outbox.waiting

    @property
    def unsent(self) -> tuple[CueUpdate, ...]:
        """The finals that the server has not acknowledged, in order."""
        with self._lock:
            return self._outbox.finals

    def close(self, *, end: bool, timeout: float) -> bool:
        """Wait until all is acknowledged, end the meeting if told to; False when `timeout` s were not enough."""
        with self._lock:
            self._ending = end
            if end:
                self._drained.clear()  # now it means: the server has written the archive
            elif self._outbox.waiting == 0:
                self._drained.set()
        self._notify()
        done = self._drained.wait(timeout)
        self._stopping = True
        self._notify()
        self._thread.join(5)
        return done

    def _notify(self) -> None:
        if self._loop is not None and self._wake is not None and not self._loop.is_closed():
            with contextlib.suppress(RuntimeError):  # the loop may close in between
                self._loop.call_soon_threadsafe(self._wake.set)

    def _main(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        self._loop, self._wake = asyncio.get_running_loop(), asyncio.Event()
        delay = 0.1
        while not self._stopping and self.failure is None:
            try:
                async with connect(
                    self._target.url,
                    subprotocols=[wire.SUBPROTOCOL],  # type: ignore[list-item]
                    compression=None,
                    proxy=None,
                    open_timeout=5,
                    close_timeout=2,
                ) as socket:
                    delay = 0.1
                    await self._converse(socket)
            except _CLOSED:
                pass
            except Refused as error:
                self.failure = error
                self._welcomed.set()
                self._drained.set()
                return
            if not self._stopping:
                await asyncio.sleep(delay * (0.5 + random.random() / 2))  # noqa: S311 - jitter, not a secret
                delay = min(delay * 2, 3.0)

    async def _converse(self, socket: ClientConnection) -> None:
        target = self._target
        hello = wire.Hello(
            role=wire.Role.PUBLISHER, meeting=target.meeting, token=target.token, publisher=target.publisher,
            title=target.title, track=target.track, policy=target.policy,
        )  # fmt: skip
        await socket.send(wire.encode(hello))
        with self._lock:
            self._outbox.reconnected()
        reader = asyncio.create_task(self._read(socket))
        writer = asyncio.create_task(self._write(socket))
        done, pending = await asyncio.wait((reader, writer), return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        ends = await asyncio.gather(*done, *pending, return_exceptions=True)
        problems = [end for end in ends if isinstance(end, Exception)]
        for problem in sorted(problems, key=lambda end: not isinstance(end, Refused)):  # both may end at once
            raise problem

    async def _read(self, socket: ClientConnection) -> None:
        while True:
            frame = await asyncio.wait_for(socket.recv(), _SILENT_S)
            try:
                message = wire.decode_from_server(frame)
            except WireError:
                continue  # a newer server's message
            self._take(message)

    def _take(self, message: wire.FromServer) -> None:
        match message:
            case wire.Welcome():
                self.welcome = message
                self._welcomed.set()
                self._notify()
            case wire.Ack(cue=cue, revision=revision):
                with self._lock:
                    self._outbox.acknowledge(cue, revision)
                self.storage_full = False
                self._notify()
            case wire.Error(fatal=True, code=code, message=text):
                raise Refused(code, text)
            case wire.Error(code=wire.ErrorCode.STORAGE, cue=cue, revision=revision):
                self.storage_full = True
                if self._loop is not None:
                    self._loop.call_later(_STORAGE_RETRY_S, self._again, cue, revision)
            case wire.EventMessage(event=PolicyEvent(change=change)):
                self._switch(change)
            case wire.Settings():
                self.settings = message
            case wire.Ended(transcript=path):
                self.transcript = path
                self._drained.set()
            case _:
                pass

    def _again(self, cue: str, revision: int) -> None:
        with self._lock:
            self._outbox.refused(cue, revision)
        self._notify()

    def _switch(self, change: PolicyChange) -> None:
        self.policy.add(change)

    async def _write(self, socket: ClientConnection) -> None:
        wake = self._wake
        ended = False
        last: wire.Report | None = None
        while wake is not None:
            if self.welcome is None:
                await self._pause(wake)
                continue
            with self._lock:
                updates, report = self._outbox.take(), self._report
                ending = self._ending and self._outbox.waiting == 0  # seen together: a later final goes first
            for update in updates:
                await socket.send(wire.encode(wire.Update(update=update)))
            if report != last:
                await socket.send(wire.encode(report))
                last = report
            if ending and not ended:
                await socket.send(wire.encode(wire.End()))
                ended = True
            with self._lock:
                if self._outbox.waiting == 0 and not self._ending:
                    self._drained.set()
            if self._stopping:
                return
            if not await self._pause(wake):
                await socket.send(wire.encode(report))  # a sign of life

    async def _pause(self, wake: asyncio.Event) -> bool:
        """Wait until something happens, at most a second; False when nothing did."""
        try:
            await asyncio.wait_for(wake.wait(), 1.0)
        except TimeoutError:
            return False
        wake.clear()
        return True
