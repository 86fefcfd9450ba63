"""Writes docs/openapi.json and docs/asyncapi.json from the code: `python -m scripts.interface`."""

import sys
import tempfile
from pathlib import Path

import msgspec
import structlog

import viewer
from server.app import make_app
from server.config import ServerConfig
from server.interface import asyncapi, openapi

DOCS = Path(__file__).parent.parent / "docs"


def documents() -> dict[str, bytes]:
    """Return the documents by file name, as the code has them now."""
    with tempfile.TemporaryDirectory() as data:
        config = ServerConfig(data=Path(data), viewer=Path(viewer.__file__).parent)
        routes = list(openapi.routes_of(make_app(config, structlog.get_logger())))
    made = {"openapi.json": openapi.document(routes), "asyncapi.json": asyncapi.document()}
    return {name: msgspec.json.format(msgspec.json.encode(each), indent=1) + b"\n" for name, each in made.items()}


if __name__ == "__main__":
    for name, content in documents().items():
        (DOCS / name).write_bytes(content)
        sys.stdout.write(f"docs/{name}\n")
