"""Microphone and call at once, both translated by the real model: what each said is under its own name in the English track."""

import re
import shutil
import subprocess
import time

import pytest

from benchmarks.sound import SoundServer, missing
from captioner.captions.webvtt import read
from tests.integration.conftest import at_the_desk

pytestmark = pytest.mark.slow

SAID = {  # what the small model understands of a synthetic voice
    "desk": "Buenos días a todos. La reunión empieza el lunes por la mañana.",
    "call": "Muchas gracias. Vamos a la escuela con los niños.",
}
SPANISH = {"Me": {"buenos", "reunión", "lunes", "mañana"}, "The call": {"gracias", "escuela", "niños"}}
ENGLISH = {
    "Me": {"good", "meeting", "reunion", "morning", "monday", "tomorrow"},
    "The call": {"thank", "thanks", "school", "children", "kids"},
}


@pytest.fixture
def sound():
    if lacking := [*missing(), *([] if shutil.which("espeak-ng") else ["espeak-ng"])]:
        pytest.skip(f"not installed: {', '.join(lacking)} (apt: pulseaudio pulseaudio-utils espeak-ng)")
    with SoundServer(*reversed(SAID)) as server:  # the first is what the computer plays on
        yield server


def test_what_two_channels_say_at_once_is_translated_under_the_right_name(tmp_path, program, model, sound, monkeypatch):
    at_the_desk(sound, monkeypatch)
    for sink, text in SAID.items():
        command = ["espeak-ng", "-v", "es", "-s", "130", "-w", str(tmp_path / f"{sink}.wav"), text]
        subprocess.run(command, check=True)
    run = program("live", "--source", "both:pulse", "--labels", "Me,The call", "--data", tmp_path / "data", "--port", 0,
                  "--json", "--meeting", "m1", "--language", "es", "--translate", "--record", "on_record")  # fmt: skip
    run.until(lambda m: m["event"] == "started", 60)
    time.sleep(1)
    for player in [sound.play(sink, tmp_path / f"{sink}.wav") for sink in SAID]:
        player.wait(60)
    time.sleep(8)  # both have fallen silent, and each is looked at once more
    run.interrupt()
    assert run.end(180) == 0, run.errors
    folder = tmp_path / "data" / "archive" / "m1"
    spanish = read((folder / "floor.vtt").read_text(encoding="utf-8")).cues
    english = read((folder / "floor-en.vtt").read_text(encoding="utf-8")).cues

    def of(cues, speaker):
        return set(re.findall(r"\w+", " ".join(cue.text for cue in cues if cue.speaker == speaker).lower()))

    assert {cue.speaker for cue in (*spanish, *english)} == {"Me", "The call"}
    for cues, words in ((spanish, SPANISH), (english, ENGLISH)):
        for speaker, other in (("Me", "The call"), ("The call", "Me")):
            assert of(cues, speaker) & words[speaker], of(cues, speaker)
            assert not of(cues, speaker) & words[other], of(cues, speaker)
