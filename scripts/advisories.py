"""Answers pip-audit from a copy of the Python advisories, where their makers cannot be asked.

The copy is a clone of PyPA's advisory database: a folder `vulns/NAME/*.yaml` in the format of the Open Source
Vulnerabilities schema (https://ossf.github.io/osv-schema/, "affected"). It knows what was known when it was made.
"""

import contextlib
import json
import threading
from collections.abc import Iterator
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SCHEMA = "1.0.0"


class NoAdvisories(Exception):
    """The folder has none."""


class Advisories:
    """What a copy knows."""

    def __init__(self, folder: Path) -> None:
        """Take a clone; NoAdvisories when there is none in the folder."""
        self._folder = folder / "vulns"
        if not any(self._folder.glob("*/*.yaml")):
            msg = f"{folder} is no copy of the advisories: clone https://github.com/pypa/advisory-database there"
            raise NoAdvisories(msg)

    def until(self) -> date:
        """Return the day of the newest change in it."""
        days = [
            line.partition(":")[2].strip()[1 if '"' in line else 0 :][:10]
            for file in self._folder.glob("*/*.yaml")
            for line in file.read_text(encoding="utf-8").splitlines()
            if line.startswith("modified:")
        ]
        return date.fromisoformat(max(days))

    def of(self, name: str, version: str) -> list[dict[str, Any]]:
        """Return the advisories for one version of a package."""
        found = []
        for file in sorted((self._folder / canonicalize_name(name)).glob("*.yaml")):
            advisory = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
            parts = [part for part in advisory.get("affected", ()) if _same(part, name)]
            if "withdrawn" not in advisory and any(affects(part, version) for part in parts):
                found.append(_plain({"schema_version": _SCHEMA, **advisory}))
        return found


def affects(part: dict[str, Any], version: str) -> bool:
    """Tell whether an "affected" entry means a version: it is listed, or lies in a range of the ecosystem."""
    if version in {str(each) for each in part.get("versions", ())}:
        return True
    try:
        ours = Version(version)
        return any(
            _within(entry["events"], ours) for entry in part.get("ranges", ()) if entry.get("type") == "ECOSYSTEM"
        )
    except InvalidVersion:
        return True  # it cannot be told: a person looks


def _within(events: list[dict[str, str]], ours: Version) -> bool:
    inside = False
    for event in sorted(events, key=lambda each: Version(str(next(iter(each.values()))))):
        (kind, at), *_ = event.items()
        mark = Version(str(at))
        if kind == "introduced" and mark <= ours:
            inside = True
        elif (kind == "fixed" and mark <= ours) or (kind == "last_affected" and mark < ours):
            inside = False
    return inside


def _same(part: dict[str, Any], name: str) -> bool:
    package = part.get("package", {})
    return package.get("ecosystem") == "PyPI" and canonicalize_name(package["name"]) == canonicalize_name(name)


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(value, default=_zulu))
    for part in plain.get("affected", ()):
        part["package"]["name"] = canonicalize_name(part["package"]["name"])  # as pip-audit compares it
    return plain


def _zulu(moment: datetime) -> str:
    """Write a time of YAML's as RFC 3339 does; those without a zone are in UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@contextlib.contextmanager
def answering(advisories: Advisories) -> Iterator[str]:
    """Answer the query of the OSV API on this machine; give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = advisories.of(asked["package"]["name"], asked["version"])
            body = json.dumps({"vulns": found} if found else {}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()
