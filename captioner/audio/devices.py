"""Which input device is meant."""

from collections.abc import Sequence
from dataclasses import dataclass

from captioner.audio.errors import NoSuchDevice


@dataclass(frozen=True, slots=True)
class Device:
    """An input device, as the audio system describes it."""

    index: int
    # its number; may change when devices come and go
    name: str
    hostapi: str
    # the audio system that offers it, such as "ALSA"; one microphone may be offered by several
    inputs: int
    # channels
    default_rate: int
    # Hz
    is_default: bool
    # whether it is taken when none is named

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.index} {self.label}{' (default)' if self.is_default else ''}"

    @property
    def label(self) -> str:
        """Name and audio system."""
        return f"{self.name}, {self.hostapi}"


def find(devices: Sequence[Device], wanted: str | int | None) -> Device:
    """The one input device that is meant.

    Args:
        devices: the devices with inputs.
        wanted: an index (also as a string of digits), or a part of a name in any case, optionally followed by a comma
            and the audio system; None for the default one. A whole name goes before a part of one, and the default
            device's audio system before the others.

    Raises:
        NoSuchDevice: none fits, or more than one.
    """
    listing = [str(device) for device in devices]
    if wanted is None:
        matches = [device for device in devices if device.is_default]
        problem = "There is no default input device"
    elif isinstance(wanted, int) or wanted.strip().isdecimal():
        matches = [device for device in devices if device.index == int(wanted)]
        problem = f"There is no input device with the index {int(wanted)}"
    else:
        matches = _by_name(devices, wanted.strip().casefold())
        problem = f"There is no input device called {wanted!r}"
    if not matches:
        raise NoSuchDevice(problem, listing)
    if len(matches) > 1:
        problem = f"The name {wanted!r} fits {len(matches)} input devices"
        raise NoSuchDevice(problem, [str(device) for device in matches])
    return matches[0]


def _by_name(devices: Sequence[Device], wanted: str) -> list[Device]:
    whole = [device for device in devices if wanted in {device.name.casefold(), device.label.casefold()}]
    matches = whole or [device for device in devices if wanted in device.label.casefold()]
    preferred = {device.hostapi for device in devices if device.is_default}
    return [device for device in matches if device.hostapi in preferred] or matches
