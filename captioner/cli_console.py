"""`captioner console`: the host's side of a meeting in a terminal, drawn, or line by line for a screen reader."""

import contextlib
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from captioner.captions import wire
from captioner.config import default_data
from captioner.desk_commands import HELP, KEYS, Order, order
from captioner.desk_picture import picture
from captioner.desk_state import DeskState
from captioner.host_api import HostApi
from captioner.publish.desk import Desk
from server.tokens import host_token

_TICK_S = 0.25


def console(
    meeting: Annotated[str, typer.Argument(help="The meeting's id.")],
    url: Annotated[str, typer.Option("--url", help="Where the server is.")] = "http://127.0.0.1:8080",
    data: Annotated[Path | None, typer.Option("--data", help="Folder of the log and the archive.")] = None,
    plain: Annotated[bool, typer.Option("--plain", help="Lines and typed commands; reads well aloud.")] = False,  # noqa: FBT002
) -> None:
    """Pause, end, switch the record, name who speaks, and see what readers say."""
    token = host_token((data or default_data()).expanduser())
    desk = Desk(url.replace("http", "ws", 1).rstrip("/") + "/ws", token, meeting)
    names = {str(one["key"]): str(one["name"]) for one in HostApi(url, token).roster(meeting) if one.get("key")}
    desk.start()
    try:
        if plain or not sys.stdout.isatty():
            Terminal(desk, names, lambda text: print(text, flush=True)).lines()  # noqa: T201 - a terminal's output
        else:
            Terminal(desk, names, lambda _: None).drawn()
    except KeyboardInterrupt:
        pass
    finally:
        desk.close()


class Terminal:
    """The desk's messages and the host's commands, brought together in one thread."""

    def __init__(self, desk: Desk, names: dict[str, str], tell: Callable[[str], None]) -> None:
        """Take the connection, the roster by hot key, and where lines go."""
        self.state = DeskState()
        self._desk, self._names, self._tell = desk, names, tell
        self._typed: queue.Queue[str | None] = queue.Queue(1_000)
        self._zero = time.monotonic()
        self._asked: Order | None = None
        self._note = ""

    def lines(self) -> None:
        """Print lines, read commands a line each; the end of input leaves."""
        self._tell(f"Commands: {HELP}")
        threading.Thread(target=self._read_lines, name="commands", daemon=True).start()
        while self._step(lambda line: line):
            pass

    def drawn(self) -> None:
        """Draw, and take single keys."""
        console = Console()
        with _keys(self._typed), Live(console=console, screen=True, auto_refresh=False) as live:
            while self._step(lambda key: KEYS.get(key, key)):
                live.update(picture(self.state, self._names, self._note, console), refresh=True)

    def _step(self, meaning: Callable[[str], str]) -> bool:
        """Take what has come; False when the host leaves or the server refuses."""
        with contextlib.suppress(queue.Empty):
            message = self._desk.inbox.get(timeout=_TICK_S)
            while True:
                self._hear(message)
                message = self._desk.inbox.get_nowait()
        with contextlib.suppress(queue.Empty):
            while True:
                typed = self._typed.get_nowait()
                if typed is None or not self._obey(meaning(typed)):
                    return False
        return not self.state.refusal

    def _hear(self, message: wire.FromServer | None) -> None:
        if message is None:
            self._say("The server does not answer. Trying again.")
            return
        if isinstance(message, wire.Welcome):
            self._zero = time.monotonic() - message.now_ms / 1000
        for line in self.state.take(message):
            self._tell(line)
        self._desk.cursor = self.state.cursor

    def _obey(self, line: str) -> bool:
        asked, self._asked = self._asked, None
        if asked is not None:
            if line.strip().lower() in {"y", "yes"}:
                self._send(asked)
            else:
                self._say("Left as it is.")
            return True
        track = next(iter(self.state.captioners), "floor")
        now = round((time.monotonic() - self._zero) * 1000)
        wanted = order(line, self.state, self._names, max(now, 0), track)
        if wanted.question:
            self._asked = wanted
            self._say(f"{wanted.question} Answer y or n.")
        elif wanted.messages:
            self._send(wanted)
        else:
            self._say(wanted.told)
        return not wanted.leave

    def _send(self, wanted: Order) -> None:
        sent = all(self._desk.send(message) for message in wanted.messages)
        self._say(wanted.told if sent else "Not connected: nothing was sent.")

    def _say(self, text: str) -> None:
        self._note = text
        if text:
            self._tell(text)

    def _read_lines(self) -> None:
        for line in sys.stdin:
            self._typed.put(line)
        self._typed.put(None)


@contextlib.contextmanager
def _keys(typed: "queue.Queue[str | None]") -> Iterator[None]:
    """Put single keys on the queue, and leave the terminal as it was."""
    stop = threading.Event()
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - only there

        def read() -> None:
            while not stop.is_set():
                if msvcrt.kbhit():
                    typed.put(msvcrt.getwch())
                time.sleep(0.05)

        threading.Thread(target=read, name="keys", daemon=True).start()
        yield
        stop.set()
        return
    import select  # noqa: PLC0415 - not on Windows
    import termios  # noqa: PLC0415
    import tty  # noqa: PLC0415

    before = termios.tcgetattr(sys.stdin)

    def listen() -> None:
        while not stop.is_set():
            if select.select([sys.stdin], [], [], 0.2)[0]:
                typed.put(sys.stdin.read(1) or None)

    try:
        tty.setcbreak(sys.stdin.fileno())
        threading.Thread(target=listen, name="keys", daemon=True).start()
        yield
    finally:
        stop.set()
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
