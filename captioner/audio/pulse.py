"""What the computer plays, on Linux: the monitor of a PulseAudio or PipeWire output, read by `parec`.

PortAudio as Debian builds it cannot name monitors. `parec` can, and it ends when its source is unplugged, where
PortAudio falls silent.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from captioner.audio.chunk import AudioSource
from captioner.audio.errors import NoSuchDevice, NoSystemSound
from captioner.audio.process import ProcessSource, Program

_RATE = 48_000
_CHANNELS = 2
_FIRST_S = 5.0  # a sleeping output wakes up
_LATER_S = 0.5  # ten blocks


@dataclass(frozen=True, slots=True)
class Monitor:
    """An output whose sound can be captioned."""

    source: str
    # name of its monitor, for parec
    name: str
    # of the output
    description: str
    # for people
    is_default: bool


Lister = Callable[[], Sequence[Monitor]]


def monitors() -> list[Monitor]:
    """The outputs of this machine; NoSystemSound where no sound server answers."""
    try:
        import pulsectl  # noqa: PLC0415 - there is none on other systems
    except ImportError as error:
        raise NoSystemSound from error
    try:
        with pulsectl.Pulse("captioner") as pulse:
            default = pulse.server_info().default_sink_name
            sinks = pulse.sink_list()
    except (pulsectl.PulseError, OSError) as error:
        raise NoSystemSound from error
    return [Monitor(s.monitor_source_name, s.name, s.description, s.name == default) for s in sinks]


def find_monitor(found: Sequence[Monitor], wanted: str) -> Monitor:
    """The output that is meant: "" for the default one, a name, or a part of a description in any case.

    Raises:
        NoSuchDevice: none fits, or more than one.

    """
    listing = [f"{m.name} ({m.description})" for m in found]
    text = wanted.strip().casefold()
    if not text:
        matches = [m for m in found if m.is_default] or list(found)[:1]
    else:
        matches = [m for m in found if text in {m.name.casefold(), m.source.casefold()}] or [
            m for m in found if text in m.description.casefold() or text in m.name.casefold()
        ]
    if len(matches) != 1:
        problem = (
            f"There is no output called {wanted!r}" if not matches else f"The name {wanted!r} fits several outputs"
        )
        raise NoSuchDevice(problem, listing)
    return matches[0]


def monitor_source(wanted: str = "", *, lister: Lister = monitors, program: str = "parec") -> AudioSource:
    """Return the sound of an output, `wanted` as in `find_monitor`, not opened yet.

    Raises:
        NoSystemSound, NoSuchDevice: it is not there now.

    """
    if shutil.which(program) is None:
        raise NoSystemSound
    monitor = find_monitor(lister(), wanted)
    command = [
        program, "--raw", "--format=s16le", f"--rate={_RATE}", f"--channels={_CHANNELS}", "--latency-msec=50",
        "--client-name=captioner", "--property=stream.dont-move=true", f"--device={monitor.source}",
    ]  # fmt: skip
    return ProcessSource(Program(command, monitor.description, _RATE, _CHANNELS, _FIRST_S, _LATER_S))
