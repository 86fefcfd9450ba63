import threading
from itertools import pairwise

import numpy as np
import pytest

from captioner.captions.cue import CueStatus, Word
from captioner.recognition.base import Recognised, RecognitionFailed
from captioner.run import absolute, retrying, run_live, run_virtual
from captioner.streaming.session import Hypothesis, Request, Session, SessionConfig


class Chunk:
    def __init__(self, samples):
        self.samples = samples


def voice(frame):
    return 0.95 if float(np.abs(frame).max()) > 0.5 else 0.01


def audio(*parts):
    """Chunks of 100 ms: seconds of speech (positive) and silence (negative)."""
    joined = np.concatenate([np.full(int(abs(s) * 16_000), float(s > 0), np.float32) for s in parts])
    return [Chunk(joined[i : i + 1600]) for i in range(0, len(joined), 1600)]


def recognise(request):
    """One word for each 500 ms from the prefix on."""
    first = request.prefix[-1].end if request.prefix else request.start_ms
    words = [Word(t, t + 500, f" w{t // 500}") for t in range(first, request.end_ms - 499, 500)]
    return Hypothesis(words, "en")


def session():
    return Session(SessionConfig(), voice, "r")


def finals(emitted):
    return " ".join(e.update.cue.text for e in emitted if e.update.status is CueStatus.FINAL).split()


def test_word_times_move_to_the_timeline():
    assert absolute([Word(10, 20, " a", 0.5)], 1000) == (Word(1010, 1020, " a", 0.5),)


def test_both_loops_say_the_same_and_times_never_go_back():
    chunks = audio(4, -2, 3, -2)
    virtual, live, beats = [], [], []
    run_virtual(chunks, session(), recognise, virtual.append, beats.append)
    run_live(chunks, session(), recognise, live.append, beats.append, lambda: 5)
    assert finals(virtual) == finals(live) != []
    times = [e.emitted_ms for e in virtual]
    assert times == sorted(times)
    assert all(e.emitted_ms >= e.audio_ms for e in virtual)
    assert {e.emitted_ms for e in live} == {5}
    assert beats[-1].heard_ms == 11_000


def test_a_pass_takes_virtual_time_in_which_audio_gathers(monkeypatch):
    ends = []
    clock = iter(range(0, 10_000, 2))  # every look at the clock is two seconds later
    monkeypatch.setattr("captioner.run.time.perf_counter", lambda: next(clock))

    def slow(request):
        ends.append(request.end_ms)
        return recognise(request)

    emitted = []
    run_virtual(audio(8, -2), session(), slow, emitted.append, lambda beat: None)
    assert all(b - a >= 1_900 for a, b in pairwise(ends[:-1]))
    assert finals(emitted)


def test_live_raises_what_the_source_raises_after_captioning_what_was_heard():
    def breaking():
        yield from audio(2)
        raise OSError("unplugged")

    emitted = []
    with pytest.raises(OSError, match="unplugged"):
        run_live(breaking(), session(), recognise, emitted.append, lambda beat: None, lambda: 0)
    assert len(finals(emitted)) >= 3


def test_live_makes_one_pass_over_all_that_came_during_the_last():
    seen, go = [], threading.Event()

    def source():
        yield from audio(1)
        go.wait(5)
        yield from audio(5, -2)

    def slow(request):
        seen.append(request.end_ms)
        if len(seen) == 1:
            go.set()
            threading.Event().wait(0.3)
        return recognise(request)

    run_live(source(), session(), slow, lambda e: None, lambda beat: None, lambda: 0)
    assert len(seen) <= 6


def test_a_failed_pass_is_tried_once_more_without_history():
    asked = []

    class Once:
        def recognise(self, audio, context):
            asked.append(context)
            if len(asked) == 1:
                raise RecognitionFailed("x")
            return Recognised((Word(0, 100, " yes"),), "en", 0.0)

    request = Request(np.zeros(1600, np.float32), 5000, 5100, (Word(5000, 5050, " oh"),), "before", "en", final=False)
    hypothesis = retrying(Once())(request)
    assert hypothesis.words == (Word(5000, 5100, " yes"),)
    assert [context.history for context in asked] == ["before", ""]
    assert asked[1].prefix == [" oh"]


def test_two_failures_are_told():
    class Never:
        def recognise(self, audio, context):
            raise RecognitionFailed("x")

    request = Request(np.zeros(1600, np.float32), 0, 100, (), "", "en", final=True)
    with pytest.raises(RecognitionFailed):
        retrying(Never())(request)
