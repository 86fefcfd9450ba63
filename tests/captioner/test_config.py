import msgspec
import pytest

from captioner.captions.cue import RecordPolicy
from captioner.config import (
    AudioSettings,
    MeetingSettings,
    ModelSettings,
    PipelineSettings,
    Resume,
    ServerSettings,
    default_data,
)


def test_settings_travel_as_json():
    settings = PipelineSettings(
        AudioSettings("a.wav", fast=True), ModelSettings(language=""), MeetingSettings("m", "é", policy=RecordPolicy.CHATHAM),
        "ws://h/ws", "token", "p", "e.jsonl", Resume(5, 1.25),
    )  # fmt: skip
    line = msgspec.json.encode(settings)
    assert b"\n" not in line
    assert msgspec.json.decode(line, type=PipelineSettings) == settings


def test_the_defaults_are_private_and_offline():
    assert ServerSettings().host == "127.0.0.1"
    assert default_data().is_absolute()


def test_settings_cannot_change():
    with pytest.raises(AttributeError):
        ServerSettings().port = 1
