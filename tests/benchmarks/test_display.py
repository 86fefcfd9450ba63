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
