"""Who speaks, by a stand-in for a model: how loud it is, is whose voice it is."""

import numpy as np
import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate
from captioner.captions.policy import PolicyChange, PolicyTimeline, RecordPolicy
from captioner.diarist import Diarist

LOUD, QUIET = 0.9, 0.1


class Ears:
    """An embedder that remembers what it was given."""

    def __init__(self) -> None:
        self.heard: list[int] = []

    def embed(self, samples):
        self.heard.append(len(samples))
        return np.array([1, 0] if samples.mean() > 0.5 else [0, 1], np.float32)


def final(start: int, end: int, speaker: str = "", status: CueStatus = CueStatus.FINAL) -> CueUpdate:
    return CueUpdate(Cue(f"c{start}", start, end, "words", "en", speaker), 1, status)


def sound(diarist: Diarist, *levels: float, start: int = 0, seconds: int = 4) -> None:
    """Hear each level for some seconds, in pieces of 100 ms."""
    for number in range(len(levels) * seconds * 10):
        level = levels[number // (seconds * 10)]
        diarist.hear(np.full(1600, level, np.float32), start + number * 100)


@pytest.fixture
def ears():
    return Ears()


def test_finals_get_the_number_of_their_voice(ears):
    diarist = Diarist(ears.embed, lambda *_: True)
    sound(diarist, LOUD, QUIET, LOUD)
    labels = [diarist.labelled(final(start, start + 3000)).cue.speaker for start in (200, 4200, 8200)]
    assert labels == ["Speaker 1", "Speaker 2", "Speaker 1"]


def test_partials_and_what_has_a_speaker_stay_as_they_are(ears):
    diarist = Diarist(ears.embed, lambda *_: True)
    sound(diarist, LOUD)
    for update in (final(0, 3000, status=CueStatus.PARTIAL), final(0, 3000, "Ann")):
        assert diarist.labelled(update) is update
    assert not ears.heard


def test_what_is_too_short_or_no_longer_there_has_no_label(ears):
    diarist = Diarist(ears.embed, lambda *_: True)
    sound(diarist, LOUD, QUIET, seconds=80)
    assert diarist.labelled(final(0, 3000)).cue.speaker == ""  # more than a minute ago
    assert diarist.labelled(final(150_000, 150_400)).cue.speaker == ""
    assert diarist.labelled(final(150_000, 153_000)).cue.speaker == "Speaker 1"


def test_of_a_long_caption_five_seconds_are_compared(ears):
    diarist = Diarist(ears.embed, lambda *_: True)
    sound(diarist, LOUD, seconds=30)
    diarist.labelled(final(0, 29_000))
    assert ears.heard == [80_000]


def test_who_comes_into_a_meeting_later_is_nobody_from_before(ears):
    diarist = Diarist(ears.embed, lambda *_: True, "0:10:42")
    sound(diarist, LOUD)
    assert diarist.labelled(final(0, 3000)).cue.speaker == "Speaker 1 (from 0:10:42)"


@pytest.mark.parametrize("policy", [RecordPolicy.CHATHAM, RecordPolicy.OFF_RECORD])
def test_where_no_name_may_be_told_no_voice_is_compared_and_no_sound_kept(ears, policy):
    record = PolicyTimeline([PolicyChange(0, RecordPolicy.ON_RECORD), PolicyChange(4000, policy)])
    record.add(PolicyChange(8000, RecordPolicy.ON_RECORD))
    diarist = Diarist(ears.embed, lambda start, end: record.strictest(start, end) is RecordPolicy.ON_RECORD)
    sound(diarist, LOUD)
    assert diarist.labelled(final(200, 3200)).cue.speaker == "Speaker 1"
    asked = len(ears.heard)
    sound(diarist, QUIET, start=4000)
    assert max(at for at, _ in diarist._sound) < 4000
    for start, end in ((4200, 7200), (3000, 5000), (7000, 9000)):  # within it, into it, out of it
        assert diarist.labelled(final(start, end)).cue.speaker == ""
    assert len(ears.heard) == asked
    sound(diarist, QUIET, LOUD, start=8100)
    assert diarist.labelled(final(8200, 11_200)).cue.speaker == "Speaker 2"
    assert diarist.labelled(final(12_200, 15_200)).cue.speaker == "Speaker 1"


def test_a_switch_that_is_heard_of_late_still_forbids_the_label(ears):
    record = PolicyTimeline([PolicyChange(0, RecordPolicy.ON_RECORD)])
    diarist = Diarist(ears.embed, lambda start, end: record.strictest(start, end) is RecordPolicy.ON_RECORD)
    sound(diarist, LOUD)
    record.add(PolicyChange(1000, RecordPolicy.CHATHAM))
    assert diarist.labelled(final(500, 3500)).cue.speaker == ""
    assert not ears.heard
