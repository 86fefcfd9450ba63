"""A microphone, through PortAudio. The only file that imports sounddevice, and only when it is needed.

PortAudio sees the devices that were there when it was loaded, and a device that is unplugged just falls silent. So
a watchdog turns silence into DeviceLost, and finding a device that came later needs another process.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType, TracebackType
from typing import Protocol, Self

from captioner.audio.capture import Block, Capture
from captioner.audio.chunk import AudioChunk, Samples
from captioner.audio.devices import Device, find
from captioner.audio.errors import DeviceLost, DeviceRefused, NoAudioSupport

_BLOCKS_PER_SECOND = 20  # 50 ms blocks
_QUEUE = 200  # blocks; 10 s: longer than any pause of a healthy receiver, and 8 MB at 8 channels of 48 kHz at most
_CHANNELS = 2  # the first two: interfaces with many inputs have their microphones there


class CallbackTime(Protocol):
    """PortAudio's times of a block."""

    @property
    def inputBufferAdcTime(self) -> float:  # noqa: N802 - PortAudio's name
        """When the first frame was captured, in seconds on the stream's clock."""
        ...


class CallbackStatus(Protocol):
    """PortAudio's flags of a block."""

    @property
    def input_overflow(self) -> bool:
        """Whether audio was lost before this block."""
        ...


Callback = Callable[[Samples, int, CallbackTime, CallbackStatus], None]


class InputStream(Protocol):
    """An open device. It calls back from its own thread between start and stop."""

    def start(self) -> None:
        """Begin to call back."""
        ...

    def stop(self) -> None:
        """Call back no more after returning."""
        ...

    def close(self) -> None:
        """Release the device."""
        ...


class Backend(Protocol):
    """The audio system: PortAudio, or a stand-in."""

    def devices(self) -> Sequence[Device]:
        """The input devices."""
        ...

    def open(self, device: Device, channels: int, blocksize: int, callback: Callback) -> InputStream:
        """Open a device at its own rate, not yet started; DeviceRefused where that fails."""
        ...


class PortAudio:
    """The audio system of this machine. Every method raises NoAudioSupport where PortAudio is not installed."""

    def __init__(self, *, fresh: bool = False) -> None:
        """`fresh`: look at the devices anew, also at those that came later; only while this process has none open."""
        self._fresh = fresh

    def devices(self) -> Sequence[Device]:
        """The input devices; unless fresh, those there were when PortAudio was first used in this process."""
        sounddevice = _load()
        try:
            if self._fresh:
                sounddevice._terminate()  # noqa: SLF001 - PortAudio's list is frozen, and there is no public way
                sounddevice._initialize()  # noqa: SLF001
            hostapis = sounddevice.query_hostapis()
            found = sounddevice.query_devices()
            default = sounddevice.default.device[0]
        except sounddevice.PortAudioError as error:
            every = "any"
            raise DeviceRefused(every, str(error)) from error
        return [
            Device(
                index=int(entry["index"]),
                name=str(entry["name"]),
                hostapi=str(hostapis[entry["hostapi"]]["name"]),
                inputs=int(entry["max_input_channels"]),
                default_rate=round(entry["default_samplerate"]),
                is_default=entry["index"] == default,
            )
            for entry in found
            if entry["max_input_channels"] > 0
        ]

    def open(self, device: Device, channels: int, blocksize: int, callback: Callback) -> InputStream:
        """Open with high latency: under PulseAudio the first block then comes ten times sooner; overflows are rare."""
        sounddevice = _load()
        try:
            stream: InputStream = sounddevice.InputStream(
                device=device.index,
                samplerate=device.default_rate,
                channels=channels,
                blocksize=blocksize,
                dtype="float32",
                latency="high",
                callback=callback,
            )
        except (sounddevice.PortAudioError, ValueError) as error:
            raise DeviceRefused(device.name, str(error)) from error
        return _Stream(device, stream, sounddevice.PortAudioError)


