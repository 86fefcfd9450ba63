"""Which source a name means."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from captioner.audio.chunk import AudioSource
from captioner.audio.drift import Drift
from captioner.audio.errors import AudioError
from captioner.audio.loopback import Loopback
from captioner.audio.microphone import MicrophoneSource, PortAudio
from captioner.audio.pulse import monitor_source
from captioner.audio.relay import RelaySource, RelayTarget
from captioner.audio.steady import SteadySource
from captioner.audio.stream import is_stream, stream_source

SYSTEM = "system"
BOTH = "both"
MONITOR = "monitor:"
RELAY = "relay:"
_BLACKHOLE = "BlackHole"  # the driver that macOS needs to give out what it plays


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a live source needs to know besides its name."""

    on_lost: Callable[[AudioError | None], None] | None = None
    # hears when the source is lost, and None when it is back
    relay: Callable[[str], RelayTarget] | None = None
    # where the sound of a page for speaking comes from
    patient: bool = False
    # whether to wait for a device that is not there at the start
    origin: float | None = None
    # time.monotonic() at sample 0


def open_named(name: str, hearing: Hearing) -> SteadySource:
    """Return the source that is meant, not opened yet.

    `name`: "" for the default microphone, or its index or a part of its name; "system" for what the computer plays;
    "monitor:NAME" for what one output plays (Linux); an address for a stream; "relay:MEETING" for a page that somebody
    speaks into.
    """
    opening: Callable[[], AudioSource] = lambda: device(name)  # noqa: E731 - exchanged below
    drift: Drift | None = Drift()
    patient = hearing.patient
    if name.startswith(RELAY) and hearing.relay is not None:
        target = hearing.relay(name.removeprefix(RELAY))
        opening, drift, patient = (lambda: RelaySource(target)), None, True
    elif is_stream(name):
        opening, drift = (lambda: stream_source(name)), None
    return SteadySource(
        opening, drift=drift, patient=patient, remote=is_stream(name), on_lost=hearing.on_lost, origin=hearing.origin
    )


def named_channels(name: str, labels: tuple[str, str]) -> dict[str, str]:
    """Return source names by label: one without a label, or microphone and computer for "both[:MICROPHONE]"."""
    if name != BOTH and not name.startswith(f"{BOTH}:"):
        return {"": name}
    return {labels[0]: name.removeprefix(BOTH).removeprefix(":"), labels[1]: SYSTEM}


def device(name: str, platform: str = sys.platform) -> AudioSource:
    """Return a device of this machine, not opened yet; an AudioError where it is plain already that it cannot be."""
    if name == SYSTEM or name.startswith(MONITOR):
        wanted = name.removeprefix(MONITOR) if name != SYSTEM else ""
        if platform == "win32":
            return MicrophoneSource(wanted or None, backend=Loopback())
        if platform == "darwin":
            return MicrophoneSource(wanted or _BLACKHOLE, backend=PortAudio(fresh=True))
        return monitor_source(wanted)
    return MicrophoneSource(int(name) if name.isdigit() else name or None, backend=PortAudio(fresh=True))
