"""OAI-PMH 2.0: other archives harvest this one. The library speaks the protocol; here is what it asks for.

Sets are series and languages. Removals stay (`deletedRecord` persistent). A resumption token names the last record
that was sent, so that what changes in between is neither missed nor the reason to miss something else.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from oaipmh import common, error, metadata, server

from server.archive.catalogue import Catalogue, Entry, Window
from server.archive.metadata import dublin_core
from server.archive.settings import ArchiveSettings

BATCH = 100  # records in an answer
PREFIX = "oai_dc"
_NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_LISTS = frozenset({"ListRecords", "ListIdentifiers", "ListSets"})
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_Result = tuple[common.Header, common.Metadata | None, None]


def answer(catalogue: Catalogue, settings: ArchiveSettings, address: str, arguments: dict[str, str]) -> bytes:
    """Return the XML that answers a request; mistakes are answered too, as the protocol wants."""
    registry = metadata.MetadataRegistry()
    registry.registerWriter(PREFIX, server.oai_dc_writer)
    provider = _Provider(catalogue, settings, address)
    asked = {_writable(name): _writable(value) for name, value in arguments.items()}
    return bytes(server.ServerBase(_Resumption(provider), registry).handleRequest(asked))


def _writable(text: str) -> str:
    """Return a text that can be repeated in XML 1.0 (section 2.2): an answer says what was asked."""
    return _NO_XML.sub("\ufffd", text)


class _Resumption(common.ResumptionOAIPMH):  # type: ignore[misc]
    """Gives lists in batches."""

    def __init__(self, provider: "_Provider") -> None:
        self._provider = provider

    def handleVerb(self, verb: str, kw: dict[str, Any]) -> object:  # noqa: N802 - the library's name
        sent = 0
        if "resumptionToken" in kw:
            kw, sent = _decoded(kw["resumptionToken"], verb)
        method = common.getMethodForVerb(self._provider, verb)
        if verb not in _LISTS:
            return method(**kw)
        wanted = {name: value for name, value in kw.items() if name != "after"}
        found = method(**wanted, after=_after(kw.get("after", "")), limit=BATCH + 1)
        batch = found[:BATCH]
        if len(found) == len(batch):
            return batch, None
        last = self._provider.last
        token = server.encodeResumptionToken({**wanted, "after": f"{last.updated}.{last.id}"}, sent + BATCH)
        return batch, token


class _Provider:
    """Answers the verbs of the protocol from the catalogue."""

    def __init__(self, catalogue: Catalogue, settings: ArchiveSettings, address: str) -> None:
        self._catalogue, self._settings, self._address = catalogue, settings, address
        self._host = urlsplit(address).hostname or "localhost"
        self.last: Entry

    def identify(self) -> common.Identify:
        return common.Identify(
            repositoryName=self._settings.name,
            baseURL=f"{self._address}/oai",
            protocolVersion="2.0",
            adminEmails=[self._settings.email],
            earliestDatestamp=_moment(self._catalogue.earliest()),
            deletedRecord="persistent",
            granularity="YYYY-MM-DDThh:mm:ssZ",
            compression=["gzip", "identity"],
        )

    def listMetadataFormats(self, identifier: str | None = None) -> list[tuple[str, str, str]]:  # noqa: N802
        if identifier is not None:
            self._entry(identifier)
        return [(PREFIX, _SCHEMA, _NAMESPACE)]

    def listSets(self, after: tuple[int, str], limit: int) -> list[tuple[str, str, None]]:  # noqa: N802
        del after, limit  # all at once: there are few
        series = [(f"series:{key}", name, None) for key, name, _ in self._catalogue.series()]
        languages = [(f"language:{code}", f"In the language {code}", None) for code, _ in self._catalogue.languages()]
        groups = [("series", "By series", None)] if series else []
        groups += [("language", "By language", None)] if languages else []
        found = [*groups, *series, *languages]
        if not found:
            msg = "there are no sets yet"
            raise error.NoSetHierarchyError(msg)
        return found[:BATCH]

    def getRecord(self, metadataPrefix: str, identifier: str) -> _Result:  # noqa: N802, N803
        _check_prefix(metadataPrefix)
        return self._result(self._entry(identifier))

    def listRecords(self, metadataPrefix: str, **wanted: Any) -> list[_Result]:  # noqa: N802, N803
        _check_prefix(metadataPrefix)
        return [self._result(entry) for entry in self._changes(**wanted)]

    def listIdentifiers(self, metadataPrefix: str, **wanted: Any) -> list[common.Header]:  # noqa: N802, N803
        _check_prefix(metadataPrefix)
        return [self._header(entry) for entry in self._changes(**wanted)]

    def _changes(
        self,
        after: tuple[int, str],
        limit: int,
        set: str = "",  # noqa: A002 - the protocol's name
        from_: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Entry]:
        kind, _, value = set.partition(":")
        if set and kind not in {"series", "language"}:
            return []
        window = Window(
            since=_ms(from_) if from_ else 0,
            until=_ms(until) + 999 if until else 2**62,
            series=value if kind == "series" else "",
            language=value if kind == "language" else "",
        )
        found = self._catalogue.changes(limit, window, after)
        if found:
            self.last = found[: limit - 1][-1]
        return found

    def _entry(self, identifier: str) -> Entry:
        entry = self._catalogue.entry(identifier.removeprefix(f"oai:{self._host}:"))
        if entry is None or not identifier.startswith(f"oai:{self._host}:"):
            msg = "there is no record of this identifier"
            raise error.IdDoesNotExistError(msg)
        return entry

    def _result(self, entry: Entry) -> _Result:
        fields = None if entry.deleted else common.Metadata(None, dublin_core(entry, self._address))
        return self._header(entry), fields, None

    def _header(self, entry: Entry) -> common.Header:
        sets = [f"language:{code}" for code in entry.languages]
        sets += [f"series:{entry.series_key}"] if entry.series_key else []
        return common.Header(None, f"oai:{self._host}:{entry.id}", _moment(entry.updated), sets, entry.deleted)


def _decoded(token: str, verb: str) -> tuple[dict[str, Any], int]:
    kw, sent = server.decodeResumptionToken(token)
    if (verb != "ListSets" and kw.get("metadataPrefix") != PREFIX) or set(kw) - {
        "metadataPrefix", "set", "from_", "until", "after", "verb",
    }:  # fmt: skip
        msg = "the resumption token is none of ours: begin again"
        raise error.BadResumptionTokenError(msg)
    return {name: value for name, value in kw.items() if name != "verb"}, sent


def _after(value: str) -> tuple[int, str]:
    updated, _, meeting = value.partition(".")
    if not value:
        return (0, "")
    if not updated.isdecimal():
        msg = "the resumption token is none of ours: begin again"
        raise error.BadResumptionTokenError(msg)
    return (int(updated), meeting)


def _check_prefix(prefix: str) -> None:
    if prefix != PREFIX:
        msg = f"there is {PREFIX} only"
        raise error.CannotDisseminateFormatError(msg)


def _moment(ms: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(milliseconds=ms)  # noqa: DTZ001 - the library wants UTC without saying so


def _ms(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)
