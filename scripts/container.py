"""Build the container's image and see that it works: `make container`.

    python -m scripts.container [--engine "podman"] [--build OPTION]... [--run OPTION]... [--keep]

Needs podman or docker. The image is built; it runs with a root that cannot be written and without a network, a
captioner speaks in it, the server is stopped as an engine stops it, is started again, and still has the meeting. Exit
codes: 0 all holds; 1 something does not; 3 no engine is here. Machines that need more say it: `--build=--volume=...`
for the certificates of a mirror, `--run=--ulimit=nofile=1024:1024`.
"""

import argparse
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

ROOT = Path(__file__).parent.parent
HOLDS, FAILS, NO_ENGINE = 0, 1, 3
NAME = "captioner-check"
CLIENT = Path(__file__).with_name("in_container.py")
READY = ("python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/readyz', timeout=4)")
_STARTS_S = 60
_STOPS_S = 30  # as deploy/compose.yaml and the systemd unit allow
_BUILDS_S = 3600


class Failed(Exception):
    """Something does not hold."""

    def __init__(self, what: str, seen: object) -> None:
        """Say what, and what was seen instead."""
        super().__init__(f"{what}: {seen}")


class Health(msgspec.Struct, rename="pascal"):
    """Of an image: how it is asked whether it is ready."""

    test: tuple[str, ...] = ()


class Settings(msgspec.Struct, rename="pascal"):
    """Of an image: how it runs."""

    user: str = ""
    volumes: dict[str, object] = {}
    healthcheck: Health | None = None


class Image(msgspec.Struct, rename="pascal"):
    """What `inspect` tells of an image."""

    size: int
    config: Settings
    healthcheck: Health | None = None  # podman has it here


class Check:
    """One run of it."""

    def __init__(self, engine: str, run: Sequence[str] = (), say: Callable[[str], object] = print) -> None:
        """Prepare."""
        self._engine, self._options, self._say = shlex.split(engine), run, say

    def ask(self, *words: str, fed: bytes = b"", within: float = 300) -> "subprocess.CompletedProcess[bytes]":
        """Run the engine."""
        return subprocess.run(  # noqa: S603 - the engine that was named
            [*self._engine, *words], input=fed, capture_output=True, check=False, timeout=within, cwd=ROOT
        )

    def must(self, what: str, *words: str, fed: bytes = b"", within: float = 300) -> bytes:
        """Run the engine, which must not fail."""
        done = self.ask(*words, fed=fed, within=within)
        if done.returncode:
            told = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
            problem = f"{what}: exit code {done.returncode}"
            raise Failed(problem, "\n".join(told[-20:]))
        self._say(f"ok: {what}")
        return done.stdout

    def built(self, options: Sequence[str]) -> None:
        """Build the image, and look at what it says of itself."""
        kind = ("--format", "docker") if "docker" not in self._engine[0] else ()
        wanted = ("-f", "deploy/Containerfile", "-t", NAME, ".")
        self.must("the image is built", "build", *kind, *options, *wanted, within=_BUILDS_S)
        seen = self.must("the image can be looked at", "image", "inspect", NAME)
        image = msgspec.json.decode(seen, type=list[Image])[0]
        health = image.config.healthcheck or image.healthcheck or Health()
        if health.test != ("CMD", *READY):
            what = "the health check is"
            raise Failed(what, health.test)
        if image.config.user != "10001:10001" or list(image.config.volumes) != ["/var/lib/captioner"]:
            what = "user and volumes are"
            raise Failed(what, (image.config.user, list(image.config.volumes)))
        self._say(f"ok: {image.size / 1e6:.0f} MB, a health check, no root")

    def started(self) -> None:
        """Start a container, and wait until its health check is content."""
        self.must(
            "it starts", "run", "-d", "--name", NAME, "--read-only", "--tmpfs", "/tmp", "--network", "none",  # noqa: S108 - its own
            "--cap-drop", "all", "--security-opt", "no-new-privileges", "-v", f"{NAME}:/var/lib/captioner",
            *self._options, NAME,
        )  # fmt: skip
        until = time.monotonic() + _STARTS_S
        while self.ask("exec", NAME, *READY).returncode:
            if time.monotonic() > until:
                what = "it is not ready"
                raise Failed(what, self.logged())
            time.sleep(0.5)
        self._say("ok: the health check is content")

    def client(self, word: str, what: str) -> None:
        """Run the client in the container."""
        self.must(what, "exec", "-i", NAME, "python", "-", word, fed=CLIENT.read_bytes())

    def logged(self) -> str:
        """Return the end of the container's log."""
        done = self.ask("logs", NAME)
        return (done.stdout + done.stderr).decode(errors="replace")[-2000:]

    def stopped(self) -> None:
        """Stop it as an engine does (SIGTERM), and look how it ended."""
        self.must("it takes SIGTERM", "stop", "-t", str(_STOPS_S), NAME)
        code = self.must("its end is known", "inspect", "--format", "{{.State.ExitCode}}", NAME).decode().strip()
        if code != "0" or '"ending"' not in self.logged():
            what = f"it ended with {code}"
            raise Failed(what, self.logged())
        self._say("ok: it said goodbye and ended with 0")
        self.must("it is removed", "rm", NAME)

    def cleared(self, *, image: bool) -> None:
        """Leave nothing behind."""
        self.ask("rm", "-f", NAME)
        self.ask("volume", "rm", NAME)
        if image:
            self.ask("rmi", NAME)


def main(arguments: Sequence[str]) -> int:
    """Do all of it; return the exit code."""
    parser = argparse.ArgumentParser(description="Build the container's image and see that it works.")
    parser.add_argument("--engine", default=next(filter(shutil.which, ("podman", "docker")), ""))
    parser.add_argument("--build", action="append", default=[], metavar="OPTION")
    parser.add_argument("--run", action="append", default=[], metavar="OPTION")
    parser.add_argument("--keep", action="store_true", help="leave the image")
    asked = parser.parse_args(arguments)
    if not asked.engine:
        print("Neither podman nor docker is here: nothing was checked.")
        return NO_ENGINE
    check = Check(asked.engine, asked.run)
    check.cleared(image=False)
    try:
        check.built(asked.build)
        check.started()
        check.client("say", "a captioner spoke, and only the data folder can be written")
        check.client("kept", "the archive has what was said")
        check.stopped()
        check.started()
        check.client("kept", "the archive has it after a new start")
        check.stopped()
    except (Failed, subprocess.TimeoutExpired) as error:
        print(f"FAILED: {error}")
        return FAILS
    finally:
        check.cleared(image=not asked.keep)
    return HOLDS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
