"""What readers tell the host, gathered: equal signals close together are one, with a count. Pure.

In memory only the newest `KEEP`, for a host who comes later. What stays with the record: server.archive.signals.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

import msgspec

from captioner.captions import wire
from captioner.captions.cue import MAX_NAME, clean_text

TOGETHER_S = 10.0  # equal signals within so long are counted together
EACH_S = 1.0  # a reader signals at most so often; what is more is dropped
KEEP = 50  # signals for a host who joins later
READERS = 5_000  # whose last signals are remembered; those of more than EACH_S ago say nothing
MAX_SIGNAL_TEXT = 500  # characters of a question


@dataclass(slots=True)
class Signals:
    """One meeting's signals."""

    _number: int = 0
    _known: "OrderedDict[int, tuple[wire.Signalled, float]]" = field(default_factory=OrderedDict)
    _last: dict[object, float] = field(default_factory=dict)

    def take(
        self, reader: object, signal: wire.Signal, now: float, at_ms: int, *, named: bool
    ) -> wire.Signalled | None:
        """Count a reader's signal; None when the reader signals too often. Without `named` the name is dropped."""
        if now - self._last.get(reader, -EACH_S) < EACH_S:
            return None
        if len(self._last) >= READERS:
            self._last = {known: last for known, last in self._last.items() if now - last < EACH_S}
        self._last[reader] = now
        text = clean_text(signal.text)[:MAX_SIGNAL_TEXT]
        name = clean_text(signal.name)[:MAX_NAME] if named else ""
        for number, (known, since) in reversed(self._known.items()):
            if now - since < TOGETHER_S and (known.signal, known.text) == (signal.signal, text):
                state = known.state if known.state is not wire.SignalState.ANSWERED else wire.SignalState.NEW
                name = name if name == known.name else ""
                more = msgspec.structs.replace(known, count=known.count + 1, name=name, state=state)
                self._known[number] = (more, since)
                return more
        self._number += 1
        fresh = wire.Signalled(id=self._number, signal=signal.signal, text=text, name=name, at_ms=at_ms)
        self._known[self._number] = (fresh, now)
        while len(self._known) > KEEP:
            self._known.popitem(last=False)
        return fresh

    def mark(self, number: int, state: wire.SignalState) -> wire.Signalled | None:
        """Note what the hosts did about a signal; None where it is forgotten or that is known already."""
        known, since = self._known.get(number, (None, 0.0))
        if known is None or known.state is state:
            return None
        marked = msgspec.structs.replace(known, state=state)
        self._known[number] = (marked, since)
        return marked

    def forget(self, reader: object) -> None:
        """Forget a reader who left."""
        self._last.pop(reader, None)

    def without_names(self) -> None:
        """The record policy allows no names any more."""
        for number, (known, since) in self._known.items():
            self._known[number] = (msgspec.structs.replace(known, name=""), since)

    @property
    def recent(self) -> tuple[wire.Signalled, ...]:
        """The newest signals, oldest first."""
        return tuple(known for known, _ in self._known.values())
