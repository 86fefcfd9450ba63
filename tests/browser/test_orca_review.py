"""Orca for real, without a screen: an archivist who does not see corrects a caption and decides on a name."""

import time

import pytest

from benchmarks import desk, house
from benchmarks.orca import lines
from captioner.captions.cue import Cue, CueStatus, CueUpdate
from server.tokens import host_token

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAID = ["Good morning everybody.", "The ramp is reddy.", "Thank you, Ingrid Halvorsen, for it."]


@pytest.fixture(autouse=True)
def _programs():
    if missing := desk.lacking():
        pytest.skip(f"not installed (apt): {', '.join(missing)}")


class Ears:
    """What Orca has said so far."""

    def __init__(self, reader):
        self.reader, self.at = reader, 0

    def hear(self, *texts, within_s=60):
        """Wait until each text was spoken since the last call."""
        deadline = time.monotonic() + within_s
        while True:
            heard = self.reader.heard()
            said = "\n".join(lines(heard[self.at :], "SPEECH OUTPUT"))
            if all(text in said for text in texts):
                self.at = len(heard)
                return said
            assert time.monotonic() < deadline, f"never said: {texts}, but: {said}"
            time.sleep(0.2)

    def silence(self, after_s=1.5):
        """Wait until Orca says nothing more; returns what it said since the last call."""
        length = -1
        while (heard := self.reader.heard()) and len(heard) != length:
            length = len(heard)
            time.sleep(after_s)
        said = "\n".join(lines(heard[self.at :], "SPEECH OUTPUT"))
        self.at = length
        return said

    def tab_to(self, text, limit=60):
        """Press Tab until Orca says a text."""
        for _ in range(limit):
            self.reader.press("Tab")
            said = self.silence(0.6)
            if text in said:
                return said
        raise AssertionError(f"{text} was not reached: {said}")


def test_a_caption_is_corrected_and_a_name_decided_by_ear(tmp_path):
    server = house.Server(tmp_path)
    publisher = house.Publisher(server)
    try:
        for number, text in enumerate(SAID):
            cue = Cue(f"c-{number}", number * 3000, number * 3000 + 2900, text, "en")
            publisher.push(CueUpdate(cue, 1, CueStatus.FINAL))
        publisher.close(end=True)
        with desk.Desk() as reader:
            reader.open(f"{server.url}/review/m1#token={host_token(tmp_path)}", "Review")
            ears = Ears(reader)
            ears.hear("Review of a transcript")
            ears.silence()  # it may read the whole page first
            ears.tab_to(SAID[1])
            reader.press("ctrl+End")
            for _ in range(len("reddy.")):
                reader.press("BackSpace")
            for letter in ("r", "e", "a", "d", "y", "period"):
                reader.press(letter)
            reader.press("ctrl+Return")
            ears.hear("Saved", SAID[2])  # it was kept, and the next caption has the keyboard
            ears.tab_to("Propose names")
            reader.press("Return")
            ears.hear("Ingrid Halvorsen")
            ears.tab_to("Remove (R)")  # single letters are Orca's own here
            reader.press("Return")
            ears.hear("Removed.", "no more proposals")
    finally:
        server.kill()
