import threading
import time

import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate
from captioner.captions.transcript import Snapshot, TrackUpdate
from captioner.publish.sinks.addresses import BadAddress
from captioner.publish.sinks.contract import NoAnswer, Outcome, OutputState, Shape, Verdict
from captioner.publish.sinks.cursor import CursorFile
from captioner.publish.sinks.delivery import Backoff
from captioner.publish.sinks.output import Output

QUICK = Backoff(first_ms=1, most_ms=2, later_ms=1, refused_ms=1)


class Fake:
    """Answers as told, then accepts."""

    shape = Shape(width=80, gap_ms=0)

    def __init__(self, *answers, last=None):
        self.answers, self.lines, self.last, self.closed = list(answers), [], last, False
        self.came = threading.Event()

    def deliver(self, line):
        self.lines.append(line)
        self.came.set()
        answer = self.answers.pop(0) if self.answers else Outcome(Verdict.ACCEPTED)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def last_seq(self):
        return self.last

    def close(self):
        self.closed = True


def update(n, text="Hello."):
    return CueUpdate(Cue(f"c{n}", n * 1000, n * 1000 + 900, text, "en"), 0, CueStatus.FINAL)


def make(tmp_path, fake, **more):
    return Output("zoom", "zoom", fake, CursorFile(tmp_path / "c.json", "t", "m"), backoff=QUICK, **more)


def test_captions_go_out_and_the_health_says_so(tmp_path):
    fake, heard = Fake(), []
    output = make(tmp_path, fake, watch=heard.append)
    output.welcomed("e", 1000)
    output.start()
    for n in range(3):
        output.take("floor", update(n), n + 1)
    assert output.close(drain_s=20)
    assert [line.seq for line in fake.lines] == [1, 2, 3]
    assert fake.lines[1].at_ms == 2000
    assert fake.closed
    health = output.health
    assert (health.state, health.sent, health.errors, health.waiting) == (OutputState.OK, 3, 0, 0)
    assert health.last_ok_ms > 0
    assert [h.state for h in heard] == [OutputState.OK]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Outcome(Verdict.AGAIN, note="x"), OutputState.RETRYING), (Outcome(Verdict.LATER), OutputState.NOT_STARTED),
        (Outcome(Verdict.REFUSED), OutputState.REFUSED), (NoAnswer("x"), OutputState.RETRYING), (BadAddress("x"), OutputState.REFUSED),
    ],
)  # fmt: skip
def test_what_fails_is_shown_and_sent_again(tmp_path, answer, state):
    fake, heard = Fake(answer, answer), []
    output = make(tmp_path, fake, watch=heard.append)
    output.start()
    output.take("floor", update(1), 1)
    assert output.close(drain_s=20)
    assert [h.state for h in heard] == [state, OutputState.OK]
    assert [(line.seq, line.text) for line in fake.lines] == [(1, "Hello.")] * 3
    assert output.health.errors == 2


def test_a_first_start_begins_behind_what_was_said(tmp_path):
    fake = Fake()
    output = make(tmp_path, fake)
    output.start()
    output.snapshot(Snapshot("e", 1, cues=(TrackUpdate("floor", update(1)),)))
    output.take("floor", update(2), 2)
    assert output.close(drain_s=20)
    assert [line.at_ms for line in fake.lines] == [2000]


def test_a_restart_goes_on_behind_the_last_line(tmp_path):
    first = make(tmp_path, Fake())
    first.welcomed("e", 0)
    first.start()
    first.take("floor", update(1), 7)
    assert first.close(drain_s=20)
    fake = Fake()
    second = make(tmp_path, fake)
    assert second.position == ("e", 7)
    second.start()
    second.welcomed("e", 0)
    second.snapshot(Snapshot("e", 9, cues=(TrackUpdate("floor", update(1)), TrackUpdate("floor", update(2)))))
    assert second.close(drain_s=20)
    assert [(line.seq, line.at_ms) for line in fake.lines] == [(2, 2000)]


