"""The server's log: JSON lines on stderr, without captions, names, tokens or addresses, whoever writes them.

Exceptions stand there by kind and place. Their words stand there only where they are our own advice, or the system's
about a file: what a library says of a fault may repeat what it was given.
"""

import asyncio
import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import FilteringBoundLogger

from captioner.captions.faults import shape
from server.errors import ServerError

_Entry = MutableMapping[str, Any]


def make_logger() -> FilteringBoundLogger:
    """Return a logger that writes JSON lines to stderr."""
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_words,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    return logger


def take_over(logger: FilteringBoundLogger, loop: asyncio.AbstractEventLoop) -> None:
    """Let libraries, the event loop and the interpreter write into the log too, without their words."""
    root = logging.getLogger()
    root.handlers[:] = [_Libraries(logger)]
    loop.set_exception_handler(lambda _, context: _fault(logger, "event loop", context.get("exception")))
    sys.excepthook = lambda _, error, __: _fault(logger, "process", error)


class _Libraries(logging.Handler):
    """Passes on that a library has something to say, and where."""

    def __init__(self, logger: FilteringBoundLogger) -> None:
        super().__init__(logging.WARNING)
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        _fault(self._logger, f"{record.name} {record.filename}:{record.lineno}", error)


def _fault(logger: FilteringBoundLogger, source: str, error: BaseException | None) -> None:
    logger.error("library", source=source, exc_info=error or False)


def _without_words(_: object, __: str, entry: _Entry) -> _Entry:
    """Put an exception's shape, and advice where it is ours, in the place of its text."""
    given = entry.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        entry["fault"] = shape(error)
        if isinstance(error, ServerError):
            entry["problem"] = str(error)
        elif isinstance(error, OSError) and error.strerror:
            entry["problem"] = error.strerror
    return entry
