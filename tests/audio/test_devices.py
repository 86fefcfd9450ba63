import pytest

from captioner.audio.devices import Device, find
from captioner.audio.errors import NoSuchDevice

DESK = Device(0, "USB Desk Mic", "MME", 1, 44_100, is_default=False)
DESK_WASAPI = Device(3, "USB Desk Mic", "WASAPI", 1, 48_000, is_default=False)
WEBCAM = Device(4, "Webcam", "WASAPI", 2, 48_000, is_default=True)
WEBCAM_PRO = Device(7, "Webcam Pro", "WASAPI", 2, 48_000, is_default=False)
ALL = [DESK, DESK_WASAPI, WEBCAM, WEBCAM_PRO]


@pytest.mark.parametrize(
    ("wanted", "device"),
    [
        (None, WEBCAM),
        (0, DESK),
        ("7", WEBCAM_PRO),
        (" desk ", DESK_WASAPI),
        ("usb desk mic, mme", DESK),
        ("WEBCAM", WEBCAM),
        ("cam pro", WEBCAM_PRO),
    ],
)
def test_found(wanted, device):
    assert find(ALL, wanted) == device


@pytest.mark.parametrize("wanted", [1, "99", "lamp", "cam", -1])
def test_none_or_several_are_listed(wanted):
    with pytest.raises(NoSuchDevice) as caught:
        find(ALL, wanted)
    assert "7 Webcam Pro, WASAPI" in str(caught.value)


def test_no_default():
    with pytest.raises(NoSuchDevice, match="no default"):
        find([DESK], None)


def test_nothing_at_all():
    with pytest.raises(NoSuchDevice, match="connect a microphone"):
        find([], None)


def test_a_line_for_a_person():
    assert str(WEBCAM) == "4 Webcam, WASAPI (default)"
