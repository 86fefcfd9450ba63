"""The supervisor: server and pipeline as two processes, each started again when it dies.

`Restarts` decides (pure); `Supervisor` acts. The server keeps its port, the pipeline its meeting, so readers stay or
come back by themselves, and the captions go on.
"""

import queue
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Protocol

import msgspec

from captioner import messages
from captioner.child import Child, Exited, Report
from captioner.config import PipelineSettings, ServerSettings
from captioner.errors import ExitCode, Failure
from captioner.output import OutputProcess, describe
from captioner.pipeline import resumed

_START_S = 30.0
_SEND_S = 20.0  # an output drains for 15 s
_FINISH_S = 90.0  # a slow machine may have half a minute of speech to catch up with
_LASTING = frozenset(ExitCode) - {ExitCode.INTERNAL}


@dataclass(slots=True)
class Restarts:
    """How often something may die: a fault that comes back at once is not mended by starting again."""

    most: int = 5
    within_s: float = 60.0
    times: list[float] = field(default_factory=list)

    def again(self, now: float) -> float | None:
        """Return after how many seconds to start again, or None to give up."""
        self.times = [t for t in self.times if now - t < self.within_s] + [now]
        if len(self.times) > self.most:
            return None
        return float(0.1 * 2.0 ** (len(self.times) - 1))


def _worth_another(failed: messages.Failed, started: messages.Started | None) -> bool:
    """A microphone that was lost in mid-meeting may come back; most other failures stay."""
    return failed.code not in _LASTING or (failed.code == ExitCode.DEVICE and started is not None)


class Display(Protocol):
    """What the host sees."""

    def serving(self, url: str, meeting: str) -> None:
        """The address is known."""

    def started(self, total_ms: int | None) -> None:
        """Audio is heard; `total_ms` None for a microphone."""

    def progress(self, progress: messages.Progress) -> None:
        """A few times a second."""

    def shown(self, shown: messages.Shown) -> None:
        """A caption, partial or final."""

    def note(self, text: str) -> None:
        """Something to know, such as a restart."""


