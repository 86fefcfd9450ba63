"""What `make container` runs within the container: a meeting is captioned there, and nothing else can be written.

    python in_container.py say|kept [DATA [URL]]

`say` captions a meeting and ends it; `kept` reads its archive, also after the server was started again. Knows only
what the image holds. Exits with a sentence that says what is wrong.
"""

import os
import sys
import urllib.request
from pathlib import Path

from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track
from captioner.publish.server import ServerSink, Target
from captioner.publish.sink import Emitted

MEETING, CAPTIONS = "container-check", 3
_UID = 10001
_WAIT_S = 60.0


def say(data: Path, url: str) -> None:
    """Caption and end a meeting: all finals are acknowledged, and the archive is written."""
    token = (data / "host.token").read_text(encoding="utf-8").strip()
    sink = ServerSink(Target(
        f"{url.replace('http', 'ws', 1)}ws", token, MEETING, "A meeting in a container", Track("floor", "en"),
        RecordPolicy.ON_RECORD, "container",
    ))  # fmt: skip
    sink.start(_WAIT_S)
    for number in range(1, CAPTIONS + 1):
        cue = Cue(f"c{number}", number * 1000, number * 1000 + 900, f"Caption {number}.", "en")
        sink.push(Emitted(CueUpdate(cue, 1, CueStatus.FINAL), number * 1000, number * 1000))
    if not sink.close(end=True, timeout=_WAIT_S):
        sys.exit(f"{sink.waiting} finals were not acknowledged, or the archive was not written")


def kept(_data: Path, url: str) -> None:
    """Read what was said from the archive."""
    with urllib.request.urlopen(f"{url}archive/{MEETING}/floor.vtt", timeout=_WAIT_S) as answer:  # noqa: S310 - ours
        words = answer.read().decode()
    if words.count("-->") != CAPTIONS:
        sys.exit(f"the archive holds {words.count('-->')} captions of {CAPTIONS}")


def confined(data: Path, places: tuple[str, ...] = ("/", "/opt/captioner", "/etc", "/usr/local/bin")) -> None:
    """Look at the confinement: the user, and where it may write."""
    if (os.getuid(), os.getgid()) != (_UID, _UID):
        sys.exit(f"it runs as {os.getuid()}:{os.getgid()}, not as {_UID}:{_UID}")
    for place in (str(data), *places):
        path = Path(place, f".written-{os.getpid()}")
        try:
            path.touch()
        except OSError:
            if place == str(data):
                sys.exit(f"{place} cannot be written")
        else:
            path.unlink()
            if place != str(data):
                sys.exit(f"{place} can be written")


if __name__ == "__main__":
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else "/var/lib/captioner")  # noqa: PLR2004 - a count of arguments
    {"say": say, "kept": kept}[sys.argv[1]](folder, sys.argv[3] if len(sys.argv) > 3 else "http://127.0.0.1:8080/")  # noqa: PLR2004
    confined(folder)
