"""The error rate of who spoke when, against counts by hand."""

import itertools

import numpy as np
import pytest

from benchmarks.diarisation import Errors, Turn, compose, errors, report, rttm, speech, told
from captioner.captions.cue import Cue, CueStatus, CueUpdate


def test_what_is_right_is_right_whatever_it_is_called():
    reference = [Turn(0, 1000, "Ann"), Turn(1000, 3000, "Ben")]
    found = [Turn(0, 1000, "Speaker 2"), Turn(1000, 3000, "Speaker 1")]
    assert errors(reference, found) == Errors(300, 0, 0, 0)
    assert errors(reference, found).rate == 0.0


def test_missed_false_and_confused_are_counted_apart():
    reference = [Turn(0, 1000, "Ann"), Turn(1000, 3000, "Ben")]
    found = [Turn(500, 1500, "1"), Turn(1500, 2000, "2"), Turn(2500, 3500, "2")]
    # Ann is 1, Ben is 2: 0-500 missed, 1000-1500 is 1's, 2000-2500 missed, 3000-3500 nobody speaks
    assert errors(reference, found) == Errors(300, 100, 50, 50)


def test_of_two_who_speak_at_once_one_is_missed():
    reference = [Turn(0, 1000, "Ann"), Turn(500, 1000, "Ben")]
    assert errors(reference, [Turn(0, 1000, "1")]) == Errors(150, 50, 0, 0)


def test_every_stranger_may_be_somebody_but_only_one():
    reference = [Turn(0, 1000, "Ann"), Turn(1000, 2000, "Ann")]
    assert errors(reference, [Turn(0, 1000, "nobody 0"), Turn(1000, 2000, "nobody 1")]).confused == 100


def test_a_collar_forgives_what_is_near_an_edge():
    reference = [Turn(1000, 2000, "Ann")]
    assert errors(reference, [Turn(900, 2100, "1")]).false_alarm == 20
    assert errors(reference, [Turn(900, 2100, "1")], 250) == Errors(50, 0, 0, 0)


def test_more_people_than_labels_and_more_labels_than_people():
    reference = [Turn(n * 100, n * 100 + 100, str(n)) for n in range(5)]
    assert errors(reference, [Turn(0, 500, "1")]).confused == 40
    assert errors([Turn(0, 500, "Ann")], reference).confused == 40


def test_nothing_at_all():
    assert errors([], []) == Errors(0, 0, 0, 0)
    assert Errors(0, 0, 0, 0).rate == 0.0
    assert Errors(1, 2, 3, 4) + Errors(1, 1, 1, 1) == Errors(2, 3, 4, 5)


def test_a_reference_is_read(tmp_path):
    path = tmp_path / "one.rttm"
    path.write_text("SPEAKER one 1 0.500 1.250 <NA> <NA> Ann <NA> <NA>\n;; no\n", encoding="utf-8")
    assert rttm(path) == [Turn(500, 1750, "Ann")]


@pytest.fixture
def heard(monkeypatch):
    """Loud is speech: a voice detector of one line."""

    class Loud:
        def probability(self, frame):
            return float(np.abs(frame).mean() > 0.05)

    monkeypatch.setattr("benchmarks.diarisation.SileroVoiceDetector", Loud)


def _bursts(level: float, count: int) -> "np.ndarray":
    burst = np.concatenate((np.full(32_000, level, np.float32), np.zeros(16_000, np.float32)))
    return np.tile(burst, count)


def test_speech_is_parted_by_pauses(heard):
    (first, second) = speech(_bursts(0.5, 2))
    assert first == pytest.approx((0, 2016), abs=64)
    assert second == pytest.approx((2976, 5024), abs=64)


def test_a_conversation_is_composed_the_same_again(heard):
    voices = {"Ann": _bursts(0.5, 40), "Ben": _bursts(0.4, 40)}
    sound, turns = compose(voices, 7, 30)
    again, same = compose(voices, 7, 30)
    assert turns == same
    assert np.array_equal(sound, again)
    assert all(one.speaker != two.speaker and one.end < two.start for one, two in itertools.pairwise(turns))
    for turn in turns:
        assert np.abs(sound[turn.start * 16 : turn.end * 16]).max() > 0.1
    assert np.abs(sound[: turns[0].start * 16 - 16]).max() < 0.01


def test_captions_are_labelled_as_a_live_reader_would_get_them():
    sound = np.concatenate((np.full(64_000, 0.5, np.float32), np.zeros(64_000, np.float32)))
    said = [CueUpdate(Cue(f"c{n}", n * 4000, n * 4000 + 3900, "words", "en"), 1, CueStatus.FINAL) for n in range(2)]
    said.append(CueUpdate(Cue("c2", 7950, 7990, "Yes.", "en"), 1, CueStatus.FINAL))  # too short for a voice
    reference = [Turn(0, 3900, "Ann"), Turn(4000, 7900, "Ben")]

    def embed(samples):
        return np.array([1, 0] if samples.mean() > 0.2 else [0, 1], np.float32)

    found = told("composed 1", sound, reference, said, embed)
    assert (found.people, found.labels, found.captions, found.unlabelled) == (2, 2, 3, 1)
    assert (found.errors.missed, found.errors.confused) == (0, 0)
    assert found.errors.false_alarm == 4
    text = report([found])
    assert "**0.5 %**" in text
    assert "| composed 1 | 2 | 2 | 8 | **0.5** | 0.0 | 0.5 | 0.0 |" in text
