"""The pipeline's choices; the whole of it runs in tests/integration."""

from types import SimpleNamespace

import numpy as np
import pytest

from captioner import messages, pipeline
from captioner.audio.errors import DeviceLost
from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, RecordPolicy
from captioner.captions.policy import PolicyChange
from captioner.config import AudioSettings, MeetingSettings, ModelSettings, PipelineSettings, Resume
from captioner.errors import ExitCode, Failure
from captioner.publish.outbox import OutboxFull
from captioner.publish.server import PolicyView, Refused
from captioner.publish.sink import Emitted
from captioner.timeline import Timeline


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


class Sink:
    def __init__(self, policy):
        self.policy = PolicyView(policy)
        self.pushed = []

    def push(self, emitted):
        self.pushed.append(emitted.update)


def labelling(monkeypatch, policy, resume_ms=0):
    """Return a stream's diarist with a stand-in for the model, and its sink."""
    embedder = SimpleNamespace(embed=lambda samples: np.array([1.0, 0.0], np.float32))
    monkeypatch.setattr(pipeline, "voices", lambda model: embedder)
    welcome = wire.Welcome(meeting=Meeting("m", "t", 0), epoch="e", seq=0, policy=policy, resume_ms=resume_ms)
    sink = Sink(policy)
    return pipeline._diarist(settings(), sink, welcome, Timeline(0, 642_000, 0.0)), sink


def spoken(diarist):
    diarist.hear(np.full(64_000, 0.5, np.float32), 0)
    return CueUpdate(Cue("c1", 0, 4000, "words", "en"), 1, CueStatus.FINAL)


def test_voices_are_told_apart_only_where_the_host_wants_it(monkeypatch):
    monkeypatch.setattr(pipeline, "voices", lambda model: None)
    assert pipeline._diarist(settings(), Sink(RecordPolicy.ON_RECORD), None, Timeline(0, 0, 0.0)) is None


def test_a_label_stands_in_everything_that_is_published(monkeypatch):
    monkeypatch.setattr(pipeline.messages, "say", lambda message: None)
    diarist, sink = labelling(monkeypatch, RecordPolicy.ON_RECORD)
    stream = pipeline._Stream(settings(), None, [sink], sink, None)
    stream.diarist = diarist
    stream.emit(Emitted(spoken(diarist), 0, 0))
    assert sink.pushed[0].cue.speaker == "Speaker 1"


def test_who_joins_a_track_that_has_captions_says_since_when(monkeypatch):
    diarist, _ = labelling(monkeypatch, RecordPolicy.ON_RECORD, resume_ms=600_000)
    assert diarist.labelled(spoken(diarist)).cue.speaker == "Speaker 1 (from 0:10:42)"


@pytest.mark.parametrize("policy", [RecordPolicy.CHATHAM, RecordPolicy.OFF_RECORD])
def test_no_label_reaches_anything_where_the_record_allows_no_name(monkeypatch, policy):
    diarist, sink = labelling(monkeypatch, policy)
    assert diarist.labelled(spoken(diarist)).cue.speaker == ""
    assert not diarist._sound
    sink.policy.add(PolicyChange(0, RecordPolicy.ON_RECORD))
    assert diarist.labelled(spoken(diarist)).cue.speaker == "Speaker 1"
