"""The sink against a real WebSocket server whose every move a test decides."""

import asyncio
import queue
import threading

import pytest
from websockets.asyncio.server import serve

from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, RecordPolicy, Track
from captioner.captions.event import PolicyEvent
from captioner.captions.policy import PolicyChange
from captioner.publish.server import Refused, ServerSink, Target
from captioner.publish.sink import Emitted

WAIT = 10


def final(cue="c1", revision=1, start=0, speaker="", status=CueStatus.FINAL):
    return Emitted(CueUpdate(Cue(cue, start, start + 500, f"Text of {cue}.", "en", speaker), revision, status), 0, 0)


class FakeServer:
    """Welcomes each connection, queues what it hears, and sends what it is told to."""

    def __init__(self):
        self.heard = queue.Queue()
        self.hellos = []
        self.welcoming = True
        self.sockets = []
        self._ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._main()), daemon=True).start()
        assert self._ready.wait(WAIT)

    async def _main(self):
        self.loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with serve(self._talk, "127.0.0.1", 0, subprotocols=[wire.SUBPROTOCOL]) as server:
            self.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws"
            self._ready.set()
            await self._stop.wait()

    async def _talk(self, socket):
        self.sockets.append(socket)
        async for frame in socket:
            message = wire.decode_from_client(frame)
            if isinstance(message, wire.Hello):
                self.hellos.append(message)
                if self.welcoming:
                    await socket.send(
                        wire.encode(
                            wire.Welcome(meeting=Meeting("m", "t", 0), epoch="e", seq=1, policy=RecordPolicy.ON_RECORD)
                        )
                    )
            self.heard.put(message)

    def call(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(WAIT)

    def send(self, message):
        self.call(self.sockets[-1].send(message if isinstance(message, str) else wire.encode(message)))

    def hang_up(self):
        self.call(self.sockets[-1].close())

    def until(self, kind, **fields):
        while True:
            message = self.heard.get(timeout=WAIT)
            if isinstance(message, kind) and all(getattr(message, k) == v for k, v in fields.items()):
                return message

    def update(self):
        return self.until(wire.Update).update

    def ack(self, update):
        self.send(wire.Ack(cue=update.cue.id, revision=update.revision))

    def stop(self):
        self.loop.call_soon_threadsafe(self._stop.set)


@pytest.fixture
def server():
    fake = FakeServer()
    yield fake
    fake.stop()


def target(url, policy=RecordPolicy.ON_RECORD):
    return Target(url, "secret", "m", "Title", Track("floor", "en"), policy, "me")


@pytest.fixture
def sink(server):
    sink = ServerSink(target(server.url))
    yield sink
    sink.close(end=False, timeout=0)


def eventually(condition):
    for _ in range(200):
        if condition():
            return True
        threading.Event().wait(0.05)
    return False


def test_hello_says_who_it_is_and_the_token_is_not_shown(server, sink):
    welcome = sink.start(WAIT)
    assert welcome.epoch == "e"
    hello = server.hellos[0]
    assert (hello.role, hello.meeting, hello.token, hello.publisher, hello.track.id, hello.policy) == (
        wire.Role.PUBLISHER, "m", "secret", "me", "floor", RecordPolicy.ON_RECORD,
    )  # fmt: skip
    assert "secret" not in repr(target(server.url))


def test_a_final_waits_until_it_is_acknowledged(server, sink):
    sink.start(WAIT)
    sink.push(final())
    update = server.update()
    assert sink.waiting == 1
    assert sink.unsent == (update,)
    server.ack(update)
    assert eventually(lambda: sink.waiting == 0)
    assert sink.close(end=False, timeout=WAIT)


def test_what_was_not_acknowledged_comes_again_after_a_reconnect_in_order(server, sink):
    sink.start(WAIT)
    for number in range(3):
        sink.push(final(f"c{number}", start=number))
    first = [server.update() for _ in range(3)]
    server.ack(first[0])
    assert eventually(lambda: sink.waiting == 2)
    server.hang_up()
    assert [server.update().cue.id for _ in range(2)] == ["c1", "c2"]
    assert len(server.hellos) == 2


def test_what_was_said_while_the_server_was_away_comes_when_it_is_back(server, sink):
    sink.start(WAIT)
    server.welcoming = False
    server.hang_up()
    sink.push(final("c9"))
    assert eventually(lambda: len(server.hellos) == 2)
    server.send(wire.Welcome(meeting=Meeting("m", "t", 0), epoch="e", seq=1, policy=RecordPolicy.ON_RECORD))
    assert server.update().cue.id == "c9"


def test_a_full_disk_is_known_and_the_final_is_sent_again(server, sink, monkeypatch):
    monkeypatch.setattr("captioner.publish.server._STORAGE_RETRY_S", 0.05)
    sink.start(WAIT)
    sink.push(final())
    update = server.update()
    problem = wire.Error(code=wire.ErrorCode.STORAGE, message="full", fatal=False, cue="c1", revision=1)
    server.send(problem)
    assert server.update() == update
    assert sink.storage_full
    server.ack(update)
    assert eventually(lambda: sink.waiting == 0 and not sink.storage_full)


def test_a_refusal_is_told_and_ends_it(server):
    server.welcoming = False
    sink = ServerSink(target(server.url))
    threading.Thread(
        target=lambda: (
            server.until(wire.Hello),
            server.send(wire.Error(code=wire.ErrorCode.UNAUTHORISED, message="wrong token")),
        )
    ).start()
    with pytest.raises(Refused) as refused:
        sink.start(WAIT)
    assert refused.value.code is wire.ErrorCode.UNAUTHORISED
    assert sink.close(end=True, timeout=1) in (True, False)


def test_nobody_answers():
    sink = ServerSink(target("ws://127.0.0.1:9/ws"))
    with pytest.raises(TimeoutError):
        sink.start(0.3)
    sink.close(end=False, timeout=0)


def test_the_end_is_said_after_the_last_acknowledgement_and_waits_for_the_archive(server, sink):
    sink.start(WAIT)
    sink.push(final())
    update = server.update()
    closed = queue.Queue()
    threading.Thread(target=lambda: closed.put(sink.close(end=True, timeout=WAIT))).start()
    assert closed.empty()
    server.ack(update)
    server.until(wire.End)
    assert closed.empty()
    server.send(wire.Ended(transcript="/archive/m/"))
    assert closed.get(timeout=WAIT) is True
    assert sink.transcript == "/archive/m/"


def test_a_final_that_comes_while_a_report_is_sent_still_goes_before_the_end():
    sink, sent = ServerSink(target("ws://127.0.0.1:9/ws")), []

    class Socket:
        """The last final comes, and the meeting ends, while a report is on its way."""

        async def send(self, frame):
            sent.append(wire.decode_from_client(frame))
            if isinstance(sent[-1], wire.Report) and len(sent) == 1:
                sink.push(final())
                sink._ending = True
            if isinstance(sent[-1], wire.Update):
                sink._take(wire.Ack(cue="c1", revision=1))
            if isinstance(sent[-1], wire.End):
                sink._stopping = True

    sink.welcome = wire.Welcome(meeting=Meeting("m", "t", 0), epoch="e", seq=1, policy=RecordPolicy.ON_RECORD)

    async def written():
        sink._wake = asyncio.Event()
        await sink._write(Socket())

    asyncio.run(asyncio.wait_for(written(), WAIT))
    assert [type(message) for message in sent if not isinstance(message, wire.Report)] == [wire.Update, wire.End]


def test_in_chatham_the_name_never_reaches_the_queue(server):
    sink = ServerSink(target(server.url, RecordPolicy.CHATHAM))
    sink.start(WAIT)
    sink.push(final(speaker="Amina"))
    assert server.update().cue.speaker == ""
    sink.close(end=False, timeout=0)


def test_a_switch_by_the_chair_holds_for_what_follows(server, sink):
    sink.start(WAIT)
    sink.push(final("c1", speaker="Amina"))
    assert server.update().cue.speaker == "Amina"
    server.send(wire.EventMessage(event=PolicyEvent(epoch="e", seq=2, change=PolicyChange(1000, RecordPolicy.CHATHAM))))
    assert eventually(lambda: sink.policy.strictest(1000, 1500) is RecordPolicy.CHATHAM)
    sink.push(final("c2", start=1000, speaker="Amina"))
    assert server.update().cue.speaker == ""


def test_messages_of_a_newer_server_are_passed_over(server, sink):
    sink.start(WAIT)
    server.send('{"type": "from_the_future"}')
    server.send("no json")
    sink.push(final())
    assert server.update().cue.id == "c1"


def test_health_is_reported_and_repeated_as_a_sign_of_life(server, sink):
    sink.start(WAIT)
    sink.report(wire.Health.DELAYED, 7000)
    server.until(wire.Report, health=wire.Health.DELAYED, behind_ms=7000)
    server.until(wire.Report, health=wire.Health.DELAYED, behind_ms=7000)


def test_of_partials_only_the_latest_is_sent(server, sink):
    sink.start(WAIT)
    sink.push(final("c1", 5, status=CueStatus.PARTIAL))
    assert server.update().revision == 5
    assert sink.waiting == 0
