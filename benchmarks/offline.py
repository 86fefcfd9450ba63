"""Offline faster-whisper's result of a recording: computed once, kept."""

from pathlib import Path

import msgspec

from benchmarks.engines import Offline
from benchmarks.recordings import ROOT, Recording

CACHE = ROOT / ".make" / "bench"


class OfflineResult(msgspec.Struct, frozen=True):
    """What offline faster-whisper said of a recording."""

    text: str
    words: list[tuple[str, int, int]]


def offline(recording: Recording, folder: Path, model: str) -> OfflineResult:
    """Return the offline result, computed once for each recording and model."""
    path = CACHE / f"{model}-{recording.id.replace('/', '-')}.json"
    if path.is_file():
        return msgspec.json.decode(path.read_bytes(), type=OfflineResult)
    text, words = Offline(folder, 2, "int8_float32").run(recording)
    found = OfflineResult(text, [(word.text, word.start, word.end) for word in words])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.encode(found))
    return found
