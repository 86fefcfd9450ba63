"""A proxy that does what networks do: it resets, stalls, and cuts frames anywhere. And a reader that keeps account."""

import asyncio
import contextlib
import random
from dataclasses import dataclass, field

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from captioner.captions import wire
from captioner.captions.errors import GapInLog
from captioner.captions.transcript import Transcript
from server.tasks import end

_CHUNK = 4_096


@dataclass
class Proxy:
    """Passes connections on to `target`; `random` decides where bytes are cut."""

    target: int
    random: random.Random
    port: int = 0
    stalled: asyncio.Event = field(default_factory=asyncio.Event)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _serving: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def start(self) -> None:
        """Listen on a free port."""
        self.stalled.set()  # set: flows
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close everything."""
        if self._server is not None:
            self._server.close()
        self.stalled.set()
        while self._serving:
            self.reset()
            await asyncio.wait(self._serving, timeout=0.05)

    def reset(self) -> None:
        """Cut every connection without a goodbye."""
        for writer in list(self._open):
            writer.transport.abort()

    async def stall(self, seconds: float) -> None:
        """Let nothing through for a while."""
        self.stalled.clear()
        await asyncio.sleep(seconds)
        self.stalled.set()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        pair = {writer, far_writer}
        self._open |= pair
        tasks = [asyncio.create_task(self._pass(a, b)) for a, b in ((reader, far_writer), (far_reader, writer))]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        await end(*tasks)
        for each in pair:
            each.transport.abort()
        self._open -= pair

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                await self.stalled.wait()
                cut = self.random.randrange(1, len(data)) if len(data) > 1 and self.random.random() < 0.3 else len(data)  # noqa: PLR2004
                writer.write(data[:cut])
                await writer.drain()
                if cut < len(data):
                    await asyncio.sleep(0)
                    writer.write(data[cut:])
                    await writer.drain()


@dataclass
class Watcher:
    """A reader that comes again for ever, and remembers what it saw at which seq."""

    port: int
    meeting: str
    transcript: Transcript = field(default_factory=Transcript)
    seen: dict[int, bytes] = field(default_factory=dict)
    """At some seqs, the whole view as it was shown."""
    again: int = 0
    gaps: int = 0

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                url = f"ws://127.0.0.1:{self.port}/ws"
                protocols = [Subprotocol(wire.SUBPROTOCOL)]
                async with connect(
                    url, subprotocols=protocols, compression=None, max_size=None, open_timeout=5
                ) as socket:
                    await self._read(socket)
            self.again += 1
            await asyncio.sleep(0.02)

    async def _read(self, socket: ClientConnection) -> None:
        mine = self.transcript
        hello = wire.Hello(role=wire.Role.VIEWER, meeting=self.meeting, epoch=mine.epoch, after=mine.seq)
        await socket.send(wire.encode(hello))
        async for frame in socket:
            message = wire.decode_from_server(frame)
            if isinstance(message, wire.SnapshotMessage):
                self.transcript = Transcript(message.snapshot)
            elif isinstance(message, wire.EventMessage):
                try:
                    self.transcript.apply(message.event)
                except GapInLog:
                    self.gaps += 1
                    return
            else:
                continue
            if len(self.seen) < 200:  # noqa: PLR2004 - enough to compare
                self.seen[self.transcript.seq] = view(self.transcript)


def view(transcript: Transcript) -> bytes:
    """Return what a reader is shown, as bytes to compare: without the times of words, which readers are not sent."""
    snapshot = transcript.snapshot()
    bare = tuple(
        msgspec.structs.replace(
            each, update=msgspec.structs.replace(each.update, cue=msgspec.structs.replace(each.update.cue, words=()))
        )
        for each in snapshot.cues
    )
    return msgspec.json.encode(msgspec.structs.replace(snapshot, cues=bare))
