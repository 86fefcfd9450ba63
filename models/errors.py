"""What can go wrong with models.

ModelError                 `remedy` says what to do
├── CatalogueError         the catalogue itself is wrong: a defect of this program
├── UnknownModel           no model of that name in the catalogue
├── ModelMissing           it was never fetched, or a file of it is gone
├── ModelDamaged           a file on disk has not the pinned hash
├── ModelUnavailable       every source failed; `failures` has the reason of each
├── SourceFailed           one source failed
│   ├── AccessRefused      the server wants credentials or a certificate that we lack
│   └── WrongContent       what came has not the pinned size or hash
├── DiskFull               no room for the model
├── StoreUnusable          the folder of the models cannot be written
└── ModelBusy              another process is fetching or removing it
"""

from collections.abc import Sequence
from pathlib import Path


class ModelError(Exception):
    """Any failure of this package; `str(error)` holds the cause and the remedy."""

    def __init__(self, cause: str, remedy: str) -> None:
        """Keep both parts; a user sees them joined."""
        super().__init__(f"{cause} {remedy}")
        self.cause = cause
        self.remedy = remedy


class CatalogueError(ModelError):
    """The catalogue cannot be read."""

    def __init__(self, detail: str) -> None:
        """Say what is wrong with it."""
        super().__init__(f"The catalogue of models cannot be read: {detail}.", "Install the program anew.")


class UnknownModel(ModelError):
    """The catalogue has no model of that name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        """List the names that there are."""
        super().__init__(f"There is no model {name!r}.", f"Choose one of: {', '.join(known)}.")
        self.name = name


class ModelMissing(ModelError):
    """The model is not on this machine."""

    def __init__(self, name: str, path: Path, lacking: Sequence[str]) -> None:
        """Name the folder and the files that it lacks."""
        super().__init__(
            f"The model {name!r} is not in {path} (lacking: {', '.join(lacking)}).", fetch_remedy(name, path)
        )
        self.name = name
        self.path = path


class ModelDamaged(ModelError):
    """A file of the model is not what it should be."""

    def __init__(self, name: str, path: Path, damaged: Sequence[str]) -> None:
        """Name the folder and the files that are damaged."""
        super().__init__(
            f"The model {name!r} in {path} is damaged: {', '.join(damaged)}.",
            f"Run `captioner models fetch {name}`; it is replaced.",
        )
        self.name = name
        self.path = path


class SourceFailed(ModelError):
    """One source could not give the model."""

    def __init__(self, source: str, reason: str, remedy: str = "Check the connection and try again.") -> None:
        """Name the source and why it failed."""
        super().__init__(f"{source}: {reason}.", remedy)
        self.source = source
        self.reason = reason


class AccessRefused(SourceFailed):
    """The server refused us, or we its certificate."""


class WrongContent(SourceFailed):
    """The bytes that came are not the pinned ones; they were deleted."""


class ModelUnavailable(ModelError):
    """No source could give the model."""

    def __init__(self, name: str, path: Path, failures: Sequence[SourceFailed]) -> None:
        """Keep the failure of every source."""
        reasons = " ".join(failure.cause for failure in failures)
        super().__init__(f"The model {name!r} could not be fetched. {reasons}", fetch_remedy(name, path))
        self.name = name
        self.failures = tuple(failures)


class DiskFull(ModelError):
    """There is no room for the model; what had been downloaded was deleted."""

    def __init__(self, path: Path, needed: int) -> None:
        """Say how many bytes are needed, and where."""
        super().__init__(
            f"There is no room for the model in {path}: about {needed / 1e6:.0f} MB must be free.",
            "Make room, or set CAPTIONER_MODELS to a folder on another disk.",
        )
        self.needed = needed


class StoreUnusable(ModelError):
    """The folder of the models cannot be written."""

    def __init__(self, path: Path, detail: str) -> None:
        """Name the folder and what the system said."""
        super().__init__(
            f"The folder {path} cannot be written: {detail}.",
            "Set CAPTIONER_MODELS to a folder that you may write.",
        )


class ModelBusy(ModelError):
    """Another process holds the model."""

    def __init__(self, name: str) -> None:
        """Name the model."""
        super().__init__(
            f"Another process is fetching or removing the model {name!r} right now.",
            "Wait until it has ended, then run the same command again.",
        )
        self.name = name


def fetch_remedy(name: str, path: Path) -> str:
    """Return what to do when a model is not on this machine: fetch it once, or copy it."""
    return (
        f"Connect to the internet once and run `captioner models fetch {name}`, "
        f"or copy the model's folder from another machine to {path}."
    )
