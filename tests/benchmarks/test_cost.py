from dataclasses import replace

import numpy as np

from benchmarks.cost import Costed, pass_ms
from captioner.captions.cue import Word
from captioner.recognition.base import Context, Recognised
from captioner.recognition.whisper import WhisperConfig

SECOND = 16_000
CONFIG = WhisperConfig(floor_s=10, margin_s=1)


class Echo:
    def recognise(self, audio, context):
        return Recognised((Word(0, 500, " yes", 0.9),), "en", 0.0)


def test_longer_input_more_text_and_a_wider_search_cost_more():
    usual = pass_ms(6 * SECOND, 0, 80, 1, CONFIG)
    assert 150 < usual < 250
    assert pass_ms(9 * SECOND, 0, 80, 1, CONFIG) == usual  # both are filled up to 10 s
    assert pass_ms(20 * SECOND, 0, 80, 1, CONFIG) > usual
    assert pass_ms(6 * SECOND, 0, 120, 1, CONFIG) > usual
    assert usual < pass_ms(6 * SECOND, 0, 80, 5, CONFIG) < 1.5 * usual


def test_given_words_cost_little_where_they_are_fed_at_once():
    one_by_one = replace(CONFIG, at_once=False)
    assert pass_ms(6 * SECOND, 60, 20, 5, one_by_one) == pass_ms(6 * SECOND, 0, 80, 5, one_by_one)
    assert pass_ms(6 * SECOND, 60, 20, 5, CONFIG) < 0.8 * pass_ms(6 * SECOND, 60, 20, 5, one_by_one)
    assert pass_ms(6 * SECOND, 60, 20, 5, CONFIG) > pass_ms(6 * SECOND, 0, 20, 5, CONFIG)


def test_the_clock_goes_on_with_each_pass():
    costed = Costed(Echo(), CONFIG)
    assert costed.now() == 0
    audio = np.zeros(4 * SECOND, np.float32)
    assert costed.recognise(audio, Context(prefix=(" oh",))).words[0].text == " yes"
    assert costed.now() == pass_ms(len(audio), 3, 4, 1, CONFIG) / 1000
