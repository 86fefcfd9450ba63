"""What an origin's room shows, on its way to the backplane."""

from server.backplane.relay import Relay
from server.outbox import Frame

_EVENT = b'{"type":"event"'
_SHOWN = (b'{"type":"live"', b'{"type":"status"', b'{"type":"ended"')


class Outlet:
    """A tap on a room's readers: frames of events wake the relay, which reads the log; the others pass as they are."""

    def __init__(self, relay: Relay, meeting: str) -> None:
        """Take the relay and the meeting that it follows."""
        self._relay, self._meeting = relay, meeting

    def send(self, frame: Frame) -> None:
        """See readers.Tap."""
        if frame.data.startswith(_EVENT):
            self._relay.committed(self._meeting, seq_of(frame.data))
        elif frame.data.startswith(_SHOWN):
            self._relay.show(self._meeting, frame.data)


def seq_of(event: bytes) -> int:
    """Return the seq of an encoded event without reading the rest of it."""
    _, _, rest = event.partition(b'"seq":')
    digits = rest[:16].split(b",", 1)[0].split(b"}", 1)[0]
    return int(digits)
