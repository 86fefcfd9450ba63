"""Numbers for voices: in the order in which they came, learnt from long utterances only."""

import numpy as np

from captioner.streaming.speakers import Speakers, SpeakersConfig


def voice(angle: float) -> "np.ndarray":
    """Voices are directions: the nearer, the more alike."""
    return np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))], np.float32)


def test_voices_are_numbered_as_they_come_and_known_again():
    speakers = Speakers()
    assert [speakers.number(voice(angle), 3000) for angle in (0, 90, 5, 180, 85)] == [1, 2, 1, 3, 2]


def test_a_short_utterance_founds_nobody_but_may_be_somebody():
    speakers = Speakers()
    assert speakers.number(voice(0), 800) == 0
    assert speakers.number(voice(0), 3000) == 1
    assert speakers.number(voice(66), 800) == 1  # a cosine of 0.41: enough for a short one
    assert speakers.number(voice(66), 3000) == 2  # not for a long one


def test_a_voice_is_learnt_from_what_is_long():
    speakers = Speakers(SpeakersConfig(same=0.8, short_same=0.8))
    speakers.number(voice(0), 2000)
    speakers.number(voice(30), 6000)
    assert speakers.number(voice(58), 2000) == 1  # 35 degrees from what was learnt, 58 from the first
    for _ in range(9):
        speakers.number(voice(20), 900)
    assert speakers.number(voice(58), 2000) == 1  # short ones taught nothing


def test_there_is_a_most():
    speakers = Speakers(SpeakersConfig(most=2))
    assert [speakers.number(voice(angle), 3000) for angle in (0, 90, 180, 0)] == [1, 2, 0, 1]
