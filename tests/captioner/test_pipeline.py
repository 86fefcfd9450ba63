"""The pipeline's choices; the whole of it runs in tests/integration."""

import pytest

from captioner import messages, pipeline
from captioner.audio.errors import DeviceLost
from captioner.captions import wire
from captioner.config import AudioSettings, MeetingSettings, ModelSettings, PipelineSettings, Resume
from captioner.errors import ExitCode, Failure
from captioner.publish.outbox import OutboxFull
from captioner.publish.server import Refused


def settings(**audio):
    return PipelineSettings(
        AudioSettings(**audio),
        ModelSettings(folder="none"),
        MeetingSettings("m", "t"),
        "ws://127.0.0.1:9/ws",
        "secret",
        "p",
    )


def test_a_file_is_checked_before_a_meeting_is_opened(tmp_path):
    (tmp_path / "x.wav").write_text("no audio")
    for path in ("x.wav", "none.wav"):
        with pytest.raises(Failure) as failure:
            pipeline.source_check(settings(file=str(tmp_path / path)))
        assert failure.value.code is ExitCode.NOT_AUDIO
        assert failure.value.remedy
    pipeline.source_check(settings())  # a microphone is not a file


def test_a_lost_device_is_a_device_failure():
    assert pipeline._audio_failure(DeviceLost("usb", 4.0)).code is ExitCode.DEVICE


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refused(wire.ErrorCode.TRACK_TAKEN, "taken"), ExitCode.TRACK_TAKEN),
        (Refused(wire.ErrorCode.UNAUTHORISED, "token"), ExitCode.SERVER),
        (OutboxFull("20000 captions wait"), ExitCode.SERVER),
    ],
)
def test_refusals_have_codes_and_remedies(error, code):
    failure = pipeline._refusal(error)
    assert failure.code is code
    assert failure.remedy


def test_a_restart_knows_the_timeline():
    before = settings(file="a.wav")
    assert pipeline.resumed(before, None) == before
    started = messages.Started(base_ms=700, origin=3.5, total_ms=None)
    assert pipeline.resumed(before, started).resume == Resume(700, 3.5)


def test_the_target_says_that_captions_are_automatic():
    target = pipeline._target(settings())
    assert target.track.origin.value == "automatic"
    assert target.track.language == "en"
    detecting = PipelineSettings(
        AudioSettings(), ModelSettings(language=""), MeetingSettings("m", "t"), "ws://h/ws", "s", "p"
    )
    assert pipeline._target(detecting).track.language == "mul"


@pytest.mark.parametrize(
    ("audio", "name"),
    [
        (AudioSettings(device="rtmp://live.example/app/secret-key?token=x"), "rtmp://live.example"),
        (AudioSettings(device="USB"), "USB"), (AudioSettings(), "microphone"), (AudioSettings(file="/home/a/talk.wav"), "talk.wav"),
    ],
)  # fmt: skip
def test_the_console_is_told_a_source_and_no_streams_key(audio, name):
    assert pipeline.source_name(audio) == name
