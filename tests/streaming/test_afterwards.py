import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Word
from captioner.streaming.afterwards import REFINING, TRANSLATING, Afterwards, Task, refined, translated


def final(number, start, text, step=300, language="en"):
    words = tuple(
        Word(start + i * step, start + (i + 1) * step, f" {word}", 0.9) for i, word in enumerate(text.split())
    )
    return CueUpdate(
        Cue(f"r-{number:04d}", words[0].start, words[-1].end, text, language, words=words),
        3,
        CueStatus.FINAL,
        len(words),
    )


def after(config=REFINING, seconds=24):
    made = Afterwards(config)
    made.hear(np.zeros(seconds * 16_000, np.float32))
    return made


def test_cues_are_gathered_until_the_group_is_long():
    made = after()
    assert made.take(final(1, 0, "a " * 30)) == []
    assert made.take(final(2, 9_200, "b " * 30)) == []
    (task,) = made.take(final(3, 18_500, "c " * 30))
    assert [u.cue.id for u in task.updates] == ["r-0001", "r-0002"]
    assert task.start_ms == 0
    assert len(task.audio) == (18_200 + 300) * 16
    assert [u.cue.id for u in made.flush()[0].updates] == ["r-0003"]
    assert made.flush() == []


def test_a_pause_or_another_language_ends_a_group_and_partials_and_notices_are_no_speech():
    made = after()
    assert made.take(final(1, 0, "one two")) == []
    assert len(made.take(final(2, 4_000, "three"))) == 1
    assert len(made.take(final(3, 4_400, "quatre", language="fr"))) == 1
    notice = CueUpdate(Cue("r-0004", 5_000, 6_000, "[about 1 s not captioned]", "en"), 1, CueStatus.FINAL)
    partial = CueUpdate(final(5, 5_000, "five").cue, 1, CueStatus.PARTIAL)
    assert made.take(notice) == made.take(partial) == []
    assert made.take(final(6, 5_100, "six", language="fr")) == []


def test_translations_go_by_sentence():
    made = after(TRANSLATING)
    assert made.take(final(1, 0, "une moitié,")) == []
    assert made.take(final(2, 700, "puis l'autre."))[0].start_ms == 0
    made.take(final(3, 2_000, "une moitié,"))
    (task,) = made.take(final(4, 2_700, "puis l'autre."))
    assert len(task.updates) == 2
    (update,) = translated(task, "  one half, then\nthe other. ", "run", 7, "en")
    assert (update.cue.id, update.cue.text, update.cue.start, update.cue.end) == (
        "run-t0007", "one half, then the other.", 2_000, 3_300,
    )  # fmt: skip
    assert translated(task, " \n", "run", 8, "en") == []


def test_silence_makes_the_last_group_ready_and_lost_audio_makes_none():
    made = after(seconds=1)
    assert made.take(final(1, 0, "one")) == []
    assert len(made.hear(np.zeros(16_000 * 5, np.float32))) == 1
    made.take(final(2, 1_000, "two"))
    assert made.hear(np.zeros(16_000 * 60, np.float32)) == []


def test_only_what_differs_is_revised_and_ids_and_times_stay():
    one, two = final(1, 0, "there for we go"), final(2, 1_500, "home now")
    task = Task(np.zeros(1, np.float32), 0, (one, two))
    heard = [Word(0, 600, " therefore"), Word(600, 900, " we"), Word(900, 1_200, " go"), *two.cue.words]
    (update,) = refined(task, heard)
    assert (update.cue.id, update.cue.text, update.revision) == ("r-0001", "therefore we go", 4)
    assert (update.cue.start, update.cue.end) == (one.cue.start, one.cue.end)
    assert refined(task, [*one.cue.words, *two.cue.words]) == []


def test_a_look_that_finds_much_less_or_much_more_is_not_trusted():
    task = Task(np.zeros(1, np.float32), 0, (final(1, 0, "a b c d e f g h i j"),))
    assert refined(task, [Word(0, 100, " a"), Word(100, 200, " b")]) == []
    assert refined(task, [Word(i * 100, i * 100 + 90, f" {i}") for i in range(30)]) == []


@given(st.lists(st.integers(1, 12), min_size=1, max_size=6), st.lists(st.integers(0, 12_000), max_size=60))
def test_every_word_goes_to_one_cue_at_most(sizes, times):
    updates, at = [], 0
    for number, size in enumerate(sizes):
        updates.append(final(number, at, " ".join(f"w{number}x{i}" for i in range(size))))
        at += size * 300
    heard = [Word(t, t + 100, f" h{i}") for i, t in enumerate(sorted(times))]
    words = [w for u in refined(Task(np.zeros(1, np.float32), 0, tuple(updates)), heard) for w in u.cue.words]
    assert len({w.text for w in words}) == len(words)
    assert [w.start for w in words] == sorted(w.start for w in words)
