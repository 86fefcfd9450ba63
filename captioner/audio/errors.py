"""Errors of the audio sources.

AudioError
├── NoAudioSupport      the PortAudio library is not installed
├── NoSystemSound       what the computer plays cannot be had here
├── NoSuchDevice        no input device, or more than one, answers to what was asked for
├── DeviceRefused       the device is there and cannot be opened
├── DeviceLost          the device stopped delivering
├── AudioFileMissing    there is no file at the path
└── NotAudio            the file holds no audio that can be read
"""

from collections.abc import Sequence
from pathlib import Path


class AudioError(Exception):
    """Base of every error of this package: `problem` says what is wrong, `remedy` what to do about it."""

    def __init__(self, problem: str, remedy: str) -> None:
        """Join both into the message."""
        super().__init__(f"{problem}. {remedy}.")
        self.problem = problem
        self.remedy = remedy


class NoAudioSupport(AudioError):
    """The PortAudio library cannot be loaded."""

    def __init__(self) -> None:
        """Name the package to install."""
        super().__init__(
            "The PortAudio library, which reads microphones, is not installed",
            "On Debian or Ubuntu run `sudo apt install libportaudio2`; files can be captioned without it",
        )


class NoSystemSound(AudioError):
    """What the computer plays cannot be recorded here."""

    def __init__(self) -> None:
        """Say what each system needs."""
        super().__init__(
            "What this computer plays cannot be captioned yet",
            "On Linux install pulseaudio-utils and start PulseAudio or PipeWire; on Windows captioner[windows]; "
            "on macOS install BlackHole",
        )


class NoSuchDevice(AudioError):
    """The wanted device is not there, or the name fits several."""

    def __init__(self, problem: str, available: Sequence[str]) -> None:
        """List what there is: `available` holds one line per input device."""
        listing = "; ".join(available)
        super().__init__(
            problem,
            f"Choose one of these by index or by a part of its name: {listing}"
            if available
            else "This machine has no input device: connect a microphone, or caption a file",
        )
        self.available = tuple(available)


class DeviceRefused(AudioError):
    """The audio system would not open the device."""

    def __init__(self, device: str, reason: str) -> None:
        """Pass on the audio system's reason."""
        super().__init__(
            f"The input device {device!r} cannot be opened: {reason}",
            "Close other programs that use it, allow this program the microphone, or choose another device",
        )
        self.device = device


class DeviceLost(AudioError):
    """The device delivered nothing for too long: unplugged, asleep or muted by the system."""

    def __init__(self, device: str, silent_for: float) -> None:
        """Say how long nothing came, in seconds."""
        super().__init__(
            f"The input device {device!r} has delivered nothing for {silent_for:g} s",
            "Check that it is connected and switched on, then start again; everything captioned so far is kept",
        )
        self.device = device
        self.silent_for = silent_for


class AudioFileMissing(AudioError):
    """There is no such file."""

    def __init__(self, path: Path) -> None:
        """Name the path that was asked for."""
        super().__init__(f"There is no file {str(path)!r}", "Check the path; it is relative to the current folder")
        self.path = path


class NotAudio(AudioError):
    """The file is there, and no audio can be read from it."""

    def __init__(self, path: Path, reason: str) -> None:
        """Name the path and what was found instead."""
        super().__init__(
            f"{str(path)!r} cannot be read as audio: {reason}",
            "Give a recording with sound, such as .wav, .flac, .mp3, .opus, .m4a, .mp4 or .webm, that plays elsewhere",
        )
        self.path = path
