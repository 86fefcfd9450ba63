import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import structlog
from aiohttp.test_utils import TestClient, TestServer

from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track
from server.app import HUB, TOKEN, make_app
from server.config import ServerConfig, Timing

FLOOR = Track("floor", "en")


def final(cue="c1", text="Good morning.", revision=1, start=0, status=CueStatus.FINAL, speaker="", end=None):
    return CueUpdate(Cue(cue, start, start + 1000 if end is None else end, text, "en", speaker), revision, status)


def partial(cue="c1", text="Good", revision=0, start=0, speaker=""):
    return final(cue, text, revision, start, CueStatus.PARTIAL, speaker)


class Peer:
    """A client that speaks captions.v1 and looks at nothing else."""

    def __init__(self, socket):
        self.socket = socket
        self.seen = []

    async def send(self, message):
        await self.socket.send_str(wire.encode(message))

    async def get(self, kind, **fields):
        """The next message of this kind and these fields; others are kept in `seen`."""
        async with asyncio.timeout(30):  # the server's pings never end
            while True:
                message = wire.decode_from_server(await self.socket.receive_str())
                self.seen.append(message)
                if isinstance(message, kind) and all(getattr(message, name) == value for name, value in fields.items()):
                    return message

    async def closed(self):
        """The code with which the server closes."""
        async with asyncio.timeout(30):
            while True:
                message = await self.socket.receive()
                if message.type.name in {"CLOSE", "CLOSED", "CLOSING"}:
                    return self.socket.close_code
                self.seen.append(wire.decode_from_server(message.data))

    async def close(self):
        await self.socket.close()


@dataclass
class World:
    """A running server with its folder."""

    final = staticmethod(final)
    partial = staticmethod(partial)

    client: TestClient
    token: str
    hub: object
    peers: list = field(default_factory=list)

    async def connect(self):
        peer = Peer(await self.client.ws_connect("/ws", protocols=[wire.SUBPROTOCOL]))
        self.peers.append(peer)
        return peer

    async def publisher(
        self, meeting="m1", track=FLOOR, policy=RecordPolicy.ON_RECORD, identity="p1", token=None, title="A meeting"
    ):
        peer = await self.connect()
        await peer.send(
            wire.Hello(
                role=wire.Role.PUBLISHER,
                meeting=meeting,
                token=self.token if token is None else token,
                publisher=identity,
                title=title,
                track=track,
                policy=policy,
            )
        )
        return peer

    async def joined(self, **options):
        peer = await self.publisher(**options)
        await peer.get(wire.Welcome)
        return peer

    async def viewer(self, meeting="m1", epoch="", after=0, **more):
        peer = await self.connect()
        await peer.send(wire.Hello(role=wire.Role.VIEWER, meeting=meeting, epoch=epoch, after=after, **more))
        return peer

    async def publish(self, peer, *updates):
        for update in updates:
            await peer.send(wire.Update(update=update))
        for update in updates:
            if update.status is not CueStatus.PARTIAL:
                await peer.get(wire.Ack, cue=update.cue.id, revision=update.revision)


@pytest.fixture
def viewer_folder(tmp_path):
    folder = tmp_path / "viewer"
    folder.mkdir()
    (folder / "live.html").write_text("<!doctype html><title>live</title>")
    (folder / "viewer.css").write_text("body{}")
    (folder / "main.js").write_text("export {};")
    (folder / "secret.py").write_text("")
    return folder


@pytest.fixture
def config(tmp_path, viewer_folder):
    return ServerConfig(
        data=tmp_path / "data",
        viewer=viewer_folder,
        timing=Timing(ping_s=0.2, silent_s=0.6, hello_s=0.3, close_s=0.5, finish_s=0.3),
    )


@pytest.fixture
def start(config):
    """Start a server on the folder; may be used again after the first has ended."""

    @asynccontextmanager
    async def starting(changed=config):
        app = make_app(
            changed,
            structlog.wrap_logger(structlog.ReturnLogger(), wrapper_class=structlog.make_filtering_bound_logger(0)),
        )
        async with TestClient(TestServer(app)) as client:
            world = World(client, app[TOKEN], app[HUB])
            yield world
            for peer in world.peers:
                await peer.close()

    return starting


@pytest.fixture
async def world(start):
    async with start() as running:
        yield running
