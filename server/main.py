"""Starts the server and ends it cleanly. Prints nothing: `on_ready` tells where it listens, stderr has the log."""

import asyncio
import contextlib
import errno
import signal
import sys
from collections.abc import Callable

from aiohttp import web
from structlog.typing import FilteringBoundLogger

from server.app import make_app
from server.config import ServerConfig
from server.errors import EXIT_OK, CannotListen, PortInUse, ServerError
from server.guard import Guard, GuardedRunner
from server.logs import make_logger, take_over

_BACKLOG = 4_096  # connections that wait to be accepted, when a whole hall comes again at once


async def serve(
    config: ServerConfig,
    on_ready: Callable[[str], None],
    stop: asyncio.Event,
    logger: FilteringBoundLogger | None = None,
) -> None:
    """Serve until `stop` is set; then say goodbye, write the archive and return. ServerError when it cannot start."""
    logger = logger or make_logger()
    guard = Guard(config.limits.sockets(allow_connections()), config.proxies, config.timing.head_s, logger)
    runner = GuardedRunner(make_app(config, logger), guard, config.timing.close_s + 1)
    try:
        await runner.setup()
        try:
            await _site(runner, config).start()
            if config.socket is not None:
                config.socket.chmod(0o660)  # the proxy's group
        except OSError as error:
            raise _cannot_listen(config, error) from error
        if config.socket is None:
            port = runner.addresses[0][1]
            logger.info("listening", host=config.host, port=port)
            on_ready(_url(config.host, port))
        else:
            logger.info("listening", socket=True)
            on_ready(f"unix:{config.socket}")
        await stop.wait()
        logger.info("ending")
    finally:
        await runner.cleanup()


def run(config: ServerConfig, on_ready: Callable[[str], None]) -> int:
    """Serve until SIGINT or SIGTERM; return the exit code. ServerError, with its exit code, when it cannot serve.

    A signal that the caller ignores stays ignored.
    """
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(_until_signal(config, on_ready))
    return EXIT_OK


def new_loop() -> asyncio.AbstractEventLoop:
    """Return uvloop's loop where it is installed, else asyncio's own."""
    try:
        import uvloop  # noqa: PLC0415 - not on every system
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def allow_connections() -> int:
    """Raise the soft limit of open files to the hard one: every reader is one. Return what holds then."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return sys.maxsize
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft


def _site(runner: web.AppRunner, config: ServerConfig) -> web.BaseSite:
    if config.socket is not None:
        return web.UnixSite(runner, str(config.socket), backlog=_BACKLOG)
    return web.TCPSite(runner, config.host, config.port, backlog=_BACKLOG)


async def _until_signal(config: ServerConfig, on_ready: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    logger = make_logger()
    take_over(logger, loop)
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:
            continue
        with contextlib.suppress(NotImplementedError):  # not on every system
            loop.add_signal_handler(number, stop.set)
    await serve(config, on_ready, stop, logger)


def _cannot_listen(config: ServerConfig, error: OSError) -> ServerError:
    if config.socket is not None:
        return CannotListen("cannot listen on the Unix socket: name a file in a folder that this user may write")
    place = f"{config.host}:{config.port}"
    if error.errno == errno.EADDRINUSE:
        return PortInUse(f"{place} is in use by another program: end it, or choose another port (0 takes any free one)")
    return CannotListen(f"cannot listen on {place}: choose an address of this machine and a port above 1023")


def _url(host: str, port: int) -> str:
    if host in {"0.0.0.0", "", "::"}:  # noqa: S104 - what is meant is this machine
        host = "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
