from pathlib import Path

import pytest

from captioner.audio import errors

EVERY = [
    errors.NoAudioSupport(),
    errors.NoSuchDevice("There is no input device called 'x'", ["0 Desk, ALSA"]),
    errors.NoSuchDevice("There is no default input device", []),
    errors.DeviceRefused("Desk", "busy"),
    errors.DeviceLost("Desk", 0.5),
    errors.AudioFileMissing(Path("gone.wav")),
    errors.NotAudio(Path("notes.txt"), "it has no audio"),
]


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
def test_every_error_says_what_to_do(error):
    assert isinstance(error, errors.AudioError)
    assert error.remedy
    assert str(error) == f"{error.problem}. {error.remedy}."


def test_a_missing_library_names_the_package():
    assert "apt install libportaudio2" in errors.NoAudioSupport().remedy


def test_a_missing_device_lists_what_there_is():
    assert "0 Desk, ALSA" in str(EVERY[1])
