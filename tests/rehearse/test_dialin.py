import json

import numpy as np
import pytest
from typer.testing import CliRunner

from captioner.cli import app
from captioner.errors import ExitCode
from captioner.rehearse.dialin import check_jitsi, check_vosk, packets

WORD = {"conf": 0.9, "start": 0.1, "end": 0.4, "word": "hello"}
RESULT = {
    "type": "transcription-result", "is_interim": False, "transcript": [{"text": "Hi.", "confidence": 0.9}],
    "participant": {"id": "a"}, "timestamp": 1, "language": "en", "message_id": "x",
}  # fmt: skip


@pytest.mark.parametrize(
    "answer", [{"partial": ""}, {"partial": "x"}, {"result": [], "text": ""}, {"result": [WORD], "text": "hello"}]
)
def test_good_answers_of_vosk(answer):
    assert check_vosk(json.dumps(answer)) == []


@pytest.mark.parametrize(
    "answer",
    [
        "x",
        "[]",
        {},
        {"partial": 1},
        {"text": "x"},
        {"result": [{"word": "x"}], "text": "x"},
        {"result": [{**WORD, "end": 0.0}], "text": "x"},
        {"partial": "", "text": ""},
    ],
)
def test_bad_answers_of_vosk(answer):
    assert check_vosk(answer if isinstance(answer, str) else json.dumps(answer))


def test_results_for_jitsi():
    assert check_jitsi(json.dumps(RESULT), frozenset("a")) == []


@pytest.mark.parametrize(
    "change",
    [
        {"type": "x"},
        {"participant": {"id": "b"}},
        {"transcript": []},
        {"transcript": [{"text": "x", "confidence": 2}]},
        {"is_interim": 1},
        {"timestamp": "x"},
    ],
)
def test_bad_results_for_jitsi(change):
    assert check_jitsi(json.dumps({**RESULT, **change}), frozenset("a"))


def test_packets_are_20_ms():
    assert 45 <= len(packets(np.zeros(16_000, np.float32))) <= 50


def test_nobody_there():
    result = CliRunner().invoke(app, ["rehearse-call", "vosk", "--url", "ws://127.0.0.1:9"])
    assert result.exit_code == ExitCode.SERVER
    assert CliRunner().invoke(app, ["rehearse-call", "x", "--url", "ws://127.0.0.1:9"]).exit_code == ExitCode.USAGE
