"""One output's process: reads the meeting from the server as a reader does, and sends it to one place.

A process of its own, so that a place that is slow or broken never touches the captions themselves. Started by the
supervisor with its settings on standard input, whose end ends it; or by `captioner output`.
"""

import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from captioner import messages
from captioner.captions import wire
from captioner.errors import ExitCode, Failure
from captioner.publish.sinks.addresses import BadAddress
from captioner.publish.sinks.contract import Carrier, OutputHealth, OutputState
from captioner.publish.sinks.cursor import CursorFile, fingerprint
from captioner.publish.sinks.output import Output
from captioner.publish.sinks.settings import OutputSettings, carrier
from captioner.publish.subscribe import Source, Subscription
from captioner.quiet import only_shapes

_LOCK_S = 3.0  # one that was just killed lets go at once
_DRAIN_S = 15.0  # what waits at the end of a meeting still goes out, at the platform's pace


class OutputProcess(msgspec.Struct, frozen=True):
    """All that an output's process needs; travels over its standard input, never in its arguments."""

    name: str
    settings: OutputSettings
    url: str
    """ws://host:port/ws of the server."""
    meeting: str
    data: str
    """Folder of the cursors."""
    token: str = ""

    def __repr__(self) -> str:
        """Name the output alone."""
        return f"OutputProcess({self.name})"


def cursor_path(data: Path, name: str) -> Path:
    """Return the file of an output's place."""
    return data / "outputs" / f"{name}.json"


def run(
    process: OutputProcess, stop: threading.Event, note: Callable[[str], None], watch: Callable[[OutputHealth], None]
) -> OutputHealth:
    """Send until the meeting ends or `stop` is set; return how it went. Failure when the address may not be used."""
    settings = process.settings
    try:
        carried = carrier(settings)
    except BadAddress as error:
        raise Failure(ExitCode.USAGE, f"output {process.name}: {error}", "Correct its address.") from error
    secret = f"{settings.kind}|{settings.url}|{settings.source}"
    path = cursor_path(Path(process.data), process.name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(path.with_suffix(".lock"))
    try:
        lock.acquire(timeout=_LOCK_S)
    except Timeout as error:
        problem = f"output {process.name} is running already"
        raise Failure(ExitCode.USAGE, problem, "End the other one: two would use the same numbers.") from error
    with lock:
        return _send(process, carried, CursorFile(path, fingerprint(secret), process.meeting), stop, note, watch)


def _send(
    process: OutputProcess,
    carried: Carrier,
    file: CursorFile,
    stop: threading.Event,
    note: Callable[[str], None],
    watch: Callable[[OutputHealth], None],
) -> OutputHealth:
    settings = process.settings
    output = Output(
        process.name, settings.kind, carried, file, track=settings.track, language=settings.language,
        hold_ms=round(settings.hold_s * 1000), names=settings.names, watch=watch,
    )  # fmt: skip
    output.start()
    try:
        source = Source(process.url, process.meeting, process.token)
        Subscription(source, output, stop, note, lambda: report(output.health)).run()
    finally:
        if not output.close(drain_s=_DRAIN_S):
            note(f"Output {process.name}: {output.health.waiting} captions could not be sent in time.")
    return msgspec.structs.replace(output.health, state=OutputState.STOPPED)


_WIRE = {
    OutputState.WAITING: wire.OutputState.WAITING,
    OutputState.OK: wire.OutputState.OK,
    OutputState.RETRYING: wire.OutputState.RETRYING,
    OutputState.NOT_STARTED: wire.OutputState.WAITING,
    OutputState.REFUSED: wire.OutputState.FAILED,
    OutputState.STOPPED: wire.OutputState.OFF,
}


def report(health: OutputHealth) -> wire.OutputHealth:
    """Return what the host's console is told."""
    last = health.last_ok_ms or None
    output = wire.Output(health.name, health.kind, _WIRE[health.state], health.sent, health.errors, last)
    return wire.OutputHealth(outputs=(output,))


def describe(health: OutputHealth) -> str:
    """Return a sentence for the host."""
    words = {
        OutputState.WAITING: "waits for captions",
        OutputState.OK: "works",
        OutputState.RETRYING: "fails for now and tries again",
        OutputState.NOT_STARTED: "waits until the meeting there runs",
        OutputState.REFUSED: "is refused: its address or secret must be renewed",
        OutputState.STOPPED: "has ended",
    }
    note = f" ({health.note})" if health.note else ""
    return f"Output {health.name} {words[health.state]}{note}; {health.sent} lines sent."


def main() -> int:
    """Run under the supervisor."""
    only_shapes()
    process = msgspec.json.decode(messages.read_settings(), type=OutputProcess)
    stop = threading.Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the supervisor decides
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def watch_parent() -> None:
        messages.wait_for_end()
        stop.set()

    threading.Thread(target=watch_parent, name="lifeline", daemon=True).start()

    def note(text: str) -> None:
        if text:
            messages.say(messages.Note(text=text))

    try:
        run(process, stop, note, lambda health: messages.say(messages.Sending(health=health)))
    except Failure as failure:
        messages.say(messages.Failed(code=failure.code, problem=failure.problem, remedy=failure.remedy))
        return failure.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
