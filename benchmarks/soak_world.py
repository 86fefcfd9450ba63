"""A server whose clock is moved by hand, and meetings in it: connections end in a transport that counts bytes."""

import dataclasses
import random
from collections.abc import Awaitable, Callable
from typing import Any, cast

from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track
from server.access import DOORS
from server.web import HUB, TOKEN
from server.websocket import Client, Connection

_CUE_MS = 4_000
_READERS = 40
Pause = Callable[[], Awaitable[None]]


async def _go_on() -> None:
    """Wait for nothing."""


class _Line:
    """A socket and transport that nothing leaves; one that is stuck takes nothing any more."""

    _writer = None

    def __init__(self, *, stuck: bool) -> None:
        self.stuck, self.taken = stuck, 0

    async def close(self, *, code: int) -> None:
        """Nothing."""

    def write(self, data: bytes) -> None:
        """Count."""
        self.taken += len(data)

    def get_write_buffer_size(self) -> int:
        """Tell what waits."""
        return self.taken if self.stuck else 0

    def abort(self) -> None:
        """Nothing."""


@dataclasses.dataclass
class World:
    """A server whose clock is moved by hand."""

    app: Any
    seconds: float
    rng: random.Random
    came: int = 0
    said: int = 0

    def enter(self, *, stuck: bool = False) -> Connection:
        """Connect."""
        line = cast("Any", _Line(stuck=stuck))
        address = f"192.0.2.{self.rng.randrange(250)}"
        connection = Connection(line, line, self.app[HUB], Client(self.app[DOORS], address, {}))
        self.app[HUB].enter(connection)
        self.came += 1
        return connection

    def leave(self, connection: Connection) -> None:
        """Go, as a socket that was closed."""
        self.app[HUB].leave(connection)
        self.app[HUB].laggards.forget(connection)

    async def meeting(self, number: int, minutes: int, *, middle: Pause = _go_on) -> None:
        """Hold one meeting from its first to its last caption, and let `middle` be waited for in between."""
        name, say = f"m{number}", wire.encode
        captioner = self.enter()
        hello = wire.Hello(
            role=wire.Role.PUBLISHER, meeting=name, token=self.app[TOKEN], publisher="p", title=f"Meeting {number}",
            track=Track("floor", "en"), policy=RecordPolicy.ON_RECORD,
        )  # fmt: skip
        await captioner._take(say(hello))  # noqa: SLF001 - what a frame does, without a network
        corrector = self.enter()
        await corrector._take(say(wire.Hello(role=wire.Role.CORRECTOR, meeting=name, token=self.app[TOKEN])))  # noqa: SLF001
        readers: list[Connection] = []
        seq = 0
        captions = minutes * 60_000 // _CUE_MS
        for position in range(captions):
            if position == captions // 2:
                await middle()
            self.seconds += _CUE_MS / 1000
            await self._speak(captioner, position)
            if position % 20 == 0:
                wanted = wire.Correct(track="floor", update=_cue(position, "Corrected words.", 1), base=1)
                await corrector._take(say(wanted))  # noqa: SLF001
            if len(readers) >= _READERS:
                self.leave(readers.pop(self.rng.randrange(len(readers))))
            room = self.app[HUB].room(name)
            epoch, seq = (room.transcript.epoch, self.rng.randrange(room.transcript.seq)) if position % 3 else ("", 0)
            reader = self.enter(stuck=position % 50 == 0)
            await reader._take(say(wire.Hello(role=wire.Role.VIEWER, meeting=name, epoch=epoch, after=seq)))  # noqa: SLF001
            readers.append(reader)
            if position % 5 == 0:
                signal = wire.Signal(signal=wire.SignalKind.QUESTION, text=f"Question {position}")
                await readers[-1]._take(say(signal))  # noqa: SLF001
            await self.app[HUB].tick()
            await self.app[HUB].ping()
        await captioner._take(say(wire.End()))  # noqa: SLF001
        for connection in (*readers, corrector, captioner):
            self.leave(connection)

    async def _speak(self, captioner: Connection, position: int) -> None:
        text = f"Caption {position} " + "with some more words " * self.rng.randrange(1, 5)
        for revision, status in ((0, CueStatus.PARTIAL), (1, CueStatus.FINAL)):
            update = _cue(position, text, revision, status)
            await captioner._take(wire.encode(wire.Update(update=update)))  # noqa: SLF001
        self.said += 1


def _cue(position: int, text: str, revision: int, status: CueStatus = CueStatus.FINAL) -> CueUpdate:
    start = position * _CUE_MS
    return CueUpdate(Cue(f"c{position}", start, start + _CUE_MS - 100, text, "en"), revision, status)
