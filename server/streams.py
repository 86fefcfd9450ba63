"""Readers by plain HTTP: a Member that writes server-sent events, or lines of text, into one long answer.

They stand in the room as every other reader: same order, same record policy, same cursor (epoch, seq), shed and given
up in the same way when they do not read.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator

from aiohttp import web

from captioner.captions import wire
from captioner.captions.cue import CueStatus, CueUpdate
from captioner.captions.event import CaptionEvent, Event, GapEvent, PolicyEvent
from captioner.captions.webvtt import format_time
from server.hub import Hub
from server.laggards import EVERY_S
from server.outbox import Frame
from server.sender import Sender
from server.session import CloseCode, Subscribe
from server.web import CONNECTIONS, admit, kernel_watches

Render = Callable[[Frame], bytes]

_GREETING = b"[Live captions. They contain mistakes.]\n"
_OFF_RECORD = "[Off the record: what follows is shown now and kept nowhere.]"
_POLICIES = {
    "on_record": "[On the record.]",
    "chatham": "[Chatham House Rule: no names are kept.]",
    "off_record": _OFF_RECORD,
}


class Stream:
    """A Member for one HTTP answer without an end."""

    def __init__(self, transport: asyncio.Transport, hub: Hub, render: Render) -> None:
        """Take the transport of an answer that was begun, chunked."""
        self._transport, self._hub, self._render = transport, hub, render
        self._sender = Sender(transport, self._chunk)
        self._done = asyncio.Event()
        self._too_slow = False

    def send(self, frame: Frame) -> None:
        """Send a frame; a client that is too slow is cut off, and resumes by its cursor."""
        self._give(frame, replay=False)

    def replay(self, frames: Iterable[Frame]) -> None:
        """Send what the client lacks."""
        for frame in frames:
            self._give(frame, replay=True)

    def close(self, code: CloseCode) -> None:
        """End the answer after what was sent before."""
        self._too_slow = self._too_slow or code is CloseCode.TOO_SLOW
        self._done.set()

    def flush(self) -> bool:
        """See Laggard.flush."""
        if not self._sender.flush(self._hub.clock.steady()):
            self.close(CloseCode.TOO_SLOW)
            return False
        return self._sender.waiting > 0

    async def run(self, wanted: Subscribe) -> None:
        """Read until the meeting ends for this reader, the server goes, or the client does."""
        self._hub.enter(self)
        try:
            await self._hub.subscribe(self, wanted)
            while not self._done.is_set() and not self._transport.is_closing():
                try:
                    async with asyncio.timeout(self._hub.timing.ping_s):
                        await self._done.wait()
                except TimeoutError:
                    continue  # look whether the client is still there
            if self._too_slow:
                self._transport.abort()
                return
            deadline = self._hub.clock.steady() + self._hub.timing.close_s
            while self._sender.waiting and self._hub.clock.steady() < deadline:
                self._sender.flush(self._hub.clock.steady())
                await asyncio.sleep(EVERY_S)
        finally:
            self._hub.leave(self)
            self._hub.laggards.forget(self)

    def _give(self, frame: Frame, *, replay: bool) -> None:
        if self._done.is_set():
            return
        if not self._sender.send(frame, self._hub.clock.steady(), replay=replay):
            self.close(CloseCode.TOO_SLOW)
        elif self._sender.waiting:
            self._hub.laggards.add(self)
        if isinstance(frame.message, wire.Error) and frame.message.fatal:
            self._done.set()

    def _chunk(self, frame: Frame) -> bytes:
        data = self._render(frame)
        return chunk(data) if data else b""


def chunk(data: bytes) -> bytes:
    """Return a chunk of HTTP/1.1 (RFC 9112, section 7.1)."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def server_sent(frame: Frame) -> bytes:
    """Return a frame as a server-sent event: the message of captions.v1, with the cursor as its id."""
    head = b""
    match frame.message:
        case wire.EventMessage(event=event):
            head = f"id: {event.epoch}:{event.seq}\n".encode()
        case wire.SnapshotMessage(snapshot=snapshot):
            head = f"id: {snapshot.epoch}:{snapshot.seq}\n".encode()
        case wire.Bye(retry_after_ms=wait):
            head = f"retry: {wait}\n".encode()
    return head + b"data: " + frame.data + b"\n\n"


