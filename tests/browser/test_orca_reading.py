"""Orca for real, without a screen: the reading view on the Braille line."""

import time

import pytest

from benchmarks import desk, house
from benchmarks.orca import lines
from captioner.captions.cue import Cue, CueStatus, CueUpdate

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAID = ["Good morning and welcome.", "We meet in the room with the ramp.", "The lift is late today."]


@pytest.fixture(autouse=True)
def _programs():
    if missing := desk.lacking():
        pytest.skip(f"not installed (apt): {', '.join(missing)}")


def shows(reader, text, since):
    """Wait until the Braille line has a text; returns how far Orca has written then."""
    deadline = time.monotonic() + 60
    while not any(text in line for line in lines(reader.heard()[since:], "BRAILLE LINE")):
        assert time.monotonic() < deadline, f"never on the Braille line: {text}"
        time.sleep(0.2)
    return len(reader.heard())


def test_each_step_is_on_the_braille_line_and_nothing_comes_by_itself(tmp_path):
    server = house.Server(tmp_path)
    publisher = house.Publisher(server)

    def say(number, text):
        cue = Cue(f"c-{number}", number * 1000, number * 1000 + 900, text, "en")
        publisher.push(CueUpdate(cue, 1, CueStatus.FINAL, 0))

    try:
        for number, text in enumerate(SAID):
            say(number, text)
        with desk.Desk() as reader:
            reader.open(f"{server.url}/read/m1", house.TITLE)  # one Tab: the link to the text
            shows(reader, "Skip to the text", 0)
            reader.press("Return")
            at = shows(reader, SAID[2], 0)
            say(3, "Nobody asked for this.")
            reader.press("shift+Return")
            at = shows(reader, SAID[1], at)
            reader.press("shift+Return")
            at = shows(reader, SAID[0], at)
            time.sleep(2)
            assert not any("Nobody asked" in line for line in lines(reader.heard(), "BRAILLE LINE"))
            assert not any("Nobody asked" in line for line in lines(reader.heard(), "SPEECH OUTPUT"))
            at = len(reader.heard())
            for text in SAID[1:]:
                reader.press("Return")
                at = shows(reader, text, at)
            reader.press("Return")
            shows(reader, "Nobody asked for this.", at)
    finally:
        publisher.close()
        server.kill()
