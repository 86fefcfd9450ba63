import json

import numpy as np
import pytest

from captioner.bridge.vosk import BadMessage, VoskDialogue
from captioner.captions.cue import Cue, CueStatus, CueUpdate, Word


def update(text, status, words=()):
    return CueUpdate(Cue("c", 0, 900, text, "en", words=words), 0, status)


def test_every_frame_is_answered_once():
    dialogue = VoskDialogue()
    assert json.loads(dialogue.answer()) == {"partial": ""}
    dialogue.update(update("good mor", CueStatus.PARTIAL))
    assert json.loads(dialogue.answer()) == {"partial": "good mor"}
    dialogue.update(
        update("Good morning.", CueStatus.FINAL, (Word(0, 400, "Good", 0.9), Word(400, 900, " morning.", 0.8)))
    )
    assert json.loads(dialogue.answer()) == {
        "result": [
            {"conf": 0.9, "start": 0.0, "end": 0.4, "word": "Good"},
            {"conf": 0.8, "start": 0.4, "end": 0.9, "word": "morning."},
        ],
        "text": "Good morning.",
    }
    assert json.loads(dialogue.answer()) == {"partial": ""}


def test_the_end_brings_everything_that_is_left():
    dialogue = VoskDialogue()
    dialogue.update(update("One.", CueStatus.FINAL))
    dialogue.update(update("Two.", CueStatus.FINAL))
    dialogue.text('{"eof" : 1}')
    assert dialogue.over
    assert json.loads(dialogue.last())["text"] == "One. Two."


@pytest.mark.parametrize("rate", [8000, 16_000, 48_000])
def test_sound_at_the_clients_rate(rate):
    dialogue = VoskDialogue()
    dialogue.text(json.dumps({"config": {"sample_rate": rate, "words": True}}))
    heard = sum(len(dialogue.sound((np.ones(rate // 10) * 8192).astype("<i2").tobytes())) for _ in range(20))
    assert abs(heard - 32_000) < 800


@pytest.mark.parametrize(
    "frame",
    ["", "x", "[]", "{}", '{"config": 1}', '{"config": {"sample_rate": 1}}', '{"config": {"sample_rate": "x"}}'],
)
def test_what_is_not_the_dialect(frame):
    with pytest.raises(BadMessage):
        VoskDialogue().text(frame)


def test_half_a_sample_is_left_out():
    assert len(VoskDialogue().sound(b"\x00\x00\x00")) == 1