class Lines:
    """Turns frames into lines of text for one reader, of one track or of all; remembers what was shown."""

    def __init__(self, track: str = "", *, numbered: bool = False) -> None:
        """Take the track's id, "" for all; `numbered` puts the cursor's seq before each line."""
        self._track, self._numbered = track, numbered
        self._shown: dict[tuple[str, str], str] = {}

    def __call__(self, frame: Frame) -> bytes:
        """Return the lines of a frame, or nothing."""
        seq = 0
        lines: tuple[str, ...] = ()
        match frame.message:
            case wire.EventMessage(event=event):
                seq, lines = event.seq, tuple(self._event(event))
            case wire.SnapshotMessage(snapshot=snapshot, gap=gap):
                seq = snapshot.seq
                again = ("[From the beginning, as the record stands now.]",) if gap else ()
                cues = sorted(snapshot.cues, key=lambda shown: shown.update.cue.start)
                lines = (*again, *(line for each in cues for line in self._cue(each.track, each.update)))
            case wire.Live(shown=shown) if shown.update.status is not CueStatus.PARTIAL:
                lines = tuple(self._cue(shown.track, shown.update))
            case wire.Error(code=wire.ErrorCode.NO_MEETING):
                lines = ("[The meeting has not begun. Captions follow when it does.]",)
            case wire.Ended(transcript=path):
                lines = (f"[The meeting has ended. Transcript: {path}]",)
            case wire.Bye():
                lines = ("[The server restarts. Ask again in a few seconds.]",)
        mark = f"{seq}\t" if self._numbered else ""
        return "".join(f"{mark}{line}\n" for line in lines).encode()

    def _event(self, event: Event) -> Iterator[str]:
        match event:
            case CaptionEvent(track=track, update=update):
                yield from self._cue(track, update)
            case PolicyEvent(change=change):
                yield _POLICIES[change.policy]
            case GapEvent(start=start, end=end) if end > start:
                yield f"[From {_clock(start)} to {_clock(end)} nothing was captioned.]"

    def _cue(self, track: str, update: CueUpdate) -> Iterator[str]:
        if self._track and track != self._track:
            return
        cue, key = update.cue, (track, update.cue.id)
        said = f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text
        known = self._shown.get(key)
        if update.status is CueStatus.RETRACTED:
            if known is not None:
                yield f"[{_clock(cue.start)} withdrawn: {known}]"
        elif known is None:
            yield f"{_clock(cue.start)} {said}"
        elif known != said:
            yield f"[{_clock(cue.start)} corrected: {said}]"
        if update.status is CueStatus.RETRACTED:
            self._shown.pop(key, None)
        else:
            self._shown[key] = said


def _clock(ms: int) -> str:
    return format_time(ms)[:-4]


async def serve_stream(
    request: web.Request, hub: Hub, kind: str, render: Render, wanted: Subscribe
) -> web.StreamResponse:
    """Answer with an endless stream of this content type."""
    response = web.StreamResponse(headers={"Content-Type": kind, "X-Accel-Buffering": "no"})
    client = admit(request)
    try:
        await response.prepare(request)
        transport = request.transport
        if transport is None:
            return response
        kernel_watches(transport, hub.timing.dead_s)
        text = isinstance(render, Lines)
        await response.write(_GREETING if text else b": captions\n\n")  # the headers go out with it
        await (_UntilTheEnd if text else Stream)(transport, hub, render).run(wanted)
        if not transport.is_closing():
            await response.write_eof()
    finally:
        request.app[CONNECTIONS].leave(client)
    return response


class _UntilTheEnd(Stream):
    """Text ends with the meeting, so that a program that follows it does."""

    def send(self, frame: Frame) -> None:
        """Send a frame; the last one ends the answer."""
        super().send(frame)
        if isinstance(frame.message, wire.Ended | wire.Bye):
            self._done.set()
