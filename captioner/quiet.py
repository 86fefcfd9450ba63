"""A child process's standard error goes into a log file: faults stand there by kind and place, never by their words."""

import logging
import sys
import threading

from captioner.captions.faults import shape


class _Shapes(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        _say(f"{record.levelname} {record.name} {record.filename}:{record.lineno}", error)


def only_shapes() -> None:
    """Keep words out of what the interpreter, its threads and libraries write to standard error."""
    logging.getLogger().handlers[:] = [_Shapes(logging.WARNING)]
    sys.excepthook = lambda _, error, __: _say("process", error)
    threading.excepthook = lambda given: _say(f"thread {given.thread.name if given.thread else '?'}", given.exc_value)


def _say(source: str, error: BaseException | None) -> None:
    lines = () if error is None else shape(error)
    print(source, *lines, sep="\n  ", file=sys.stderr, flush=True)  # noqa: T201 - this is the log
