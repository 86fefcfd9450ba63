"""A sound server of its own, without a sound card: outputs that can be plugged and unplugged. Linux, PulseAudio."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping  # noqa: TC003 - read by the checker alone, and cheap
from pathlib import Path
from types import TracebackType
from typing import Self

NEEDED = ("pulseaudio", "pactl", "paplay", "parec")


def missing() -> list[str]:
    """Return the programs that are not installed."""
    return [name for name in NEEDED if shutil.which(name) is None]


class SoundServer:
    """PulseAudio with null outputs while entered; `environment` leads programs to it."""

    def __init__(self, *sinks: str, lazy: bool = False) -> None:
        """Name the outputs to begin with; `lazy` ones give nothing for the first two seconds, as null outputs may."""
        self._sinks, self._lazy = sinks, lazy
        self._folder = tempfile.TemporaryDirectory()
        runtime = Path(self._folder.name)
        self.environment: Mapping[str, str] = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_CONFIG_HOME": str(runtime),
            "PULSE_SERVER": f"unix:{runtime}/pulse/native",
        }
        self._modules: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it; RuntimeError where it does not."""
        self._process = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--load=module-native-protocol-unix"],  # noqa: S607 - found in the path
            env=dict(self.environment), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 20
        while self._pactl("info") is None:
            if time.monotonic() > deadline:
                self._process.kill()
                message = "PulseAudio does not start here"
                raise RuntimeError(message)
            time.sleep(0.1)
        for sink in self._sinks:
            self.plug(sink)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def plug(self, sink: str) -> None:
        """Add an output."""
        lively = [] if self._lazy else ["norewinds=1"]  # without it, two seconds are rendered ahead
        self._modules[sink] = self._pactl("load-module", "module-null-sink", f"sink_name={sink}", *lively) or ""

    def unplug(self, sink: str) -> None:
        """Take an output away."""
        self._pactl("unload-module", self._modules.pop(sink))

    def play(self, sink: str, recording: Path) -> subprocess.Popen[bytes]:
        """Play a WAV file on an output."""
        command = ["paplay", f"--device={sink}", str(recording)]
        return subprocess.Popen(command, env=dict(self.environment), stderr=subprocess.DEVNULL)  # noqa: S603 - our own arguments

    def _pactl(self, *arguments: str) -> str | None:
        command = ["pactl", *arguments]
        done = subprocess.run(command, env=dict(self.environment), capture_output=True, text=True, check=False)  # noqa: S603
        return done.stdout.strip() if done.returncode == 0 else None