class Supervisor:
    """Runs one server and, one after another, the pipelines of meetings."""

    def __init__(self, server: ServerSettings, display: Display) -> None:
        """Prepare; nothing is started."""
        self._settings = server
        self._display = display
        self._reports: queue.Queue[Report] = queue.Queue()
        self._server: Child | None = None
        self._pipeline: Child | None = None
        self._server_restarts = Restarts()
        self._outputs: dict[str, tuple[Child | None, OutputProcess, Restarts]] = {}
        self.url = ""

    def start_server(self) -> str:
        """Start the server and return its address; Failure when it cannot."""
        self._spawn_server()
        deadline = time.monotonic() + _START_S
        while not self.url:
            self._step(max(0.0, deadline - time.monotonic()))
            if not self.url and time.monotonic() >= deadline:
                raise Failure(
                    ExitCode.SERVER, "the caption server did not start", "Look into server.log in the data folder."
                )
        return self.url

    def start_output(self, output: OutputProcess) -> None:
        """Start sending a meeting to a place. What becomes of it never ends the captions; the display is told."""
        self._outputs[output.name] = (self._spawn_output(output), output, Restarts())

    def stop_outputs(self, *, ended: bool) -> None:
        """Let every output send what waits, and end; where the meeting has `ended` they do so by themselves."""
        outputs, self._outputs = self._outputs, {}
        children = [child for child, _, _ in outputs.values() if child is not None]
        deadline = time.monotonic() + (_SEND_S if ended else 0.0)
        while time.monotonic() < deadline and any(child.running for child in children):
            time.sleep(0.05)
        for child in children:
            child.finish()
        for child in children:
            child.stop(_SEND_S)

    def caption(self, settings: PipelineSettings) -> messages.Done:
        """Run one meeting's pipeline to its end; Failure when it cannot go on. KeyboardInterrupt passes through."""
        restarts = Restarts()
        started: messages.Started | None = None
        failed: messages.Failed | None = None
        self._display.serving(self.url, settings.meeting.id)
        self._spawn_pipeline(settings)
        while True:
            match self._step(None):
                case messages.Started() as message:
                    started = message
                    self._display.started(message.total_ms)
                case messages.Progress() as message:
                    self._display.progress(message)
                case messages.Shown() as message:
                    self._display.shown(message)
                case messages.Note(text=text):
                    self._display.note(text)
                case messages.Failed() as message:
                    failed = message
                case messages.Done() as message:
                    self._end_pipeline()
                    return message
                case Exited(code=code):
                    self._again(code, restarts, failed, settings, started)
                    failed = None
                case None:
                    pass

    def _again(
        self,
        code: int,
        restarts: Restarts,
        failed: messages.Failed | None,
        settings: PipelineSettings,
        started: messages.Started | None,
    ) -> None:
        """Start the pipeline again after it stopped, or raise the Failure that another start would meet again."""
        self._pipeline = None
        delay = restarts.again(time.monotonic())
        if failed is not None and (delay is None or not _worth_another(failed, started)):
            raise Failure(ExitCode(failed.code), failed.problem, failed.remedy)
        if delay is None:
            problem = f"the captioner died again and again (exit {code})"
            raise Failure(ExitCode.INTERNAL, problem, "Run: captioner doctor")
        self._display.note("The captioner stopped. Starting it again; captions go on.")
        time.sleep(delay)
        self._spawn_pipeline(resumed(settings, started))

    def finish(self) -> messages.Done | None:
        """End the pipeline in order, as after Ctrl-C; return what it says last, None when there was nothing to end."""
        if self._pipeline is None:
            return None
        self._pipeline.finish()
        deadline = time.monotonic() + _FINISH_S
        while time.monotonic() < deadline:
            match self._step(max(0.0, deadline - time.monotonic())):
                case messages.Done() as message:
                    self._end_pipeline()
                    return message
                case messages.Shown() as message:
                    self._display.shown(message)
                case messages.Failed() as message:
                    self._end_pipeline()
                    raise Failure(ExitCode(message.code), message.problem, message.remedy)
                case Exited():
                    self._pipeline = None
                    return None
                case _:
                    pass
        return None

    def wait(self) -> None:
        """Go on serving until interrupted."""
        while True:
            self._step(None)

    def stop(self) -> None:
        """Stop everything; the server writes what it has to write."""
        self._end_pipeline()
        self.stop_outputs(ended=False)
        if self._server is not None:
            server, self._server = self._server, None
            server.stop(20)

    def _end_pipeline(self) -> None:
        if self._pipeline is not None:
            pipeline, self._pipeline = self._pipeline, None
            pipeline.stop(20)

    def _spawn_server(self) -> None:
        line = msgspec.json.encode(self._settings)
        self._server = Child("server", ["captioner.serve", "--supervised"], line, self._reports, self._log("server"))

    def _log(self, name: str) -> Path:
        """Return the file for a child's log; it never holds captions, names or tokens."""
        return Path(self._settings.data) / f"{name}.log"

    def _spawn_pipeline(self, settings: PipelineSettings) -> None:
        self._pipeline = Child(
            "pipeline", ["captioner.pipeline"], msgspec.json.encode(settings), self._reports, self._log("pipeline")
        )

    def _spawn_output(self, output: OutputProcess) -> Child:
        name = f"output-{output.name}"
        return Child(name, ["captioner.output"], msgspec.json.encode(output), self._reports, self._log(name))

    def _output_reports(self, name: str, message: messages.Message | Exited) -> None:
        """Tell the host how an output is; start it again when it died."""
        known = self._outputs.get(name.removeprefix("output-"))
        if known is None:
            return
        _, output, restarts = known
        match message:
            case messages.Sending(health=health):
                self._display.note(describe(health))
            case messages.Note(text=text):
                self._display.note(text)
            case messages.Failed(problem=problem, remedy=remedy):
                self._outputs[output.name] = (None, output, restarts)
                self._display.note(f"{problem} {remedy}")
            case Exited(code=code) if code and known[0] is not None:
                delay = restarts.again(time.monotonic())
                if delay is None:
                    self._display.note(f"Output {output.name} died again and again; captions go on without it.")
                    self._outputs[output.name] = (None, output, restarts)
                    return
                time.sleep(delay)
                self._outputs[output.name] = (self._spawn_output(output), output, restarts)
            case _:
                pass

    def _step(self, timeout: float | None) -> messages.Message | Exited | None:
        """Take one report; care for the server; return what the pipeline says."""
        try:
            name, message = self._reports.get(timeout=3600 if timeout is None else timeout)
        except queue.Empty:
            return None
        if name.startswith("output-"):
            self._output_reports(name, message)
            return None
        if name == "pipeline":
            return message if self._pipeline is not None else None
        match message:
            case messages.Ready(url=url):
                self.url = url
                port = int(url.rstrip("/").rsplit(":", 1)[1])
                self._settings = msgspec.structs.replace(self._settings, port=port)
            case messages.Failed(code=code, problem=problem, remedy=remedy):
                raise Failure(ExitCode(code), problem, remedy)
            case Exited(code=code) if self._server is not None:
                delay = self._server_restarts.again(time.monotonic())
                if delay is None or not self.url:
                    raise Failure(
                        ExitCode.SERVER,
                        f"the caption server died (exit {code})",
                        "What was stored is kept; start it again.",
                    )
                self._display.note("The server died. Starting it again; nothing stored is lost.")
                time.sleep(delay)
                self._spawn_server()
            case _:
                pass
        return None


def interruptible() -> None:
    """Make SIGTERM end in order, as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, interrupt)
