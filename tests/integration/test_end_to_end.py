"""The real command, two real processes, the real model, real speech."""

import csv
import json
import subprocess
import sys
import urllib.request
import wave
from pathlib import Path

import pytest
import webvtt

pytestmark = pytest.mark.slow
DEMO = Path(__file__).parents[2] / "demo"


def common(tmp_path):
    return ("--data", tmp_path, "--port", 0, "--json", "--no-keep", "--meeting", "m1")


def vtt_text(tmp_path, meeting="m1"):
    return " ".join(c.text for c in webvtt.read(str(tmp_path / "archive" / meeting / "floor.vtt")))


def said(until_s=float("inf")):
    """The script of the demo, as far as it is spoken by then."""
    with (DEMO / "meeting.segments.tsv").open(encoding="utf-8", newline="") as table:
        return " ".join(row["text"] for row in csv.DictReader(table, delimiter="\t") if float(row["end"]) <= until_s)


def wer(hypothesis, reference=None):
    import jiwer
    from whisper_normalizer.english import EnglishTextNormalizer

    normal = EnglishTextNormalizer()
    return jiwer.wer(normal(reference or said()), normal(hypothesis))


def demo():
    return DEMO / "meeting.opus"


def beginning(path, seconds):
    """Write the demo's beginning to a WAV file."""
    import av

    with av.open(str(demo())) as container, wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", ""))
        mono = av.AudioResampler("s16", "mono", 16_000)
        for frame in container.decode(audio=0):
            if frame.time >= seconds:
                break
            for each in mono.resample(frame):
                out.writeframes(each.to_ndarray().tobytes())
    return path


def test_a_recording_becomes_a_transcript_with_a_second_look_and_a_translation(tmp_path, program, model):
    events = tmp_path / "events.jsonl"
    run = program("file", demo(), "--fast", "--translate", "--events", events, *common(tmp_path))
    assert run.end(300) == 0, run.errors
    assert wer(vtt_text(tmp_path)) < 0.05
    shown = [m for m in run.lines if m["event"] == "caption"]
    cues = webvtt.read(str(tmp_path / "archive" / "m1" / "floor.vtt"))
    assert len({cue.identifier.partition("~")[0] for cue in cues}) == len(shown)  # a long cue is in parts
    other = webvtt.read(str(tmp_path / "archive" / "m1" / "floor-en.vtt"))
    assert wer(" ".join(c.text for c in other)) < 0.08  # English is passed on
    for suffix in ("txt", "json"):
        assert (tmp_path / "archive" / "m1" / f"floor.{suffix}").stat().st_size > 0
    lines = [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]
    fields = [
        "emitted_ms",
        "audio_ms",
        "cue",
        "revision",
        "status",
        "stable",
        "unstable",
        "start_ms",
        "end_ms",
        "language",
    ]
    assert all(list(line) == fields for line in lines)
    stable, finished, emitted = {}, set(), []
    for line in lines:
        if line["cue"] in finished:
            continue  # a second look, in its own time, may change what was finished
        emitted.append(line["emitted_ms"])
        if line["status"] == "final":
            finished.add(line["cue"])
        before = stable.get(line["cue"], "")
        assert line["stable"].startswith(before) or before.startswith(line["stable"])
        stable[line["cue"]] = line["stable"]
    assert emitted == sorted(emitted)


def test_kill_the_pipeline_and_the_server_and_lose_nothing(tmp_path, program, model):
    run = program("file", beginning(tmp_path / "part.wav", 73.6), *common(tmp_path))
    url = run.until(lambda m: m["event"] == "serving")["url"]
    run.captions(3)
    run.kill("captioner.pipeline")
    run.captions(4)
    run.kill("captioner.serve")
    run.captions(4)
    with urllib.request.urlopen(url.split("/live/")[0] + "/healthz", timeout=10) as answer:
        assert answer.status == 200
    assert run.end(300) == 0, run.errors
    text = vtt_text(tmp_path)
    assert wer(text, said(73.6)) < 0.08
    shown = [m["text"] for m in run.lines if m["event"] == "caption"]
    ids = [c.identifier for c in webvtt.read(str(tmp_path / "archive" / "m1" / "floor.vtt"))]
    assert len(ids) == len(set(ids))
    assert shown


def test_ctrl_c_ends_with_a_transcript_of_all_that_was_captioned(tmp_path, program, model):
    run = program("file", demo(), "--refine", "off", *common(tmp_path))
    run.captions(3)
    run.interrupt()
    assert run.end(60) == 0, run.errors
    shown = [m["text"] for m in run.lines if m["event"] == "caption"]
    assert len(shown) >= 3
    text = " ".join(vtt_text(tmp_path).split())  # long captions have two lines
    assert [sentence for sentence in shown if sentence not in text] == []


def test_a_second_captioner_is_refused_and_the_first_goes_on(tmp_path, program, model):
    run = program("file", demo(), *common(tmp_path))
    url = run.until(lambda m: m["event"] == "serving")["url"]
    run.captions(1)
    from captioner.captions.cue import RecordPolicy, Track
    from captioner.captions.wire import ErrorCode
    from captioner.publish.server import Refused, ServerSink, Target
    from server.tokens import host_token

    ws = url.split("/live/")[0].replace("http", "ws", 1) + "/ws"
    target = Target(ws, host_token(tmp_path), "m1", "t", Track("floor", "en"), RecordPolicy.ON_RECORD, "another")
    with pytest.raises(Refused) as refused:
        ServerSink(target).start(10)
    assert refused.value.code is ErrorCode.TRACK_TAKEN
    run.captions(1)
    run.interrupt()
    assert run.end(60) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("file", "no-such-file.wav"), 7, "no file"),
        (("file", "pyproject.toml"), 7, "audio"),
        (("live", "--device", "no such microphone"), 6, ""),
    ],
)
def test_bad_input_has_a_remedy_and_a_code(tmp_path, program, model, arguments, code, says):
    run = program(*arguments, "--data", tmp_path, "--port", 0)
    assert run.end(60) == code
    assert says in run.errors
    assert "Traceback" not in run.errors


def test_a_port_in_use(tmp_path, program, model):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = program("file", demo(), "--data", tmp_path, "--port", taken.getsockname()[1])
        assert run.end(60) == 3
    assert "Traceback" not in run.errors


def test_no_model_and_no_network(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "captioner.cli", "file", str(demo())],
        env={"PATH": "/usr/bin:/bin", "CAPTIONER_MODELS": str(tmp_path / "models"), "HOME": str(tmp_path)},
        cwd=demo().parents[1], capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert run.returncode == 5
    assert "captioner models fetch" in run.stderr
