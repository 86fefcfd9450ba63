"""The speech models: which ones there are, where they come from, where they lie, and whether they are whole.

The weights are never in this package: they go to the user's cache (see `ModelStore`). Every file of every model is
pinned by size and SHA-256 in `catalogue.toml`.
"""

from models.catalogue import Catalogue, ModelEntry, load_catalogue
from models.errors import (
    CatalogueError,
    DiskFull,
    ModelBusy,
    ModelDamaged,
    ModelError,
    ModelMissing,
    ModelUnavailable,
    SourceFailed,
    UnknownModel,
)
from models.fetch import Progress
from models.store import ModelState, ModelStatus, ModelStore, default_root
from models.verify import FileCheck, FileStatus

__all__ = [
    "Catalogue",
    "CatalogueError",
    "DiskFull",
    "FileCheck",
    "FileStatus",
    "ModelBusy",
    "ModelDamaged",
    "ModelEntry",
    "ModelError",
    "ModelMissing",
    "ModelState",
    "ModelStatus",
    "ModelStore",
    "ModelUnavailable",
    "Progress",
    "SourceFailed",
    "UnknownModel",
    "default_root",
    "load_catalogue",
]
