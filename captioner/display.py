"""What the host sees in the terminal: a live display, plain lines that a screen reader can read, or JSON."""

import contextlib
import sys
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self, TextIO

import msgspec
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from captioner import messages


def clock(ms: int) -> str:
    """Return h:mm:ss."""
    seconds = ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def seconds(ms: int | None) -> str:
    """Return a time for reading, as "0.9 s"."""
    return "an unknown time" if ms is None else f"{ms / 1000:.1f} s"


@contextlib.contextmanager
def progress_bar(label: str, *, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal, to be moved by (done, total); nothing elsewhere."""
    with Progress(disable=not shown or not sys.stdout.isatty()) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def live_address(url: str, meeting: str) -> str:
    """Return the viewer's address."""
    return f"{url.rstrip('/')}/live/{meeting}"


class PlainDisplay:
    """One line for each finished caption and each notice; no cursor movements, no colours."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        """Write to `out`."""
        self._out = out
        self._behind = self._full = False

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to restore."""

    def _line(self, text: str) -> None:
        print(text, file=self._out, flush=True)

    def serving(self, url: str, meeting: str) -> None:
        """Say where to read."""
        self._line(f"Captions: {live_address(url, meeting)}")

    def started(self, total_ms: int | None) -> None:
        """Say that it listens."""
        self._line("Listening." if total_ms is None else f"Playing {clock(total_ms)} of audio.")

    def progress(self, progress: messages.Progress) -> None:
        """Speak only when captions fall behind or catch up, and when the disk is full or has room again."""
        behind = progress.behind_ms > 5000  # noqa: PLR2004 - as readers are told
        if behind != self._behind:
            self._behind = behind
            self._line("Captions are more than 5 seconds behind." if behind else "Captions have caught up.")
        if progress.storage_full != self._full:
            self._full = progress.storage_full
            self._line(
                "The disk is full: captions wait in memory. Make room on it now."
                if self._full
                else "The disk takes captions again."
            )

    def shown(self, shown: messages.Shown) -> None:
        """Print finals."""
        if shown.final:
            self._line(f"{clock(shown.start_ms)} {shown.text}")

    def note(self, text: str) -> None:
        """Print a notice."""
        self._line(text)


class JsonDisplay(PlainDisplay):
    """The children's messages as JSON lines."""

    def _json(self, kind: str, **fields: object) -> None:
        self._line(msgspec.json.encode({"event": kind, **fields}).decode())

    def serving(self, url: str, meeting: str) -> None:
        """Address."""
        self._json("serving", url=live_address(url, meeting), meeting=meeting)

    def started(self, total_ms: int | None) -> None:
        """Audio began."""
        self._json("started", total_ms=total_ms)

    def progress(self, progress: messages.Progress) -> None:
        """Audio heard and lag."""
        fields = msgspec.structs.asdict(progress)
        self._json("progress", **fields)

    def shown(self, shown: messages.Shown) -> None:
        """Finals only: partials are for --events."""
        if shown.final:
            self._json("caption", start_ms=shown.start_ms, text=shown.text)

    def note(self, text: str) -> None:
        """Notice."""
        self._json("note", text=text)


class RichDisplay:
    """A few lines that are renewed in place: progress, the last captions, the open one."""

    def __init__(self) -> None:
        """Prepare; drawn between enter and exit."""
        self._console = Console()
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[position]}"), TimeElapsedColumn(),
            TextColumn("{task.fields[state]}"), console=self._console,
        )  # fmt: skip
        self._task: TaskID | None = None
        self._total: int | None = None
        self._finals: deque[str] = deque(maxlen=4)
        self._open = ""
        self._head = Text()
        self._live = Live(console=self._console, refresh_per_second=4, transient=False)

    def __enter__(self) -> Self:
        """Begin drawing."""
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the last picture."""
        self._live.__exit__(kind, error, trace)

    def serving(self, url: str, meeting: str) -> None:
        """Show the address."""
        self._head = Text.assemble(
            "Captions: ", (live_address(url, meeting), "bold underline"), "   Ctrl-C ends in order"
        )
        self._draw()

    def started(self, total_ms: int | None) -> None:
        """Start the bar."""
        self._total = total_ms
        if self._task is None:
            self._task = self._bar.add_task("Audio", total=total_ms, position="", state="")

    def progress(self, progress: messages.Progress) -> None:
        """Move the bar."""
        if self._task is None:
            return
        of = "" if self._total is None else f" of {clock(self._total)}"
        state = (
            "disk full: captions wait" if progress.storage_full else f"{progress.behind_ms / 1000:.1f} s to recognise"
        )
        self._bar.update(self._task, completed=progress.audio_ms, position=clock(progress.audio_ms) + of, state=state)
        self._draw()

    def shown(self, shown: messages.Shown) -> None:
        """Show the caption."""
        if shown.final:
            self._finals.append(f"{clock(shown.start_ms)}  {shown.text}")
            self._open = ""
        else:
            self._open = shown.text
        self._draw()

    def note(self, text: str) -> None:
        """Print above the picture."""
        self._live.console.print(Text(text))

    def _draw(self) -> None:
        lines = [Text(line) for line in self._finals]
        self._live.update(Group(self._head, self._bar, *lines, Text(self._open, style="italic")))


def choose(*, plain: bool, as_json: bool) -> PlainDisplay | RichDisplay:
    """Return the display that fits: JSON if asked, plain if asked or where there is no terminal."""
    if as_json:
        return JsonDisplay()
    if plain or not sys.stdout.isatty():
        return PlainDisplay()
    return RichDisplay()
