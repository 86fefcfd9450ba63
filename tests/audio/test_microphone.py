import collections
import subprocess
import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from captioner.audio.devices import Device
from captioner.audio.errors import DeviceLost, DeviceRefused, NoAudioSupport, NoSuchDevice
from captioner.audio.microphone import MicrophoneSource, Patience, PortAudio, list_devices

DESK = Device(3, "Desk", "ALSA", 4, 48_000, is_default=True)
SHORT = Patience(first=0.2, later=0.05)


class FakeStream:
    def __init__(self, callback, blocksize, channels):
        self._callback = callback
        self._blocksize = blocksize
        self._channels = channels
        self._frames = 0
        self.running = self.closed = False

    def start(self):
        self.running = True

    def stop(self):
        self.running = False

    def close(self):
        self.closed = True

    def deliver(self, blocks=1, *, overflow=False):
        buffer = np.empty((self._blocksize, self._channels), np.float32)  # reused, as PortAudio's is
        for _ in range(blocks):
            buffer[:] = 0.25
            time = SimpleNamespace(inputBufferAdcTime=100 + self._frames / 48_000)
            self._callback(buffer, len(buffer), time, SimpleNamespace(input_overflow=overflow))
            self._frames += len(buffer)
            buffer[:] = 9.0

    def lose(self, blocks):
        self._frames += blocks * self._blocksize


class FakeBackend:
    def __init__(self, devices=(DESK,)):
        self._devices = devices
        self.stream = None

    def devices(self):
        return self._devices

    def open(self, device, channels, blocksize, callback):
        self.stream = FakeStream(callback, blocksize, channels)
        return self.stream


def source(**options):
    backend = FakeBackend()
    return MicrophoneSource("desk", backend=backend, patience=SHORT, **options), backend


def assert_seamless(chunks):
    position = 0
    for chunk in chunks:
        assert chunk.start == position
        position = chunk.end
    return position


def test_what_was_captured_before_a_stop_comes():
    microphone, backend = source()
    with microphone:
        assert microphone.duration is None
        backend.stream.deliver(20)
        microphone.stop()
        backend.stream.deliver(5)
        chunks = list(microphone)
    assert assert_seamless(chunks) == 16_000
    np.testing.assert_allclose(np.concatenate([chunk.samples for chunk in chunks])[800:-800], 0.25, atol=1e-3)
    assert not any(chunk.gap for chunk in chunks)
    assert backend.stream.closed
    assert not backend.stream.running


def test_a_silent_device_is_lost_after_all_it_gave():
    microphone, backend = source()
    chunks = []
    with microphone:
        backend.stream.deliver(4)
        with pytest.raises(DeviceLost, match="'Desk'") as caught:
            collections.deque(map(chunks.append, microphone), maxlen=0)
    assert assert_seamless(chunks) == 3200
    assert caught.value.silent_for == SHORT.later
    assert backend.stream.closed


def test_a_device_that_never_starts_is_lost():
    microphone, _backend = source()
    with microphone, pytest.raises(DeviceLost) as caught:
        list(microphone)
    assert caught.value.silent_for == SHORT.first


def test_a_receiver_too_slow_finds_a_gap_where_blocks_had_no_room():
    microphone, backend = source()
    with microphone:
        backend.stream.deliver(210)  # ten more than fit
        chunks = microphone.__iter__()
        first = next(chunks)
        backend.stream.deliver(1)
        microphone.stop()
        rest = list(chunks)
    assert assert_seamless([first, *rest]) == 211 * 800
    assert [(chunk.start, chunk.end) for chunk in rest if chunk.gap] == [(200 * 800, 210 * 800)]


def test_an_overflow_of_the_device_is_a_gap():
    microphone, backend = source()
    with microphone:
        backend.stream.deliver(2)
        backend.stream.lose(3)
        backend.stream.deliver(1, overflow=True)
        microphone.stop()
        chunks = list(microphone)
    assert [(chunk.start, chunk.end) for chunk in chunks if chunk.gap] == [(1600, 4000)]


def test_stop_from_another_thread_wakes_the_receiver():
    backend = FakeBackend()
    microphone = MicrophoneSource(backend=backend, patience=Patience(first=60, later=60))
    with microphone:
        backend.stream.deliver(2)
        timer = threading.Timer(0.05, microphone.stop)
        timer.start()
        assert assert_seamless(list(microphone)) == 1600
        timer.join()
    microphone.stop()


def test_no_such_device():
    with pytest.raises(NoSuchDevice, match="3 Desk, ALSA"):
        MicrophoneSource("lamp", backend=FakeBackend()).__enter__()


def test_iterating_unopened_is_our_bug():
    with pytest.raises(RuntimeError, match="enter"):
        next(iter(source()[0]))


def fake_sounddevice(monkeypatch, stream):
    class PortAudioError(Exception):
        pass

    module = SimpleNamespace(
        PortAudioError=PortAudioError,
        query_hostapis=lambda: ({"name": "ALSA"},),
        query_devices=lambda: [
            {"index": 0, "name": "Speaker", "hostapi": 0, "max_input_channels": 0, "default_samplerate": 48_000.0},
            {"index": 1, "name": "Desk", "hostapi": 0, "max_input_channels": 1, "default_samplerate": 44_100.0},
        ],
        default=SimpleNamespace(device=[1, 0]),
    )
    module.InputStream = lambda **options: stream(module, options)
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    return module


def test_port_audio_lists_inputs_only(monkeypatch):
    fake_sounddevice(monkeypatch, None)
    assert list_devices() == [Device(1, "Desk", "ALSA", 1, 44_100, is_default=True)]


def test_port_audio_opens_at_the_devices_own_rate_with_high_latency(monkeypatch):
    seen = {}

    def stream(module, options):
        seen.update(options)
        return FakeStream(options["callback"], options["blocksize"], options["channels"])

    fake_sounddevice(monkeypatch, stream)
    with MicrophoneSource(patience=SHORT):
        assert (seen["device"], seen["samplerate"], seen["channels"]) == (1, 44_100, 1)
        assert (seen["latency"], seen["dtype"], seen["blocksize"]) == ("high", "float32", 2205)


def test_a_device_in_use_is_refused(monkeypatch):
    def stream(module, options):
        raise module.PortAudioError("Device unavailable")

    fake_sounddevice(monkeypatch, stream)
    with pytest.raises(DeviceRefused, match="Device unavailable"):
        MicrophoneSource().__enter__()


def test_a_device_that_does_not_start_is_refused_and_closed(monkeypatch):
    class Stuck(FakeStream):
        def start(self):
            raise self.failure("stuck")

    opened = []

    def stream(module, options):
        opened.append(Stuck(options["callback"], 1, 1))
        opened[0].failure = module.PortAudioError
        return opened[0]

    fake_sounddevice(monkeypatch, stream)
    with pytest.raises(DeviceRefused, match="stuck"):
        MicrophoneSource().__enter__()
    assert opened[0].closed


def test_importing_needs_no_portaudio():
    code = "import sys, captioner.audio.microphone; sys.exit('sounddevice' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_portaudio_the_remedy_is_named(tmp_path, monkeypatch):
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    with pytest.raises(NoAudioSupport, match="libportaudio2"):
        PortAudio().devices()


def test_the_real_portaudio_can_be_asked():
    try:
        devices = list_devices()
    except NoAudioSupport:
        pytest.skip("no PortAudio on this machine")
    assert all(device.inputs > 0 and device.default_rate > 0 for device in devices)
