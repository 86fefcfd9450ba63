"""A desk without a screen: a display server, a message bus, a speech service that says nothing, Orca and Chromium.

Everything runs in a folder and on a bus of its own, so a desk disturbs nobody's; only what it started is ended.
Needs Debian's orca, xvfb, speech-dispatcher, at-spi2-core, dbus, xdotool and chromium.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

PROGRAMS = ("orca", "Xvfb", "speech-dispatcher", "dbus-daemon", "gdbus", "xdotool")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_CHROMIUM = (
    "--no-sandbox",
    "--no-first-run",
    "--force-renderer-accessibility",
    "--disable-gpu",
    "--ozone-platform=x11",
    "--test-type",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,850",
)
_BY_LINE = """
import orca.debug
if orca.debug.debugFile:
    orca.debug.debugFile.reconfigure(line_buffering=True)
"""  # Orca runs this at its start; without it the last lines wait for the next ones
_ATTEMPTS = 3
_WINDOW_S = 60  # for a browser's window; then it is started again
_WAIT_S = 180  # a busy machine starts slowly

T = TypeVar("T")


class NotReady(Exception):
    """A part of the desk did not come up."""


def lacking() -> list[str]:
    """Return the programs that a desk needs and this machine lacks."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    return missing if browser() else [*missing, "chromium"]


def browser() -> str | None:
    """Return the path of a Chromium."""
    return next((path for name in _BROWSERS if (path := shutil.which(name))), None)


class Desk:
    """A context: on entry all but the browser is up; on exit everything is ended and the folder is gone."""

    def __init__(self, *, orca: bool = True) -> None:
        """Say whether a screen reader sits at it."""
        self._orca = orca
        self._home = Path(tempfile.mkdtemp(prefix="desk-"))
        self._debug = self._home / "orca.debug"
        self._started: list[subprocess.Popen[bytes]] = []
        self._shown: subprocess.Popen[bytes] | None = None
        self._browsers = 0
        self.environment = {
            "HOME": str(self._home),
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "XDG_RUNTIME_DIR": str(self._home / "run"),
            "GTK_MODULES": "gail:atk-bridge",
            "GSETTINGS_BACKEND": "memory",
            "LANG": "C.UTF-8",
            "NO_AT_BRIDGE": "0",
        }

    def __enter__(self) -> Self:
        """Start everything but the browser."""
        try:
            self._start_all()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """End what was started, the last one first."""
        self._end()

    def open(self, url: str, title: str, *flags: str) -> None:
        """Show a page, in place of the one before, and give it the keyboard; NotReady when it does not appear."""
        path = browser()
        if path is None:
            raise NotReady(_BROWSERS[0])
        self._leave()
        window: list[str] = []
        for _ in range(_ATTEMPTS):  # now and then a browser comes up without a window
            self._browsers += 1
            profile = f"--user-data-dir={self._home / f'browser{self._browsers}'}"
            self._shown = self._start([path, *_CHROMIUM, *flags, profile, f"--app={url}"])
            deadline = time.monotonic() + _WINDOW_S
            while not window and time.monotonic() < deadline:
                window = self._ask("xdotool", "search", "--onlyvisible", "--name", title).split()[-1:]
                time.sleep(0.2)
            if window:
                break
            self._leave()
        else:
            msg = "the browser showed no window"
            raise NotReady(msg)
        self._ask("xdotool", "windowfocus", window[0])
        self.press("Tab")

    def _leave(self) -> None:
        if self._shown:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._shown.pid, signal.SIGKILL)
            self._shown.wait()
            self._started.remove(self._shown)
            self._shown = None

    def write(self, text: str) -> None:
        """Type a text, as fast as people type."""
        self._ask("xdotool", "type", "--delay", "50", text)

    def press(self, key: str) -> None:
        """Press a key, as xdotool names it."""
        self._ask("xdotool", "key", key)

    def heard(self) -> str:
        """Return all that Orca has written so far about what it says and shows."""
        return self._debug.read_text(encoding="utf-8", errors="replace") if self._debug.exists() else ""

    def since(self, at: int) -> bytes:
        """Return what Orca has written after that many bytes: of a long day only the end."""
        if not self._debug.exists():
            return b""
        with self._debug.open("rb") as debug:
            debug.seek(at)
            return debug.read()

    def _start_all(self) -> None:
        (self._home / "run").mkdir(mode=0o700)
        speech = self._home / ".config" / "speech-dispatcher"
        speech.mkdir(parents=True)
        text = 'DefaultModule dummy\nAddModule "dummy" "sd_dummy" ""\n'
        (speech / "speechd.conf").write_text(text)
        own = self._home / ".local" / "share" / "orca"
        own.mkdir(parents=True)
        (own / "orca-customizations.py").write_text(_BY_LINE)
        self.environment["DISPLAY"] = self._display()
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._bus()
        for name in ("IsEnabled", "ScreenReaderEnabled"):
            place = ("--session", "--dest", "org.a11y.Bus", "--object-path", "/org/a11y/bus")
            setter = ("--method", "org.freedesktop.DBus.Properties.Set", "org.a11y.Status", name, "<true>")
            self._until(partial(self._ask, "gdbus", "call", *place, *setter))
        if self._orca:
            self._start(["orca", f"--debug-file={self._debug}"])
            self._until(lambda: "SPEECH OUTPUT" in self.heard())

    def _display(self) -> str:
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
        self._start(command, pass_fds=(write,))
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        if not number:
            msg = "Xvfb"
            raise NotReady(msg)
        return f":{number}"

    def _bus(self) -> str:
        bus = self._start(["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE)
        address = bus.stdout.readline().decode().strip() if bus.stdout else ""
        if not address:
            msg = "dbus-daemon"
            raise NotReady(msg)
        return address

    def _start(
        self, command: list[str], stdout: int = subprocess.DEVNULL, pass_fds: tuple[int, ...] = ()
    ) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(  # noqa: S603 - our own words
            command, env=self.environment, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.DEVNULL,
            pass_fds=pass_fds, start_new_session=True,
        )  # fmt: skip
        self._started.append(process)
        return process

    def _ask(self, *command: str) -> str:
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
        return done.stdout if done.returncode == 0 else ""

    def _until(self, what: Callable[[], T]) -> T:
        deadline = time.monotonic() + _WAIT_S
        while not (found := what()):
            if time.monotonic() > deadline:
                msg = "a part of the desk did not come up"
                raise NotReady(msg)
            time.sleep(0.2)
        return found

    def _end(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):  # each leads a process group of its own
            for process in reversed(self._started):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, number)
            deadline = time.monotonic() + 3
            for process in self._started:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.1, deadline - time.monotonic()))
        for process in self._started:
            if process.stdout:
                process.stdout.close()
        shutil.rmtree(self._home, ignore_errors=True)