def test_the_platforms_own_number_is_respected(tmp_path):
    fake = Fake(last=41)
    output = make(tmp_path, fake)
    output.start()
    output.take("floor", update(1), 1)
    assert output.close(drain_s=20)
    assert fake.lines[0].seq == 42


def test_what_cannot_be_sent_is_told_at_the_end(tmp_path):
    class Never(Fake):
        def deliver(self, line):
            super().deliver(line)
            return Outcome(Verdict.AGAIN)

    fake = Never()
    output = make(tmp_path, fake)
    output.start()
    output.take("floor", update(1), 1)
    output.take("floor", update(2), 2)
    assert fake.came.wait(20)
    assert not output.close(drain_s=0.05)
    assert output.health.waiting == 2


def test_a_disk_that_refuses_delays_and_never_sends_unsaved(tmp_path):
    blocked = tmp_path / "c.json.new"
    blocked.mkdir()
    fake = Fake()
    output = make(tmp_path, fake)
    output.start()
    output.take("floor", update(1), 1)
    deadline = time.monotonic() + 20
    while output.health.errors == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert fake.lines == []
    assert "disk" in output.health.note
    blocked.rmdir()
    assert output.close(drain_s=20)
    assert len(fake.lines) == 1


def test_our_own_fault_stops_the_output_and_says_so(tmp_path, capfd):
    output = make(tmp_path, Fake(ZeroDivisionError()))
    output.start()
    output.take("floor", update(1), 1)
    deadline = time.monotonic() + 20
    while output.health.state is not OutputState.STOPPED and time.monotonic() < deadline:
        time.sleep(0.01)
    assert output.health.state is OutputState.STOPPED
    assert "Hello" not in "".join(capfd.readouterr())


class Beating(Fake):
    """A place that wants signs of life."""

    shape = Shape(width=80, gap_ms=0, beat_ms=1)


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_place_that_wants_it_hears_from_us_while_nobody_speaks(tmp_path):
    fake = Beating(Outcome(Verdict.ACCEPTED, ahead_ms=5_000))
    output = make(tmp_path, fake)
    output.welcomed("e", 1000)
    output.start()
    wait_for(lambda: len(fake.lines) > 2)
    output.take("floor", update(1), 1)
    wait_for(lambda: any(line.text for line in fake.lines))
    spoken = next(n for n, line in enumerate(fake.lines) if line.text)
    wait_for(lambda: len(fake.lines) > spoken + 2)
    assert output.close(drain_s=20)
    beats = [line for line in fake.lines if not line.text]
    assert (fake.lines[0].text, {line.seq for line in fake.lines[:spoken]}) == ("", {0})
    assert (fake.lines[spoken].seq, fake.lines[spoken].at_ms) == (1, 1000 + 1000 + 5_000)  # by the place's clock
    assert beats[-1].seq == 1
    assert output.health.sent == 1


def test_a_wrong_address_is_known_before_anybody_speaks(tmp_path):
    fake = Beating(*[Outcome(Verdict.REFUSED, note="the platform answers 403")] * 1000)
    output = make(tmp_path, fake)
    output.start()
    wait_for(lambda: output.health.state is OutputState.REFUSED)
    assert "403" in output.health.note
    output.close(drain_s=0.1)
    assert all(not line.text for line in fake.lines)


def test_a_retry_keeps_its_time_although_the_clocks_move(tmp_path):
    fake = Beating(
        Outcome(Verdict.ACCEPTED, ahead_ms=100), Outcome(Verdict.AGAIN, ahead_ms=900), Outcome(Verdict.ACCEPTED, ahead_ms=700)
    )  # fmt: skip
    fake.shape = Shape(width=80, gap_ms=0, beat_ms=60_000)
    output = make(tmp_path, fake)
    output.welcomed("e", 0)
    output.start()
    wait_for(lambda: fake.lines)
    output.take("floor", update(1), 1)
    wait_for(lambda: len(fake.lines) == 3)
    output.take("floor", update(2), 2)
    assert output.close(drain_s=20)
    assert [line.at_ms for line in fake.lines] == [0, 1100, 1100, 2700]
