"""A rehearsal: demo captions through the real output to a stand-in, and a verdict."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import msgspec

from captioner.captions.cue import Cue, CueStatus, CueUpdate
from captioner.publish.sinks.contract import Carrier, Kind, Line, Outcome, OutputHealth, Shape
from captioner.publish.sinks.cursor import CursorFile
from captioner.publish.sinks.delivery import Backoff
from captioner.publish.sinks.lines import blocks
from captioner.publish.sinks.output import Output
from captioner.publish.sinks.settings import OutputSettings, carrier
from captioner.rehearse.numbered import StreamTextStandin, YouTubeStandin, ZoomStandin
from captioner.rehearse.obs import ObsStandin
from captioner.rehearse.plain import TeamsStandin, VMixStandin, WebexStandin
from captioner.rehearse.standin import Faults, HttpStandin, Judge

_JUDGES: dict[Kind, Callable[[], tuple[Judge, str]]] = {
    Kind.ZOOM: lambda: (ZoomStandin(), ZoomStandin.path),
    Kind.YOUTUBE: lambda: (YouTubeStandin(), YouTubeStandin.path),
    Kind.STREAMTEXT: lambda: (StreamTextStandin(), StreamTextStandin.path),
    Kind.TEAMS: lambda: (TeamsStandin(), TeamsStandin.path),
    Kind.WEBEX: lambda: (WebexStandin(), WebexStandin.path),
    Kind.VMIX: lambda: (VMixStandin(), VMixStandin.path),
}
_PASSWORD = "rehearsal"  # noqa: S105 - of the stand-in
_QUICK = Backoff(first_ms=20, most_ms=100, later_ms=50, refused_ms=50)
_SENTENCES = (
    "Good morning, and welcome to the working group on accessible meetings.",
    "The first item on the agenda is the report of the rapporteur, which was sent to everybody last week.",
    "Thank you.",
    "We propose to ask for captions, sign language and Braille when people register, and not on the day itself.",
    "Is < 5 % really enough? “Yes”, said the chair; naïve as it may sound.",
    "Nous reprenons à quatorze heures.",
    "The meeting is adjourned.",
)


class Verdict(msgspec.Struct, frozen=True):
    """How a rehearsal went. `good`: everything came, in order, without a violation."""

    kind: str
    good: bool
    lines: int
    """Taken by the stand-in, repeats not counted."""
    expected: int
    requests: int
    faults: int
    """How many requests were made to fail."""
    repeats: int
    """Lines that a platform without seq took twice, since its first answer was lost."""
    violations: tuple[str, ...]
    seconds: float
    health: OutputHealth


def demo_cues(count: int, language: str = "en") -> list[Cue]:
    """Return so many cues of a little meeting, by two speakers."""
    return [
        Cue(f"r{n}", n * 4000, n * 4000 + 3500, _SENTENCES[n % len(_SENTENCES)], language, speaker="AB"[n // 3 % 2])
        for n in range(count)
    ]


@dataclass(slots=True)
class Hurried:
    """A carrier without pacing, for tests."""

    inner: Carrier

    @property
    def shape(self) -> Shape:
        """The platform's, with no pause between posts."""
        return replace(self.inner.shape, gap_ms=0)

    def deliver(self, line: Line) -> Outcome:
        """As the inner one."""
        return self.inner.deliver(line)

    def last_seq(self) -> int | None:
        """As the inner one."""
        return self.inner.last_seq()

    def close(self) -> None:
        """As the inner one."""
        self.inner.close()


def rehearse(
    kind: Kind, cues: Sequence[Cue], faults: Faults, *, hurried: bool = False, limit_s: float = 120.0
) -> Verdict:
    """Send cues to the kind's stand-in and judge; `hurried` leaves out the pacing."""
    began = time.monotonic()
    late = 0.4 if hurried else 2.0
    with standin(kind, faults, late) as (settings, seen, counted), tempfile.TemporaryDirectory() as folder:
        carried = carrier(settings, timeout_s=late / 2)
        output = Output(
            kind, kind, Hurried(carried) if hurried else carried, CursorFile(Path(folder) / "c.json", "t", "m"),
            backoff=_QUICK,
        )  # fmt: skip
        output.welcomed("e", 1_790_000_000_000)
        output.start()
        for number, cue in enumerate(cues, 1):
            output.take("floor", CueUpdate(cue, 0, CueStatus.FINAL), number)
        complete = output.close(drain_s=limit_s)
        expected = expected_lines(cues, carried.shape)
        if kind is Kind.YOUTUBE:  # a `<` would be mark-up
            expected = [line.replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}") for line in expected]
        came = list(seen.lines)
        violations = tuple(seen.violations)
        requests = counted.requests
    once = [line for at, line in enumerate(came) if at == 0 or line != came[at - 1]]
    good = complete and once == expected and not violations
    return Verdict(
        kind, good, len(once), len(expected), requests, faults.injected, len(came) - len(once), violations,
        round(time.monotonic() - began, 2), output.health,
    )  # fmt: skip


def expected_lines(cues: Sequence[Cue], shape: Shape) -> list[str]:
    """Return what a platform of this shape must have taken."""
    lines: list[str] = []
    speaker = ""
    for cue in cues:
        named = cue.speaker and cue.speaker != speaker
        speaker = cue.speaker or speaker
        text = f"{cue.speaker}: {cue.text}" if named else cue.text
        lines += blocks(text, cue.language, shape.width, shape.lines)
    return lines


class Seen(Protocol):
    """What a stand-in saw."""

    @property
    def lines(self) -> list[str]:
        """What it took."""
        ...

    @property
    def violations(self) -> list[str]:
        """What was wrong."""
        ...


class Counted(Protocol):
    """What counts requests."""

    @property
    def requests(self) -> int:
        """How many came."""
        ...


@contextlib.contextmanager
def standin(kind: Kind, faults: Faults, late_s: float) -> Iterator[tuple[OutputSettings, Seen, Counted]]:
    """Run a stand-in; give the settings that lead to it, what it sees, and what counts."""
    if kind in {Kind.OBS, Kind.OBS_TEXT}:
        with ObsStandin(_PASSWORD, faults, late_s) as obs:
            source = "Captions" if kind is Kind.OBS_TEXT else ""
            yield OutputSettings(kind, obs.url, password=_PASSWORD, source=source, private=True), obs, obs
        return
    judge, path = _JUDGES[kind]()
    with HttpStandin(judge, faults, late_s) as server:
        yield OutputSettings(kind, server.url + path, private=True), judge, server
