import threading

import numpy as np
import pytest

from captioner.background import Background, overheard, refiner, translator
from captioner.captions.cue import Cue, CueStatus, CueUpdate, Word
from captioner.recognition.base import Recognised, RecognitionFailed
from captioner.streaming.afterwards import REFINING, TRANSLATING, Afterwards
from captioner.streaming.glossary import parse


class Chunk:
    samples = np.zeros(16_000, np.float32)


def final(number, text, language="en"):
    start = number * 3_000
    words = tuple(Word(start + i * 100, start + i * 100 + 100, f" {w}", 0.9) for i, w in enumerate(text.split()))
    return CueUpdate(Cue(f"r-{number}", start, words[-1].end, text, language, words=words), 1, CueStatus.FINAL)


class Model:
    def __init__(self, text):
        self.text, self.contexts = text, []

    def recognise(self, audio, context):
        self.contexts.append(context)
        words = tuple(Word(i * 100, i * 100 + 90, f" {w}", 0.5) for i, w in enumerate(self.text.split()))
        return Recognised(words, context.language, 0.0)


def looked(work, config=REFINING, updates=None, patient=True):
    delivered = []
    look = Background(Afterwards(config), work, delivered.append, patient=patient)
    for _ in overheard([Chunk()] * 20, [look]):
        pass
    for update in updates or [final(1, "one too")]:
        look.take(update)
        look.poll()
    look.close()
    return delivered


def test_a_refined_cue_is_a_higher_revision_with_the_glossary_s_terms():
    model = Model("one D C A D")
    terms = parse("DCAD")
    (update,) = looked(refiner(model, lambda: terms), updates=(final(1, "one decade"),))
    assert update.cue.text == "one DCAD"
    assert update.revision == 2
    assert model.contexts[0].beam > 1


def test_a_translation_is_a_cue_of_its_own_and_english_is_passed_on():
    model = Model("good day")
    updates = looked(translator(model, "x"), TRANSLATING, (final(1, "bonjour.", "fr"), final(2, "Hello all.")))
    assert [(u.cue.id, u.cue.text, u.cue.language) for u in updates] == [
        ("x-t0001", "good day", "en"), ("x-t0002", "Hello all.", "en"),
    ]  # fmt: skip
    assert [c.translate for c in model.contexts] == [True]


def test_a_failed_look_leaves_the_live_text():
    class Broken:
        def recognise(self, audio, context):
            raise RecognitionFailed

    assert looked(refiner(Broken(), tuple)) == []


def test_a_bug_in_a_look_is_not_hidden():
    def work(task):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        looked(work)


def test_the_newest_is_never_given_up_for_others_that_have_ended():
    delivered = []
    look = Background(Afterwards(REFINING), lambda task: [task.updates[0]], delivered.append, patient=False, waiting=1)
    for _ in overheard([Chunk()] * 25, [look]):
        pass
    for number in range(1, 8):
        look.take(final(number, "word"))
        for task in list(look._tasks):
            task.exception()  # each has ended before the next one comes
    look.close()
    assert delivered[-1].cue.id == "r-7"
    assert not look.given_up


def test_a_machine_that_cannot_follow_gives_up_the_oldest_and_the_stream_never_waits():
    free = threading.Event()
    delivered = []

    def work(task):
        free.wait()
        return [task.updates[0]]

    look = Background(Afterwards(REFINING), work, delivered.append, patient=False, waiting=2)
    for _ in overheard([Chunk()] * 25, [look]):
        pass
    for number in range(1, 8):
        look.take(final(number, "word"))
        look.poll()
    assert look.given_up
    free.set()
    look.close()
    ids = [u.cue.id for u in delivered]
    assert ids[-1] == "r-7"
    assert len(ids) + look.given_up == 7
