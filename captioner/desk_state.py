"""What a host's terminal knows of a meeting: messages in, facts and lines out. Pure."""

from collections import OrderedDict
from dataclasses import dataclass, field

from captioner.captions import wire
from captioner.captions.cue import CueStatus, MeetingState, RecordPolicy
from captioner.captions.event import CaptionEvent, PolicyEvent, StateEvent
from captioner.captions.transcript import TrackUpdate

_KEEP = 8  # captions in sight

POLICIES = {
    RecordPolicy.ON_RECORD: "on the record",
    RecordPolicy.CHATHAM: "Chatham House Rule",
    RecordPolicy.OFF_RECORD: "off the record",
}
SIGNALS = {
    wire.SignalKind.SLOW_DOWN: "Please slow down",
    wire.SignalKind.UNCLEAR: "The captions are unclear",
    wire.SignalKind.WHO: "Who is speaking?",
    wire.SignalKind.REPEAT: "Please repeat",
    wire.SignalKind.QUESTION: "Question",
}


def clock(ms: int) -> str:
    """Return a time on the meeting's timeline as 1:02:03."""
    seconds = ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


@dataclass(slots=True)
class DeskState:
    """One meeting, as its host sees it in a terminal."""

    title: str = ""
    policy: RecordPolicy = RecordPolicy.OFF_RECORD
    paused: bool = False
    ended: bool = False
    viewers: int = 0
    open: str = ""
    refusal: str = ""
    finals: OrderedDict[tuple[str, str], str] = field(default_factory=OrderedDict)
    """By track and cue: a caption that is corrected stays in its place."""
    captioners: dict[str, wire.TrackHealth] = field(default_factory=dict)
    vitals: dict[str, wire.Vitals] = field(default_factory=dict)
    signals: OrderedDict[int, wire.Signalled] = field(default_factory=OrderedDict)
    cursor: tuple[str, int] = ("", 0)

    def take(self, message: wire.FromServer) -> list[str]:  # noqa: C901, PLR0911 - one case a message
        """Take a message; return what a host who listens should be told, a line each."""
        match message:
            case wire.Welcome():
                self.title, self.policy = message.meeting.title, message.policy
                self.cursor = (message.epoch, message.seq)
                return [f"Connected: {self.title}, {POLICIES[self.policy]}."]
            case wire.SnapshotMessage(snapshot=snapshot):
                self.cursor = (snapshot.epoch, snapshot.seq)
                self.ended = snapshot.state is MeetingState.ENDED
                for shown in snapshot.cues[-_KEEP:]:
                    self._show(shown)
                return []
            case wire.EventMessage(event=event):
                self.cursor = (event.epoch, event.seq)
                return self._event(event)
            case wire.Live(shown=shown):
                return self._show(shown)
            case wire.Status():
                return self._status(message)
            case wire.Presence(viewers=viewers):
                self.viewers = viewers
                return []
            case wire.Vitals(track=track):
                self.vitals[track] = message
                return []
            case wire.Signalled(id=number):
                known = self.signals.get(number)
                self.signals[number] = message
                waits = message.state is wire.SignalState.NEW
                again = known is None or known.state is not wire.SignalState.NEW
                return [self.said(message)] if waits and again else []
            case wire.Error(fatal=fatal, code=code, message=text):
                if fatal:
                    self.refusal = text
                return ["The meeting has not begun." if code is wire.ErrorCode.NO_MEETING else text]
            case _:
                return []

    @property
    def captions(self) -> list[str]:
        """The captions in sight, a line each."""
        return list(self.finals.values())

    def said(self, signal: wire.Signalled) -> str:
        """Return a signal in words."""
        name = f" from {signal.name}" if signal.name else ""
        text = f": {signal.text}" if signal.text else ""
        count = f" ({signal.count} readers)" if signal.count > 1 else ""
        return f"{SIGNALS[signal.signal]}{name}{text}{count}"

    def waiting(self) -> list[wire.Signalled]:
        """Return the signals that no host has looked at."""
        return [signal for signal in self.signals.values() if signal.state is wire.SignalState.NEW]

    def summary(self) -> str:
        """Return how the meeting is, in one line."""
        if self.refusal:
            return self.refusal
        if self.ended:
            return "The meeting has ended."
        state = "Paused" if self.paused else "Live"
        return f"{state}, {POLICIES[self.policy]}, {self.viewers} reader{'' if self.viewers == 1 else 's'}"

    def tracks(self) -> list[str]:
        """Return how each track's captioner is, a line each."""
        lines = []
        for track, health in self.captioners.items():
            vitals = self.vitals.get(track)
            parts = [f"{health.origin.value}, {health.health.value.replace('_', ' ')}"]
            if health.behind_ms:
                parts.append(f"{health.behind_ms // 1000} s behind")
            if vitals is not None and vitals.level_db is not None:
                parts.append(f"level {vitals.level_db} dB")
            if vitals is not None and vitals.cpu is not None:
                parts.append(f"processor {vitals.cpu} %")
            lines.append(f"{track}: {', '.join(parts)}")
        return lines

    def _event(self, event: object) -> list[str]:
        match event:
            case CaptionEvent(track=track, update=update):
                return self._show(TrackUpdate(track, update))
            case PolicyEvent(change=change):
                self.policy = change.policy
                return [f"Now {POLICIES[self.policy]}."]
            case StateEvent(state=state):
                self.ended = state is MeetingState.ENDED
                return ["The meeting has ended."] if self.ended else []
            case _:
                return []

    def _show(self, shown: TrackUpdate) -> list[str]:
        cue, status = shown.update.cue, shown.update.status
        if status is CueStatus.PARTIAL:
            self.open = cue.text
            return []
        self.open = ""
        key = (shown.track, cue.id)
        if status is CueStatus.RETRACTED:
            return ["Withdrawn: " + line] if (line := self.finals.pop(key, "")) else []
        line = f"{clock(cue.start)} {cue.speaker + ': ' if cue.speaker else ''}{cue.text}"
        again = key in self.finals
        if shown.update.revision > 1 and not again and len(self.finals) == _KEEP:
            return [f"Corrected: {line}"]  # out of sight
        self.finals[key] = line
        while len(self.finals) > _KEEP:
            self.finals.popitem(last=False)
        return [f"Corrected: {line}" if again else line]

    def _status(self, status: wire.Status) -> list[str]:
        lines = []
        if status.paused != self.paused:
            lines.append("Paused." if status.paused else "Captions go on.")
        for each in status.captioners:
            known = self.captioners.get(each.track)
            if known is None or (known.health, known.origin) != (each.health, each.origin):
                lines.append(f"{each.track}: {each.origin.value}, {each.health.value.replace('_', ' ')}.")
        self.paused, self.policy = status.paused, status.policy
        self.captioners = {each.track: each for each in status.captioners}
        return lines
