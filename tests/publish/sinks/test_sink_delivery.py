import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captioner.captions.cue import Cue
from captioner.publish.sinks.contract import Outcome, Shape, Verdict
from captioner.publish.sinks.cursor import Cursor
from captioner.publish.sinks.delivery import Backoff, Delivery
from captioner.publish.sinks.feed import Item

SHAPE = Shape(width=20, lines=1, gap_ms=300)
OK = Outcome(Verdict.ACCEPTED)


def item(n, text="One two three four five six seven.", speaker=""):
    return Item(Cue(f"c{n}", n * 1000, n * 1000 + 900, text, "en", speaker), 0, n, 0)


def test_lines_are_numbered_from_one_and_paced():
    d = Delivery(SHAPE, Cursor())
    d.began(1_000_000)
    d.begin(item(1))
    first = d.line()
    assert (first.seq, first.text, first.at_ms) == (1, "One two three four", 1_001_000)
    d.answered(OK, 50)
    assert d.wait_ms(100) == 250
    assert d.line().seq == 2
    d.answered(OK, 400)
    assert d.idle
    assert d.line() is None
    assert (d.cursor.seq, d.cursor.event, d.cursor.cue, d.cursor.recent) == (3, 1, "", ("c1",))


@pytest.mark.parametrize("verdict", [Verdict.AGAIN, Verdict.LATER, Verdict.REFUSED])
def test_a_retry_is_the_same_line_with_the_same_seq(verdict):
    d = Delivery(SHAPE, Cursor())
    d.begin(item(1))
    before = d.line()
    for n in range(20):
        d.answered(Outcome(verdict), n * 100_000)
        assert d.line() == before
        assert d.wait_ms(n * 100_000) > 0


def test_waits_grow_and_end_somewhere():
    backoff = Backoff()
    waits = [backoff.wait(Outcome(Verdict.AGAIN), tries, 1.0) for tries in range(1, 9)]
    assert waits == [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000]
    assert backoff.wait(Outcome(Verdict.AGAIN, retry_after_ms=3000), 1, 0.5) == 3000
    assert backoff.wait(Outcome(Verdict.LATER, retry_after_ms=10**9), 1, 0.5) == 60_000
    assert backoff.wait(Outcome(Verdict.REFUSED), 1, 0.5) == 30_000


def test_a_new_speaker_is_named_once():
    d = Delivery(Shape(width=80), Cursor())
    texts = []
    for n, who in enumerate(["Ada", "Ada", "Bo", "", "Bo"]):
        d.begin(item(n, "Yes.", who))
        texts.append(d.line().text)
        d.answered(OK, 0)
    assert texts == ["Ada: Yes.", "Yes.", "Bo: Yes.", "Yes.", "Yes."]


def test_names_can_be_left_out():
    d = Delivery(Shape(width=80), Cursor(), names=False)
    d.begin(item(1, "Yes.", "Ada"))
    assert d.line().text == "Yes."


@pytest.mark.parametrize(("last", "seq"), [(0, 5), (4, 5), (5, 6), (9, 10)])
def test_a_seq_that_the_platform_knows_is_not_used_again(last, seq):
    d = Delivery(SHAPE, Cursor(seq=5))
    d.taken(last)
    d.begin(item(1))
    assert d.line().seq == seq


def test_the_platform_tells_that_the_line_on_its_way_had_arrived():
    d = Delivery(SHAPE, Cursor(seq=5, cue="c1", piece=0))
    d.taken(5)
    d.begin(item(1))
    assert (d.line().seq, d.line().text) == (6, "five six seven.")


def test_the_last_line_on_its_way_had_arrived():
    d = Delivery(SHAPE, Cursor(seq=5, cue="c1", piece=1))
    d.taken(5)
    d.begin(item(1))
    assert d.idle
    assert d.cursor.seq == 6


class Platform:
    """Takes numbered lines; remembers what was wrong."""

    def __init__(self):
        self.seq, self.text, self.lines, self.wrong = 0, "", [], []

    def take(self, line):
        if line.seq == self.seq and line.text == self.text:
            return
        if line.seq != self.seq + 1:
            self.wrong.append((line.seq, self.seq))
        self.seq, self.text = line.seq, line.text
        self.lines.append(line.text)


@settings(deadline=None)  # a busy machine is no fault
@given(st.integers(0, 2**32), st.integers(1, 25))
def test_whatever_fails_or_dies_every_line_comes_once_and_in_order(seed, count):
    chance = random.Random(seed)  # noqa: S311 - reproducible
    items = [
        item(n, " ".join(f"w{n}x{k}" for k in range(chance.randint(1, 12))), chance.choice("AB")) for n in range(count)
    ]
    calm, platform = Platform(), Platform()
    for target, faulty in ((calm, False), (platform, True)):
        d, now, at = Delivery(SHAPE, Cursor()), 0, 0
        saved = d.cursor
        while at < len(items) or not d.idle:
            if d.idle:
                d.begin(items[at])
                at += 1
                continue
            now += d.wait_ms(now)
            saved = d.cursor  # as kept on the disk before every attempt
            fate = chance.choice(["ok"] * 7 + ["error", "lost", "crash"]) if faulty else "ok"
            if fate in {"ok", "lost", "crash"}:
                target.take(d.line())
            if fate == "crash":  # after the line was taken, before anything was noted
                d = Delivery(SHAPE, saved)
                at = next(n for n, each in enumerate(items) if each.cue.id == saved.cue)
            elif fate == "ok":
                d.answered(OK, now)
            else:
                d.answered(Outcome(Verdict.AGAIN), now)
    assert platform.wrong == []
    # a crash forgets who spoke last, so a name may stand once more; the words are the same
    plain = [[w for line in each.lines for w in line.split() if not w.endswith(":")] for each in (calm, platform)]
    assert plain[0] == plain[1]