class _Stream:
    """A PortAudio stream that speaks our errors."""

    def __init__(self, device: Device, stream: InputStream, failure: type[Exception]) -> None:
        self._device = device
        self._stream = stream
        self._failure = failure

    def start(self) -> None:
        try:
            self._stream.start()
        except self._failure as error:
            self._stream.close()
            raise DeviceRefused(self._device.name, str(error)) from error

    def stop(self) -> None:
        self._stream.stop()

    def close(self) -> None:
        self._stream.close()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a device may deliver nothing before it counts as lost, in seconds."""

    first: float = 5.0
    # for the first block: devices wake up, and PulseAudio has been seen to take 1.7 s
    later: float = 0.5
    # ten blocks


def list_devices(backend: Backend | None = None) -> list[Device]:
    """The input devices of this machine; NoAudioSupport where PortAudio is not installed."""
    return list((backend or PortAudio()).devices())


class MicrophoneSource:
    """A microphone until it is stopped. Sample 0 is the first that came.

    Audio that was lost on the way is a chunk of zeros with `gap` set. After `stop()` the chunks that were already
    captured still come. Raises NoSuchDevice, DeviceRefused or NoAudioSupport on entering, DeviceLost while iterating.
    """

    def __init__(
        self, device: str | int | None = None, *, backend: Backend | None = None, patience: Patience | None = None
    ) -> None:
        """Open nothing yet; `device` as in `devices.find`, `backend` is PortAudio unless given."""
        self._wanted = device
        self._backend = backend or PortAudio()
        self._patience = patience or Patience()
        self._queue: queue.Queue[Block | None] = queue.Queue(_QUEUE)
        self._stopped = threading.Event()
        self._dropped = 0  # frames; only the callback's thread touches it
        self._overflow = False  # likewise
        self._device: Device | None = None
        self._stream: InputStream | None = None

    @property
    def duration(self) -> None:
        """Endless."""
        return

    def __enter__(self) -> Self:
        """Find the device, open it and start it."""
        device = find(self._backend.devices(), self._wanted)
        channels = min(device.inputs, _CHANNELS)
        stream = self._backend.open(device, channels, device.default_rate // _BLOCKS_PER_SECOND, self._receive)
        stream.start()
        self._device, self._stream = device, stream
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Release the device."""
        self.stop()
        stream, self._stream = self._stream, None
        if stream is not None:
            try:
                stream.stop()
            finally:
                stream.close()

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield chunks as they come; once, between entering and leaving."""
        if self._device is None:
            message = "enter the source before iterating it"
            raise RuntimeError(message)
        capture = Capture(self._device.default_rate)
        patience = self._patience.first
        while (block := self._next(patience)) is not None:
            yield from capture.receive(block)
            patience = self._patience.later
        yield from capture.finish()
        if not self._stopped.is_set():
            raise DeviceLost(self._device.name, patience)

    def stop(self) -> None:
        """Take no more from the device and end after what it has delivered."""
        self._stopped.set()
        try:
            self._queue.put_nowait(None)  # wakes a receiver that waits
        except queue.Full:
            return  # then none waits

    def _next(self, patience: float) -> Block | None:
        """The next block; None where the source is stopped or lost."""
        try:
            block = self._queue.get_nowait() if self._stopped.is_set() else self._queue.get(timeout=patience)
            return block if block is not None else self._queue.get_nowait()
        except queue.Empty:
            return None

    def _receive(self, samples: Samples, frames: int, time: CallbackTime, status: CallbackStatus) -> None:
        """PortAudio's thread: copy, note what was lost, be gone."""
        if self._stopped.is_set():
            return
        overflow = self._overflow or bool(status.input_overflow)
        block = Block(samples.copy(), overflow, time.inputBufferAdcTime, self._dropped)
        try:
            self._queue.put_nowait(block)
        except queue.Full:
            self._dropped += frames
            self._overflow = overflow
        else:
            self._dropped = 0
            self._overflow = False


def _load() -> ModuleType:
    try:
        import sounddevice  # noqa: PLC0415 - importing it loads PortAudio, which may be missing
    except OSError as error:
        raise NoAudioSupport from error
    return sounddevice  # type: ignore[no-any-return]
