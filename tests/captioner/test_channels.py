import threading

import numpy as np
import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Word
from captioner.channels import Channels, Heard, Left, OnePartial, Over
from captioner.streaming.session import Hypothesis, Session, SessionConfig

SPEECH, SILENCE = np.full(1600, 0.5, np.float32), np.zeros(1600, np.float32)


def session(_=""):
    return Session(SessionConfig(), lambda frame: float(abs(frame).max() > 0.1), f"r{next(RUNS)}", 0)


RUNS = iter(range(10_000))


def recognise(request):
    """One word a second of audio."""
    words = [
        Word(at, at + 400, f" w{at // 1000}", 1.0) for at in range(request.start_ms + 300, request.end_ms - 400, 1000)
    ]
    return Hypothesis([w for w in words if not request.prefix or w.start >= request.prefix[-1].end], "en")


def run(items, lasting=False, served=None):
    finals = []

    def asked(request):
        if served is not None:
            served.append(request)
        return recognise(request)

    channels = Channels(session, asked, lambda name, emitted: finals.append((name, emitted.update)))
    for item in items:
        channels.put(item)
    channels.run(lambda beat: None, lambda: 0, lasting=lasting)
    return finals


def talk(name, seconds):
    return [Heard(name, SPEECH)] * (10 * seconds) + [Heard(name, SILENCE)] * 15


def interleaved(*streams):
    return [item for items in zip(*streams, strict=True) for item in items]


def test_two_who_speak_at_once_are_both_captioned():
    finals = run([*interleaved(talk("a", 6), talk("b", 6)), Left("a"), Left("b")])
    for name in "ab":
        words = " ".join(u.cue.text for n, u in finals if n == name and u.status is CueStatus.FINAL)
        assert words.split(), finals
    ids = {u.cue.id for _, u in finals}
    assert len(ids) == len({(n, u.cue.id) for n, u in finals})


def test_none_starves():
    served = []
    items = interleaved(talk("a", 20), talk("b", 20), talk("c", 20))
    run([*items, Over()], served=served)
    assert len(served) >= 3


def test_the_last_word_survives_an_end():
    finals = run([*talk("a", 3)[:30], Over()])
    assert any(u.status is CueStatus.FINAL for _, u in finals)


def test_a_channel_may_come_again():
    finals = run([*talk("a", 3), Left("a"), *talk("a", 3), Left("a")])
    assert len({u.cue.id.split("-")[0] for _, u in finals}) == 2


def test_what_a_source_raises_is_raised_after_the_captions():
    got = []
    channels = Channels(session, recognise, lambda name, emitted: got.append(emitted.update.status))

    class Chunk:
        samples = SPEECH

    def source():
        for _ in range(30):
            yield Chunk()
        raise OSError("gone")

    channels.listen("a", source())
    with pytest.raises(OSError, match="gone"):
        channels.run(lambda beat: None, lambda: 0, lasting=True)
    assert CueStatus.FINAL in got


def test_lasting_goes_on_without_channels_until_it_is_over():
    channels = Channels(session, recognise, lambda *_: None)
    threading.Timer(0.3, lambda: channels.put(Over())).start()
    beats = []
    channels.put(Left("nobody"))
    channels.run(beats.append, lambda: 7, lasting=True)
    assert beats[0].heard_ms == 7


def update(cue, status):
    return CueUpdate(Cue(cue, 0, 1, "x", "en"), 0, status)


def test_one_open_line_at_a_time():
    gate = OnePartial()
    assert gate.passes("a", update("1", CueStatus.PARTIAL))
    assert not gate.passes("b", update("2", CueStatus.PARTIAL))
    assert gate.passes("b", update("2", CueStatus.FINAL))
    assert gate.passes("a", update("1", CueStatus.PARTIAL))
    assert gate.passes("a", update("1", CueStatus.FINAL))
    assert gate.passes("b", update("3", CueStatus.PARTIAL))
    gate.left("b")
    assert gate.passes("a", update("4", CueStatus.PARTIAL))


def test_others_overhear_each_channel_from_its_beginning():
    heard = []
    channels = Channels(
        session, recognise, lambda *_: None, overhear=lambda name, samples, at: heard.append((name, len(samples), at))
    )
    for item in [Heard("a", SILENCE), Heard("b", SILENCE), Heard("a", SILENCE), Over()]:
        channels.put(item)
    channels.run(lambda beat: None, lambda: 0, lasting=True)
    assert heard == [("a", 1600, 0), ("b", 1600, 0), ("a", 1600, 100)]
