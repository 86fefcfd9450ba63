"""Orca for real, without a screen: an archivist who does not see corrects a caption and decides on a name."""

import pytest

from benchmarks import desk, house
from captioner.captions.cue import Cue, CueStatus, CueUpdate
from server.tokens import host_token
from tests.browser.ears import Ears

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAID = ["Good morning everybody.", "The ramp is reddy.", "Thank you, Ingrid Halvorsen, for it."]


@pytest.fixture(autouse=True)
def _programs():
    if missing := desk.lacking():
        pytest.skip(f"not installed (apt): {', '.join(missing)}")


def test_a_caption_is_corrected_and_a_name_decided_by_ear(tmp_path):
    server = house.Server(tmp_path)
    publisher = house.Publisher(server)
    try:
        for number, text in enumerate(SAID):
            cue = Cue(f"c-{number}", number * 3000, number * 3000 + 2900, text, "en")
            publisher.push(CueUpdate(cue, 1, CueStatus.FINAL))
        publisher.close(end=True)
        with desk.Desk() as reader:
            ears = Ears(reader)
            reader.open(f"{server.url}/review/m1#token={host_token(tmp_path)}", "Review")
            ears.hear("Finished loading Review")
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
