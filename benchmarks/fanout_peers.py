"""What fan-out is compared with: the usual ways, each a server of its own. Run by benchmarks/fanout.py.

`python -m benchmarks.fanout_peers websockets|aiohttp`. The port is printed; each line of standard input is sent to
every reader.
"""

import asyncio
import resource
import sys
from collections.abc import Awaitable, Callable

Say = Callable[[str], Awaitable[None]]


async def follow(say: Say) -> None:
    """Send every line of standard input."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        await say(line.strip())


async def with_websockets() -> None:
    """`websockets.broadcast`, without compression."""
    from websockets.asyncio.server import ServerConnection, broadcast, serve  # noqa: PLC0415 - one of the two

    readers: set[ServerConnection] = set()

    async def serve_one(socket: ServerConnection) -> None:
        readers.add(socket)
        try:
            await socket.wait_closed()
        finally:
            readers.discard(socket)

    async def say(text: str) -> None:
        broadcast(readers, text)

    async with serve(serve_one, "127.0.0.1", 0, compression=None, ping_interval=None, backlog=4096) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await follow(say)


async def with_aiohttp() -> None:
    """`send_str` to one after the other, as the documentation shows."""
    from aiohttp import web  # noqa: PLC0415 - one of the two

    readers: set[web.WebSocketResponse] = set()

    async def serve_one(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        readers.add(socket)
        try:
            async for _ in socket:
                pass
        finally:
            readers.discard(socket)
        return socket

    async def say(text: str) -> None:
        for socket in list(readers):
            await socket.send_str(text)

    app = web.Application()
    app.add_routes([web.get("/", serve_one)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=4096).start()
    print(runner.addresses[0][1], flush=True)
    await follow(say)


if __name__ == "__main__":
    import uvloop

    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    uvloop.run({"websockets": with_websockets, "aiohttp": with_aiohttp}[sys.argv[1]]())
