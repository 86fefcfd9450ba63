"""What a real screen reader says of a meeting: `python -m benchmarks.orca --minutes 10`.

Orca reads the live page in Chromium while a scripted meeting is replayed at the pace of speech. Counted are the finals
that were spoken exactly once, their order, and the words spoken for each word said.
"""

import argparse
import contextlib
import platform
import re
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from benchmarks import replay
from benchmarks.desk import Desk, NotReady, lacking
from benchmarks.house import TITLE, Publisher, Server

RESULTS = Path(__file__).parent / "results"
# Orca writes the text as it is: with apostrophes and, of a field, with its line ends
_LINE = re.compile(r"^\S+ - (SPEECH OUTPUT|BRAILLE LINE): +'(.*?)'(?= ?\{|$)", re.MULTILINE | re.DOTALL)
_RECOVERED = re.compile(r"\d+ captions? recovered\.")
_SETTLE_S = 6  # the page's last status, and Orca's braille message, are over then


@dataclass(frozen=True, slots=True)
class Reading:
    """What was said of what was to be said."""

    finals: int
    once: int
    """Finals spoken exactly once."""
    missing: int
    doubled: int
    in_order: bool
    words: int
    """Words of all finals."""
    spoken: int
    """Words that were spoken of captions."""
    other: tuple[str, ...]
    """What else was spoken: the page's status."""
    braille: int
    """Finals that stood on the Braille line, word for word."""

    @property
    def inflation(self) -> float:
        """Words spoken for each word said."""
        return self.spoken / self.words if self.words else 0.0


def lines(debug: str, kind: str) -> list[str]:
    """Return what Orca wrote that it spoke ("SPEECH OUTPUT") or showed ("BRAILLE LINE")."""
    return [text.strip() for found, text in _LINE.findall(debug) if found == kind]


def read(debug: str, said: list[str], known: tuple[str, ...] = ()) -> Reading:
    """Compare what Orca wrote since the replay began with what was said; `known` are the page's status texts."""
    speech = [line for line in lines(debug, "SPEECH OUTPUT") if line]
    other = tuple(line for line in speech if line.startswith(known) or _RECOVERED.match(line))
    captions = [line for line in speech if line not in other]
    counted = Counter(captions)
    first = [captions.index(text) for text in said if text in counted]
    braille = set(lines(debug, "BRAILLE LINE"))
    return Reading(
        finals=len(said),
        once=sum(counted[text] == 1 for text in said),
        missing=sum(counted[text] == 0 for text in said),
        doubled=sum(counted[text] > 1 for text in said),
        in_order=first == sorted(first),
        words=sum(len(text.split()) for text in said),
        spoken=sum(len(line.split()) for line in captions),
        other=other,
        braille=sum(text in braille for text in said),
    )


def observe(data: Path, minutes: float, announce: str, *, reconnect: bool = False) -> Reading:
    """Replay a meeting to Orca; with `reconnect` the server dies in the middle and comes back."""
    said = replay.sentences(minutes)
    server = Server(data)
    publisher = Publisher(server)
    try:
        for attempt in range(_ATTEMPTS):
            with Desk() as desk:
                try:
                    desk.open(f"{server.url}/live/m1#announce={announce}", TITLE)
                    wait(desk, "Skip to captions", within_s=_START_S)
                except (NotReady, TimeoutError):  # a desk that did not come up says nothing about the page
                    if attempt == _ATTEMPTS - 1:
                        raise
                    continue
                return _listen(desk, said, server, publisher, announce, reconnect=reconnect)
    finally:
        publisher.close()
        server.kill()
    raise NotReady(TITLE)


def _listen(
    desk: Desk, said: list[str], server: Server, publisher: Publisher, announce: str, *, reconnect: bool
) -> Reading:
    time.sleep(_SETTLE_S)
    begin = len(desk.heard())
    middle = len(said) // 2 if reconnect else len(said)
    updates = list(replay.script(said))
    cut = next((at for at, one in enumerate(updates) if one.update.cue.id == f"c-{middle + 1}"), len(updates))
    replay.play(iter(updates[:cut]), publisher.push)
    if cut < len(updates):
        server.kill()
        wait(desk, "Reconnecting.")
        before = len(desk.heard())
        server.start()
        wait(desk, "Live.", before)
        rest = [replay.Said(one.at_s - updates[cut].at_s, one.update) for one in updates[cut:]]
        replay.play(iter(rest), publisher.push)
    if announce != "off":
        with contextlib.suppress(TimeoutError):  # the reading says what was never spoken
            wait(desk, said[-1], begin, _START_S)  # a busy machine speaks late
    time.sleep(_SETTLE_S)
    return read(desk.heard()[begin:], said, STATUS)


_ATTEMPTS = 3
_START_S = 60  # for a screen reader's first words; then all is started again

STATUS = (
    "Live.",
    "Automatic captions. They contain mistakes.",
    "Reconnecting. Nothing shown is lost.",
    "The captioner is away. Captions go on when it is back.",
    "Connecting.",
    "[about ",  # a stretch that nobody captioned
)


def wait(desk: Desk, text: str, since: int = 0, within_s: float = 180) -> None:
    """Wait until Orca has spoken a text, among all that it wrote after `since` characters."""
    deadline = time.monotonic() + within_s
    while not any(line.startswith(text) for line in lines(desk.heard()[since:], "SPEECH OUTPUT")):
        if time.monotonic() > deadline:
            msg = f"Orca never said {text!r}"
            raise TimeoutError(msg)
        time.sleep(0.2)


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    if missing := lacking():
        parser.exit(1, f"These programs are not here: {', '.join(missing)}\n")
    found = {}
    cases = {"sentence": ("sentence", False), "sentence, server killed": ("sentence", True), "off": ("off", False)}
    for name, (announce, reconnect) in cases.items():
        minutes = arguments.minutes if name == "sentence" else min(arguments.minutes, 2.0)
        with tempfile.TemporaryDirectory() as folder:
            found[name] = (minutes, observe(Path(folder), minutes, announce, reconnect=reconnect))
        print(name, found[name])
    write(arguments.out, found)


def write(out: Path, found: dict[str, tuple[float, Reading]]) -> None:
    """Write figures and report."""
    orca = subprocess.run(["orca", "--version"], capture_output=True, text=True, check=False)  # noqa: S607
    version = (orca.stdout or orca.stderr).strip().splitlines()[-1:]
    machine = f"Orca {' '.join(version)}, {platform.system()} {platform.machine()}"
    figures = {
        name: {"minutes": minutes, **asdict(reading), "inflation": reading.inflation}
        for name, (minutes, reading) in found.items()
    }
    (out / "orca.json").write_bytes(msgspec.json.format(msgspec.json.encode({"machine": machine, "cases": figures})))
    rows = [
        f"| {name} | {minutes:g} | {r.finals} | {r.once} | {r.missing} | {r.doubled} | "
        f"{'yes' if r.in_order else 'no'} | {r.inflation:.3f} | {r.braille} |"
        for name, (minutes, r) in found.items()
    ]
    head = (
        "# What a screen reader says of the live page\n\n"
        f"{machine}. A scripted meeting of {replay.WORDS_A_MINUTE} words a minute with partials every 300 ms, "
        "`python -m benchmarks.orca`.\n\n"
        "| announcements | minutes | finals | spoken once | missing | twice | in order | words spoken / said | "
        "on the Braille line |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
    )
    (out / "orca.md").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
