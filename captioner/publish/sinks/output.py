"""One output at work: a thread that takes cues when they are due, saves the cursor, sends, and waits as it must."""

import sys
import threading
import time
import traceback
from collections.abc import Callable

import msgspec

from captioner.captions.cue import CueUpdate
from captioner.captions.transcript import Snapshot
from captioner.publish.sinks.addresses import BadAddress
from captioner.publish.sinks.contract import Carrier, Line, NoAnswer, Outcome, OutputHealth, OutputState, Verdict
from captioner.publish.sinks.cursor import Cursor, CursorFile
from captioner.publish.sinks.delivery import Backoff, Delivery
from captioner.publish.sinks.feed import Feed
from captioner.publish.sinks.http import unix_ms

_BEAT_AGAIN_MS = 5_000  # after a sign of life that failed
_NAP_S = 1.0  # the longest sleep: whatever was mended meanwhile is noticed within so long
_STATES = {
    Verdict.ACCEPTED: OutputState.OK,
    Verdict.AGAIN: OutputState.RETRYING,
    Verdict.LATER: OutputState.NOT_STARTED,
    Verdict.REFUSED: OutputState.REFUSED,
}
Clock = Callable[[], int]


def steady_ms() -> int:
    """Return a time for waits."""
    return time.monotonic_ns() // 1_000_000


