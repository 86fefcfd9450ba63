"""What the canary sends and hears; every frame that came is kept, to be searched."""

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

from captioner.captions import wire

_FRAMES: WeakKeyDictionary[Any, list[bytes]] = WeakKeyDictionary()  # by the socket: an id may come again


def late_frames(socket: Any) -> list[bytes]:
    """Return what came on a socket so far."""
    return _FRAMES.pop(socket, [])


async def send(socket: Any, message: wire.FromClient) -> None:
    """Send a message."""
    await socket.send_str(wire.encode(message))


async def until(socket: Any, *kinds: type, **fields: object) -> Any:
    """Return the next message of these kinds and fields."""
    async with asyncio.timeout(30):
        while True:
            frame = await socket.receive_str()
            _FRAMES.setdefault(socket, []).append(frame.encode())
            message = wire.decode_from_server(frame)
            if isinstance(message, kinds) and all(getattr(message, name) == value for name, value in fields.items()):
                return message


async def asked(request: Any) -> Any:
    """Return the JSON of an answer; RuntimeError when it was refused."""
    async with request as answer:
        if answer.status >= 300:  # noqa: PLR2004 - HTTP
            raise RuntimeError(answer.status, await answer.text())
        return await answer.json()
