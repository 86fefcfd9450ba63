"""Deposits for others to keep, made offline: a person looks at them, then uploads them with their own account.

Zenodo: `metadata.json` (the deposit API's form) and a zip of the files. Internet Archive: `IDENTIFIER_meta.xml` and the
files, as its items are laid out.
"""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import msgspec

from server.archive.preserve.about import Described

_EPOCH = (1980, 1, 1, 0, 0, 0)  # one time in all zips: the same files give the same bytes
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ZENODO_LICENCES = {
    "https://creativecommons.org/licenses/by/4.0/": "cc-by-4.0",
    "https://creativecommons.org/licenses/by-sa/4.0/": "cc-by-sa-4.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "cc-zero",
}
_ISO_639_3 = {"en": "eng", "fr": "fra", "es": "spa", "ru": "rus", "ar": "ara", "zh": "zho", "pt": "por", "de": "deu"}


def zenodo(folder: Path, about: Described, files: Mapping[str, bytes]) -> list[Path]:
    """Write the deposit into `folder`; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    metadata: dict[str, object] = {
        "title": f"Transcript: {about.title}",
        "upload_type": "publication",
        "publication_type": "other",
        "publication_date": about.date,
        "description": f"<p>{escape(about.description)}</p>",
        "creators": [{"name": about.series or about.title}],
        "access_right": "open",
        "keywords": ["transcript", "captions", "accessibility"],
        "version": str(about.version) if about.version else "draft",
    }
    if about.licence in _ZENODO_LICENCES:
        metadata["license"] = _ZENODO_LICENCES[about.licence]
    elif about.licence:
        metadata["notes"] = f"Licence: {about.licence}"
    language = _ISO_639_3.get(about.languages[0].split("-")[0].lower()) if about.languages else None
    if language:
        metadata["language"] = language
    if about.address:
        metadata["related_identifiers"] = [{"identifier": about.address, "relation": "isIdenticalTo"}]
    described = folder / "metadata.json"
    described.write_bytes(msgspec.json.format(msgspec.json.encode({"metadata": metadata}), indent=1) + b"\n")
    packed = folder / f"{about.id}.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(f"{about.id}/{name}", _EPOCH), files[name], zipfile.ZIP_DEFLATED)
    return [described, packed]


def internet_archive(folder: Path, about: Described, files: Mapping[str, bytes]) -> list[Path]:
    """Write the item into `folder/IDENTIFIER`; return the paths."""
    identifier = re.sub(r"[^A-Za-z0-9_.-]", "-", f"transcript-{about.id}")[:100]
    item = folder / identifier
    item.mkdir(parents=True, exist_ok=True)
    fields = [
        ("identifier", identifier),
        ("mediatype", "texts"),
        ("collection", "opensource"),
        ("title", f"Transcript: {about.title}"),
        ("description", about.description),
        ("date", about.date),
        *(("language", language) for language in about.languages),
        *((("licenseurl", about.licence),) if about.licence else ()),
        *((("external-identifier", f"urn:{about.address}"),) if about.address else ()),
        ("subject", "transcript; captions; accessibility"),
    ]
    lines = [f"  <{name}>{escape(_NOT_XML.sub('', value))}</{name}>\n" for name, value in fields]
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<metadata>\n{"".join(lines)}</metadata>\n'
    described = item / f"{identifier}_meta.xml"
    described.write_text(text, encoding="utf-8")
    paths = [described]
    for name, content in files.items():
        (item / name).write_bytes(content)
        paths.append(item / name)
    return paths
