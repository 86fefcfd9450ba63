"""Messages as frames: encoded once, with what they supersede."""

import msgspec

from captioner.captions import wire
from captioner.captions.cue import CueStatus, CueUpdate
from captioner.captions.event import CaptionEvent
from server.outbox import Frame
from server.sweep import PARTIAL

_STORAGE = "the server has no room to keep captions: free space on its disk; send it again in a few seconds"


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


def lean(frame: Frame) -> Frame:
    """Return the frame for those who only read: without the word times of finals, which are most of their bytes."""
    if frame.lean is None:
        object.__setattr__(frame, "lean", _lean(frame))
    return frame.lean or frame


def _lean(frame: Frame) -> Frame:
    match frame.message:
        case wire.EventMessage(event=CaptionEvent(update=update) as event) if update.cue.words:
            changed = msgspec.structs.replace(event, update=_without_words(update))
            return frame_of(wire.EventMessage(event=changed))
        case wire.SnapshotMessage(snapshot=snapshot) as message:
            cues = tuple(msgspec.structs.replace(each, update=_without_words(each.update)) for each in snapshot.cues)
            return frame_of(msgspec.structs.replace(message, snapshot=msgspec.structs.replace(snapshot, cues=cues)))
        case _:
            return frame


def _without_words(update: CueUpdate) -> CueUpdate:
    return msgspec.structs.replace(update, cue=msgspec.structs.replace(update.cue, words=()))


def _key(message: wire.FromServer) -> tuple[str, ...]:
    """Return what the newest of such messages stands for alone; () when each must arrive."""
    match message:
        case wire.Status() | wire.Ping() | wire.Pong() | wire.Presence():
            return (type(message).__name__,)
        case wire.Signalled(id=number):
            return ("Signalled", str(number))
        case wire.Vitals(track=track):
            return ("Vitals", track)
        case wire.BeingEdited(by=number):
            return ("BeingEdited", str(number))
        case _:
            return ()


def no_room(cue: str, revision: int) -> Frame:
    """Tell a publisher that the disk refused a final, which must come again."""
    code = wire.ErrorCode.STORAGE
    return frame_of(wire.Error(code=code, message=_STORAGE, fatal=False, cue=cue, revision=revision))
