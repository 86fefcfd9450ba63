import threading

import numpy as np
import pytest

from captioner.background import Background, overheard, refiner, translator
from captioner.captions.cue import Cue, CueStatus, CueUpdate, Word
from captioner.recognition.base import Recognised, RecognitionFailed
from captioner.streaming.afterwards import REFINING, TRANSLATING
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
    look = Background(config, work, delivered.append, patient=patient)
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
    look = Background(REFINING, lambda task: [task.updates[0]], delivered.append, patient=False, waiting=1)
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

    look = Background(REFINING, work, delivered.append, patient=False, waiting=2)
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


def test_two_who_speak_at_once_are_looked_at_apart():
    """Each channel has its own sound, its own groups, and its own speaker; one that leaves is looked at at once."""
    delivered, tasks = [], []

    def work(task):
        tasks.append(task)
        return [task.updates[0]]

    look = Background(REFINING, work, delivered.append, patient=True)
    for level, channel in ((0.25, "a"), (0.5, "b")):
        for _ in range(20):
            look.hear(np.full(16_000, level, np.float32), 0, channel)
    for channel in "ab":
        update = final(1, "one two")
        cue = Cue(update.cue.id, update.cue.start, update.cue.end, "one two", "en", channel, update.cue.words)
        look.take(CueUpdate(cue, 1, CueStatus.FINAL), channel)
    look.left("b")
    look.take(final(2, "after the end"), "b")
    look.close()
    assert [update.cue.speaker for update in delivered] == ["b", "a"]
    assert [float(task.audio.max()) for task in tasks] == [0.5, 0.25]
    assert {task.start_ms for task in tasks} == {2_700}


def test_a_channel_that_comes_later_stands_at_its_own_time():
    tasks = []
    look = Background(REFINING, lambda task: tasks.append(task) or [], lambda _: None, patient=True)
    look.hear(np.zeros(16_000 * 5, np.float32), 60_000, "late")
    words = (Word(61_000, 61_400, " hello", 0.9),)
    look.take(CueUpdate(Cue("l-1", 61_000, 61_400, "hello", "en", words=words), 1, CueStatus.FINAL), "late")
    look.close()
    (task,) = tasks
    assert task.start_ms == 60_700
    assert len(task.audio) == 16_000


def test_a_translation_keeps_its_speaker():
    model = Model("good day")
    update = final(1, "bonjour.", "fr")
    cue = Cue(update.cue.id, update.cue.start, update.cue.end, "bonjour.", "fr", "The call", update.cue.words)
    (found,) = looked(translator(model, "x"), TRANSLATING, [CueUpdate(cue, 1, CueStatus.FINAL)])
    assert (found.cue.speaker, found.cue.text) == ("The call", "good day")
