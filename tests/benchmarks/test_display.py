from benchmarks.display import final_words, of_updates
from captioner.captions.cue import Cue, CueStatus, CueUpdate, Word
from captioner.publish.sink import Emitted


def emitted(at, cue, text, stable, status=CueStatus.PARTIAL):
    words = tuple(Word(0, 1, f" {word}") for word in text.split())
    return Emitted(CueUpdate(Cue(cue, 0, 1, text, "en", words=words), 1, status, stable), at, at)


def test_finished_cues_stay_and_the_open_one_follows():
    shown = of_updates(
        [
            emitted(100, "c1", "Good mor", 1),
            emitted(200, "c1", "Good morning.", 2, CueStatus.FINAL),
            emitted(200, "c2", "We", 0),
            emitted(300, "c2", "We begin.", 2, CueStatus.FINAL),
        ]
    )
    assert [(s.at_ms, " ".join(s.words), s.stable) for s in shown] == [
        (0, "", 0),
        (100, "Good mor", 1),
        (200, "Good morning. We", 2),  # what comes together is seen together
        (300, "Good morning. We begin.", 4),
    ]
    assert final_words(shown) == ("Good", "morning.", "We", "begin.")
    assert final_words([]) == ()


def test_a_comma_that_may_change_is_no_word():
    def partial(at, *words, stable):
        made = tuple(Word(0, 1, word) for word in words)
        return Emitted(
            CueUpdate(Cue("c1", 0, 1, "".join(words).strip(), "en", words=made), 1, CueStatus.PARTIAL, stable), at, at
        )

    shown = of_updates(
        [partial(100, " you", " know", ",", " we", stable=2), partial(200, " you", " know", " we", stable=2)]
    )
    assert [(s.words, s.stable) for s in shown[1:]] == [(("you", "know", "we"), 2), (("you", "know", "we"), 2)]
