"""Messages as frames: encoded once, with what they supersede."""

from captioner.captions import wire
from captioner.captions.cue import CueStatus
from captioner.captions.event import CaptionEvent
from server.outbox import Frame
from server.sweep import PARTIAL


def frame_of(message: wire.FromServer) -> Frame:
    """Encode a message for any number of clients."""
    data = wire.encode(message).encode()
    key = _key(message)
    if key:
        return Frame(data, key=key, message=message)
    match message:
        case wire.Live(shown=shown):
            key = (PARTIAL, shown.track, shown.update.cue.id)
            partial = shown.update.status is CueStatus.PARTIAL
            return Frame(data, key=key if partial else (), covers=() if partial else key, message=message)
        case wire.EventMessage(event=CaptionEvent(track=track, update=update)):
            return Frame(data, covers=(PARTIAL, track, update.cue.id), message=message)
        case wire.SnapshotMessage():
            return Frame(data, whole=True, message=message)
        case _:
            return Frame(data, message=message)


def _key(message: wire.FromServer) -> tuple[str, ...]:
    """Return what the newest of such messages stands for alone; () when each must arrive."""
    match message:
        case wire.Status() | wire.Ping() | wire.Pong() | wire.Presence():
            return (type(message).__name__,)
        case wire.Signalled(id=number):
            return ("Signalled", str(number))
        case _:
            return ()
