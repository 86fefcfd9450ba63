import pytest

from captioner.audio.loopback import Loopback
from captioner.audio.microphone import MicrophoneSource, PortAudio
from captioner.audio.sources import device, named_channels
from captioner.audio.stream import is_stream, shown


@pytest.mark.parametrize(
    ("name", "platform", "kind", "backend"),
    [
        ("", "linux", MicrophoneSource, PortAudio), ("usb", "win32", MicrophoneSource, PortAudio), ("3", "linux", MicrophoneSource, PortAudio),
        ("system", "win32", MicrophoneSource, Loopback), ("system", "darwin", MicrophoneSource, PortAudio),
    ],
)  # fmt: skip
def test_names(name, platform, kind, backend):
    made = device(name, platform)
    assert isinstance(made, kind)
    if backend:
        assert isinstance(made._backend, backend)


def test_linux_takes_a_monitor(monkeypatch):
    monkeypatch.setattr("captioner.audio.sources.monitor_source", lambda wanted: ("monitor", wanted))
    assert device("system", "linux") == ("monitor", "")
    assert device("monitor:call", "linux") == ("monitor", "call")


def test_the_mac_takes_blackhole():
    assert device("system", "darwin")._wanted == "BlackHole"


def test_one_source_has_no_label_and_both_have():
    assert named_channels("usb", ("Me", "Call")) == {"": "usb"}
    assert named_channels("both", ("Me", "Call")) == {"Me": "", "Call": "system"}
    assert named_channels("both:usb", ("Me", "Call")) == {"Me": "usb", "Call": "system"}


@pytest.mark.parametrize("name", ["rtmp://a/b", "srt://a:1", "https://a/x.m3u8", "session.sdp", "udp://@:5000"])
def test_streams(name):
    assert is_stream(name)


def test_a_streams_key_is_not_shown():
    assert shown("rtmp://live.example/app/secret-key?token=x") == "rtmp://live.example"
    assert not is_stream("USB microphone")
