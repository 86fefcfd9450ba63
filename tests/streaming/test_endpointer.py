from hypothesis import given
from hypothesis import strategies as st

from captioner.streaming.endpointer import Edge, Endpointer, EndpointerConfig


def edges(probabilities, config=None):
    endpointer = Endpointer(config or EndpointerConfig())
    return [(i, edge) for i, p in enumerate(probabilities) if (edge := endpointer.hear(p))]


def test_speech_starts_after_the_shortest_speech_and_ends_after_the_silence():
    assert edges([0.9] * 10 + [0.0] * 30) == [(2, Edge.START), (31, Edge.END)]


def test_a_click_is_no_speech():
    assert edges([0.9, 0.9, 0.0] * 20) == []


def test_hysteresis_keeps_weak_speech():
    assert edges([0.9] * 3 + [0.4] * 100) == [(2, Edge.START)]


def test_a_short_pause_does_not_end_an_utterance():
    assert edges(([0.9] * 5 + [0.0] * 15) * 4) == [(2, Edge.START)]


@given(st.lists(st.floats(0, 1), max_size=300))
def test_starts_and_ends_alternate(probabilities):
    kinds = [edge for _, edge in edges(probabilities)]
    assert kinds == [Edge.START, Edge.END] * (len(kinds) // 2) + [Edge.START] * (len(kinds) % 2)


def test_a_whole_sentence_ends_sooner():
    config = EndpointerConfig(end_silence_ms=960, sentence_silence_ms=320)
    for complete, frames in ((True, 10), (False, 30)):
        endpointer = Endpointer(config)
        for _ in range(10):
            endpointer.hear(0.9)
        endpointer.complete = complete
        assert [endpointer.hear(0.0) for _ in range(frames)] == [None] * (frames - 1) + [Edge.END]
        assert endpointer.hear(0.9) is None
