"""Windows' loopback with a stand-in of PyAudioWPatch."""

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from captioner.audio.errors import DeviceRefused, NoSystemSound
from captioner.audio.loopback import Loopback
from captioner.audio.microphone import MicrophoneSource

INFO = {"index": 7, "name": "Speakers [Loopback]", "maxInputChannels": 2, "defaultSampleRate": 48000.0}


class Stream:
    def __init__(self, callback):
        self.callback, self.closed = callback, False

    def start_stream(self):
        data = np.full((2400, 2), 0.25, np.float32).tobytes()
        for n in range(4):
            assert self.callback(data, 2400, {"input_buffer_adc_time": 1 + n * 0.05}, 0) == (None, 0)

    def stop_stream(self):
        pass

    def close(self):
        self.closed = True


class PyAudio:
    refuse = False

    def get_default_wasapi_loopback(self):
        return INFO

    def get_loopback_device_info_generator(self):
        return iter([INFO, {**INFO, "index": 9, "name": "Headset [Loopback]"}])

    def open(self, stream_callback, **options):
        if self.refuse:
            raise OSError("device in use")
        assert options["input_device_index"] == 7
        assert options["channels"] == 2
        return Stream(stream_callback)

    def terminate(self):
        pass


def module(**more):
    return SimpleNamespace(PyAudio=type("PyAudio", (PyAudio,), more), paFloat32=1, paContinue=0, paInputOverflow=2)


def test_the_default_outputs_sound_is_captioned():
    source = MicrophoneSource(None, backend=Loopback(module))
    heard = []
    with source:
        threading.Timer(0.2, source.stop).start()
        heard = list(source)
    audio = np.concatenate([c.samples for c in heard])
    assert len(audio) == 3200
    assert audio[1600] == pytest.approx(0.25, abs=0.01)


def test_another_output_by_name():
    assert [d.is_default for d in Loopback(module).devices()] == [True, False]


def test_what_windows_refuses():
    with (
        pytest.raises(DeviceRefused, match="in use"),
        MicrophoneSource(None, backend=Loopback(lambda: module(refuse=True))),
    ):
        pass


def test_without_the_extra():
    with pytest.raises(NoSystemSound, match="captioner\\[windows\\]"):
        Loopback().devices()
