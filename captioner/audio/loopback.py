"""What the computer plays, on Windows: WASAPI loopback by PyAudioWPatch (the extra `captioner[windows]`)."""

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from captioner.audio.devices import Device
from captioner.audio.errors import DeviceRefused, NoSystemSound
from captioner.audio.microphone import Callback, InputStream


class Loopback:
    """A Backend of MicrophoneSource whose devices are the loopbacks of the outputs."""

    def __init__(self, load: "Callable[[], ModuleType]" = lambda: _load()) -> None:  # noqa: PLW0108 - it is defined below
        """Load PyAudioWPatch when it is needed; NoSystemSound where it is not installed."""
        self._load = load

    def devices(self) -> Sequence[Device]:
        """The loopbacks; the one of the default output is the default."""
        module = self._load()
        audio = module.PyAudio()
        try:
            try:
                default = audio.get_default_wasapi_loopback()["index"]
            except (OSError, LookupError):
                default = -1
            return [
                Device(
                    index=int(info["index"]),
                    name=str(info["name"]),
                    hostapi="Windows WASAPI",
                    inputs=int(info["maxInputChannels"]),
                    default_rate=round(info["defaultSampleRate"]),
                    is_default=info["index"] == default,
                )
                for info in audio.get_loopback_device_info_generator()
            ]
        finally:
            audio.terminate()

    def open(self, device: Device, channels: int, blocksize: int, callback: Callback) -> InputStream:
        """Open a loopback; all of its channels must be taken."""
        module = self._load()
        audio = module.PyAudio()

        def receive(data: bytes, frames: int, times: dict[str, float], flags: int) -> tuple[None, int]:
            samples = np.frombuffer(data, np.float32).reshape(-1, device.inputs)
            callback(samples[:, :channels], frames, _Times(times), _Flags(flags, module.paInputOverflow))
            return None, module.paContinue

        try:
            stream = audio.open(
                format=module.paFloat32, channels=device.inputs, rate=device.default_rate, input=True, start=False,
                input_device_index=device.index, frames_per_buffer=blocksize, stream_callback=receive,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            audio.terminate()
            raise DeviceRefused(device.name, str(error)) from error
        return _Stream(stream, audio)


class _Times:
    def __init__(self, times: dict[str, float]) -> None:
        self.inputBufferAdcTime = float(times.get("input_buffer_adc_time", 0.0))


class _Flags:
    def __init__(self, flags: int, overflow: int) -> None:
        self.input_overflow = bool(flags & overflow)


class _Stream:
    """PyAudio's stream with the methods of ours."""

    def __init__(self, stream: Any, audio: Any) -> None:
        self._stream, self._audio = stream, audio

    def start(self) -> None:
        self._stream.start_stream()

    def stop(self) -> None:
        self._stream.stop_stream()

    def close(self) -> None:
        self._stream.close()
        self._audio.terminate()


def _load() -> ModuleType:
    try:
        import pyaudiowpatch  # noqa: PLC0415 - an extra of one system
    except ImportError as error:
        raise NoSystemSound from error
    return pyaudiowpatch  # type: ignore[no-any-return]
