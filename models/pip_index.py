"""Find wheels through the user's own pip: its index, mirrors, certificates, proxies and credentials are honoured."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from models.catalogue import Wheel
from models.errors import SourceFailed

Run = Callable[[Sequence[str]], subprocess.CompletedProcess[bytes]]
"""Runs a command to its end and returns its exit code, output and error output."""


class _DownloadInfo(msgspec.Struct, frozen=True):
    url: str


class _Item(msgspec.Struct, frozen=True):
    download_info: _DownloadInfo


class _Report(msgspec.Struct, frozen=True):
    """What we need of pip's installation report (PyPA, "Installation Report", version 1)."""

    install: list[_Item]


class PipIndex:
    """The package index as pip sees it."""

    def __init__(self, pip: Sequence[str] | None, run: Run) -> None:
        """Take the command that is pip (None: there is none) and the way to run it."""
        self._pip = pip
        self._run = run

    def locate(self, wheel: Wheel, unused: Path) -> str:
        """Return the wheel's address; nothing is installed.

        `unused` names a folder for pip's `--target`, so that pip does not mind if its own environment is protected.

        Raises:
            SourceFailed: no pip, no such wheel, or no connection.

        """
        options = ("--dry-run", "--report", "-", "--no-deps", "--ignore-installed", "--only-binary", ":all:")
        found = self._call(wheel, "install", *options, "--target", str(unused), *_machine(wheel))
        try:
            report = msgspec.json.decode(found, type=_Report)
        except msgspec.MsgspecError as error:
            raise SourceFailed(_source(wheel), "pip's report cannot be read", "Update pip (22.2 or newer).") from error
        if not report.install:
            raise SourceFailed(_source(wheel), "pip found no such package")
        return report.install[0].download_info.url

    def download(self, wheel: Wheel, folder: Path) -> Path:
        """Let pip itself download the wheel: slower to show, not continued, but it can do all that pip can.

        Raises:
            SourceFailed: pip could not.

        """
        options = ("--no-deps", "--no-cache-dir", "--only-binary", ":all:", "--dest", str(folder))
        self._call(wheel, "download", *options, *_machine(wheel))
        found = sorted(folder.glob(f"{wheel.project.replace('-', '_')}-{wheel.version}-*.whl"))
        if not found:
            raise SourceFailed(_source(wheel), "pip downloaded nothing")
        return found[0]

    def _call(self, wheel: Wheel, verb: str, *options: str) -> bytes:
        if self._pip is None:
            raise SourceFailed(_source(wheel), "there is no pip", "Run `python -m ensurepip` in this environment.")
        command = [*self._pip, verb, "--quiet", "--no-input", "--retries", "2", *options]
        ended = self._run([*command, f"{wheel.project}=={wheel.version}"])
        if ended.returncode != 0:
            raise SourceFailed(_source(wheel), f"pip says: {_last_error(ended.stderr)}")
        return ended.stdout


def _machine(wheel: Wheel) -> Sequence[str]:
    """Return the options that ask for the wheel of another machine than this one, where the catalogue names it."""
    python = ("--implementation", "cp", "--python-version", wheel.python) if wheel.python else ()
    return (*python, "--platform", wheel.platform) if wheel.platform else python


def _source(wheel: Wheel) -> str:
    return f"package {wheel.project} {wheel.version}"


def _last_error(output: bytes) -> str:
    """Return the line of pip's error output that says why."""
    lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["nothing"])[-1].rstrip(".")
