"""RO-Crate 1.1 metadata: what a folder of files is, in JSON-LD that machines and people of the future can read.

Source: https://www.researchobject.org/ro-crate/specification/1.1/
"""

import hashlib
import mimetypes
from collections.abc import Mapping

import msgspec

from server.archive.preserve.about import Described

NAME = "ro-crate-metadata.json"
_SPEC = "https://w3id.org/ro/crate/1.1"
_TYPES = {
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "ttml": "application/ttml+xml",
    "brf": "text/x-brf",
    "epub": "application/epub+zip",
    "json": "application/json",
}


def crate(about: Described, files: Mapping[str, bytes]) -> bytes:
    """Return the metadata file's bytes for these files, by their names."""
    root: dict[str, object] = {
        "@id": "./",
        "@type": "Dataset",
        "identifier": about.address or about.id,
        "name": about.title,
        "description": about.description,
        "datePublished": about.date,
        "inLanguage": list(about.languages),
        "hasPart": [{"@id": name} for name in files],
        "license": {"@id": about.licence} if about.licence else "No licence was stated.",
    }
    if about.series:
        root["isPartOf"] = {"@id": "#series"}
    if about.version:
        root["version"] = str(about.version)
    graph: list[dict[str, object]] = [
        {"@id": NAME, "@type": "CreativeWork", "conformsTo": {"@id": _SPEC}, "about": {"@id": "./"}},
        root,
    ]
    if about.licence:
        graph.append({"@id": about.licence, "@type": "CreativeWork", "name": about.licence})
    if about.series:
        graph.append({"@id": "#series", "@type": "EventSeries", "name": about.series})
    for name, content in files.items():
        graph.append(
            {
                "@id": name,
                "@type": "File",
                "name": name,
                "encodingFormat": media_type(name),
                "contentSize": str(len(content)),
                "sha512": hashlib.sha512(content).hexdigest(),
            }
        )
    document = {"@context": f"{_SPEC}/context", "@graph": graph}
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def media_type(name: str) -> str:
    """Return a file's media type by the end of its name."""
    ending = name.rpartition(".")[2].lower()
    return _TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
