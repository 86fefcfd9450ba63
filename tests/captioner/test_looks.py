import numpy as np
import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Word
from captioner.config import AudioSettings, MeetingSettings, ModelSettings, PipelineSettings
from captioner.looks import second_looks
from captioner.recognition.base import Recognised


class Sink:
    def __init__(self):
        self.pushed = []

    def push(self, emitted):
        self.pushed.append(emitted.update)


class Model:
    def recognise(self, audio, context):
        text = " translated" if context.translate else " better"
        return Recognised((Word(300, 800, text, 0.9),), context.language, 0.0)


def run(refine, translation=None):
    model = ModelSettings(refine=refine, translate=translation is not None)
    settings = PipelineSettings(AudioSettings(file="x"), model, MeetingSettings("m", "t"), "ws://h", "s", "p")
    sink = Sink()
    word = Word(1_000, 1_500, " worse.", 0.5)
    update = CueUpdate(Cue("r-1", 1_000, 1_500, "worse.", "fr", words=(word,)), 1, CueStatus.FINAL, 1)
    with second_looks(settings, Model(), tuple, [sink], translation) as looks:
        for look in looks:
            look.hear(np.zeros(3 * 16_000, np.float32))
            look.take(update)
            look.hear(np.zeros(6 * 16_000, np.float32))
        before = len(sink.pushed)
        for look in looks:
            while look._tasks:
                look.poll()
        during = len(sink.pushed) - before
    return during, sink.pushed


@pytest.mark.parametrize(("refine", "during", "after"), [("off", 0, 0), ("archive", 0, 1), ("live", 1, 1)])
def test_refined_text_comes_when_it_was_asked_for(refine, during, after):
    seen, pushed = run(refine)
    assert (seen, len(pushed)) == (during, after)
    assert all((u.cue.id, u.cue.text, u.revision) == ("r-1", "better", 2) for u in pushed)


def test_a_translation_goes_to_its_own_track():
    track = Sink()
    _, pushed = run("off", track)
    assert pushed == []
    assert [u.cue.text for u in track.pushed] == ["translated"]