class Output:
    """Sends a track to one place. Give it what the log accepted, with `snapshot` and `take`, from any thread."""

    def __init__(
        self,
        name: str,
        kind: str,
        carrier: Carrier,
        file: CursorFile,
        *,
        track: str = "",
        language: str = "",
        hold_ms: int = 0,
        names: bool = True,
        backoff: Backoff | None = None,
        watch: Callable[[OutputHealth], None] | None = None,
    ) -> None:
        """Prepare; nothing is sent before `start`. `watch` hears from the thread when the state changes."""
        self._carrier, self._file = carrier, file
        cursor = file.load()
        self._feed = Feed(track, language, hold_ms, cursor)
        self._delivery = Delivery(carrier.shape, cursor, names=names, backoff=backoff)
        self._fresh = not cursor.epoch
        self._lock = threading.Condition()
        self._ending = self._stopped = False
        self._health = OutputHealth(name, kind, OutputState.WAITING)
        self._thread = threading.Thread(target=self._run, name=f"output {name}", daemon=True)
        self._watch = watch or (lambda _: None)
        self._beat_at = 0  # when the next sign of life is due, by steady_ms

    @property
    def position(self) -> tuple[str, int]:
        """The epoch and seq of the log up to which everything is done: where to subscribe from."""
        return self._delivery.cursor.epoch, self._delivery.cursor.event

    @property
    def health(self) -> OutputHealth:
        """How it is now."""
        with self._lock:
            waiting = self._feed.waiting + (0 if self._delivery.idle else 1)
            return msgspec.structs.replace(self._health, skipped=self._feed.skipped, waiting=waiting)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def welcomed(self, epoch: str, started_ms: int) -> None:
        """The server tells which log it has, and when the meeting began (Unix ms)."""
        with self._lock:
            cursor = self._delivery.cursor
            if cursor.epoch != epoch:
                self._delivery.at(epoch)
            self._delivery.began(started_ms)

    def snapshot(self, snapshot: Snapshot) -> None:
        """Everything so far. An output that has never run begins behind it: no screen is flooded with the past."""
        with self._lock:
            for shown in snapshot.cues:
                if self._fresh:
                    self._feed.know(shown.update.cue.id)
                else:
                    self._feed.take(shown.track, shown.update, snapshot.seq, steady_ms())
            first, self._fresh = self._fresh, False
            self._lock.notify()
        if first:
            self._watch(self.health)  # it has joined

    def take(self, track: str, update: CueUpdate, event: int) -> None:
        """One caption event of the log."""
        with self._lock:
            self._fresh = False
            self._feed.take(track, update, event, steady_ms())
            self._lock.notify()

    def close(self, *, drain_s: float) -> bool:
        """End after what waits is sent, or after `drain_s`; return whether everything was sent."""
        with self._lock:
            self._ending = True
            self._lock.notify()
        self._thread.join(drain_s)
        with self._lock:
            done = self._delivery.idle and not self._feed.waiting
            self._stopped = True
            self._lock.notify()
        self._thread.join(1)
        self._carrier.close()
        return done

    def _run(self) -> None:
        try:
            taken = self._carrier.last_seq()
            if taken is not None:
                with self._lock:
                    self._delivery.taken(taken)
            while self._step():
                pass
        except Exception as error:  # noqa: BLE001 - the thread's top: the host sees that it stopped
            # never the message or the values: they may hold an address or somebody's words
            where = "".join(traceback.format_tb(error.__traceback__))
            sys.stderr.write(f"output failed: {type(error).__name__}\n{where}")
            self._set(OutputState.STOPPED, "a fault of the program; see its log")

    def _step(self) -> bool:
        """Wait for a line and try it once; False at the end."""
        with self._lock:
            now = steady_ms()
            if self._stopped:
                return False
            if self._delivery.idle:
                item = self._feed.next(now)
                if item is not None:
                    self._delivery.begin(item)
            line, wait = self._delivery.line(), self._delivery.wait_ms(now)
            beat = self._delivery.beat() if line is None and self._due(now) else None
            due = self._feed.due_in(now) if line is None else wait
            if line is None and beat is None and due is None and self._ending:
                return False
            if (line is None or wait) and beat is None:
                self._lock.wait(_NAP_S if due is None else min(_NAP_S, due / 1000))
                return True
            cursor = self._delivery.cursor
        if line is not None:
            self._send(line, cursor)
        elif beat is not None:
            self._beat(beat)
        return True

    def _send(self, line: Line, cursor: Cursor) -> None:
        try:
            self._file.save(cursor)
        except OSError as error:
            outcome = Outcome(Verdict.AGAIN, note=f"its place cannot be kept on the disk: {error.strerror}")
        else:
            outcome = self._deliver(line)
        self._beat_at = steady_ms() + self._carrier.shape.beat_ms
        with self._lock:
            self._delivery.answered(outcome, steady_ms())
            cursor = self._delivery.cursor
        if outcome.verdict is Verdict.ACCEPTED and not cursor.cue:
            self._keep(cursor)
        self._count(outcome)

    def _due(self, now: int) -> bool:
        return bool(self._carrier.shape.beat_ms) and now >= self._beat_at and not self._ending

    def _beat(self, beat: Line) -> None:
        """Say that we are here; the host learns of a wrong address before anybody speaks."""
        outcome = self._deliver(beat)
        taken = outcome.verdict is Verdict.ACCEPTED
        self._beat_at = steady_ms() + (self._carrier.shape.beat_ms if taken else _BEAT_AGAIN_MS)
        with self._lock:
            self._delivery.beaten(outcome)
        self._count(outcome, lines=0)

    def _deliver(self, line: Line) -> Outcome:
        try:
            return self._carrier.deliver(line)
        except BadAddress as error:
            return Outcome(Verdict.REFUSED, note=str(error))
        except NoAnswer as error:
            return Outcome(Verdict.AGAIN, note=str(error))

    def _keep(self, cursor: Cursor) -> None:
        """Save what is done; a disk that refuses now is asked again before the next line."""
        try:
            self._file.save(cursor)
        except OSError as error:
            sys.stderr.write(f"the output's place was not kept: {error.strerror}\n")

    def _count(self, outcome: Outcome, lines: int = 1) -> None:
        taken = outcome.verdict is Verdict.ACCEPTED
        before = self._health
        with self._lock:
            self._health = msgspec.structs.replace(
                before,
                state=_STATES[outcome.verdict],
                sent=before.sent + lines * taken,
                errors=before.errors + (not taken),
                last_ok_ms=unix_ms() if taken else before.last_ok_ms,
                note=outcome.note,
            )
        if before.state is not self._health.state:
            self._watch(self.health)

    def _set(self, state: OutputState, note: str) -> None:
        with self._lock:
            self._health = msgspec.structs.replace(self._health, state=state, note=note)
        self._watch(self.health)
