"""One client's conversation without I/O: frames in, effects out. Roles and limits are checked here and only here."""

import enum
from typing import Protocol

import msgspec

from captioner.captions import wire
from captioner.captions.cue import (
    MAX_NAME,
    MAX_REVISION,
    MAX_TIME,
    CueStatus,
    CueUpdate,
    check_identifier,
    check_track,
    check_update,
    clean_text,
)
from captioner.captions.errors import InvalidCue, MalformedMessage, MessageTooLarge
from captioner.captions.policy import PolicyChange
from server.invitations import Claim, NotValid
from server.roles import Grant, Verb, allowed

MAX_OUTPUTS = 50  # conference outputs that one process tells of
_SILENCE_DB = -120  # 16-bit sound has nothing below -96
_MAX_CPU = 100 * 1024  # per cent, on the greatest machine


class CloseCode(enum.IntEnum):
    """Why the server closes. Below 4000: RFC 6455, section 7.4.1; the others are captions.v1's own."""

    GOING_AWAY = 1001
    POLICY_VIOLATION = 1008
    TOO_LARGE = 1009
    TRY_AGAIN = 1013
    TOO_SLOW = 4008
    REPLACED = 4009


class Send(msgspec.Struct, frozen=True):
    """Send this to the client."""

    message: wire.FromServer


class Close(msgspec.Struct, frozen=True):
    """Close the connection, after what was sent before."""

    code: CloseCode


class Join(msgspec.Struct, frozen=True):
    """A publisher has shown a token: open or re-open its meeting and track."""

    hello: wire.Hello


class Subscribe(msgspec.Struct, frozen=True):
    """A reader wants everything after `after` of log `epoch`, and what comes. Host and correctors also get signals."""

    meeting: str
    epoch: str
    after: int
    grant: Grant = Grant.VIEWER
    in_room: bool = False
    recent: bool = False  # of a long meeting the newest captions are enough


class Guess(msgspec.Struct, frozen=True):
    """A viewer of a meeting that wants a passcode: check it, then call `let_in` or `keep_out`."""

    meeting: str
    passcode: str


class Append(msgspec.Struct, frozen=True):
    """A publisher's update, valid."""

    update: CueUpdate


class Reported(msgspec.Struct, frozen=True):
    """How a publisher says it is."""

    health: wire.Health
    behind_ms: int
    level_db: int | None = None
    cpu: int | None = None
    source: str = ""


class Outputs(msgspec.Struct, frozen=True):
    """How conference outputs are."""

    outputs: tuple[wire.Output, ...]


class Edit(msgspec.Struct, frozen=True):
    """A corrector begins to edit a caption, "" for none."""

    track: str
    cue: str


class SwitchPolicy(msgspec.Struct, frozen=True):
    """The chair switches the record policy."""

    change: PolicyChange


class EndMeeting(msgspec.Struct, frozen=True):
    """The meeting is over; `asked` by the host, so that captioners finish first."""

    asked: bool = False


class Pause(msgspec.Struct, frozen=True):
    """The host pauses the captions, or lets them go on."""

    on: bool


class HandBack(msgspec.Struct, frozen=True):
    """A person gives the track back to the machine."""


class Correct(msgspec.Struct, frozen=True):
    """A correction, valid in itself."""

    wanted: wire.Correct


class Mark(msgspec.Struct, frozen=True):
    """A signal has been seen or answered."""

    id: int
    state: wire.SignalState


class Signal(msgspec.Struct, frozen=True):
    """A reader signals."""

    signal: wire.Signal


class Speak(msgspec.Struct, frozen=True):
    """Who speaks now on a track."""

    track: str
    name: str


class Rename(msgspec.Struct, frozen=True):
    """A speaker's name is another."""

    track: str
    old: str
    new: str


ForRoom = (
    Append
    | Reported
    | Outputs
    | Edit
    | SwitchPolicy
    | EndMeeting
    | Pause
    | HandBack
    | Correct
    | Signal
    | Mark
    | Speak
    | Rename
)
Effect = Send | Close | Join | Subscribe | Guess | ForRoom

_GRANTS = {
    wire.Role.CORRECTOR: Grant.CORRECTOR,
    wire.Role.ARCHIVIST: Grant.ARCHIVIST,
    wire.Role.HOST: Grant.HOST,
}


class Doorkeeper(Protocol):
    """What a session asks about tokens and doors; nothing blocks."""

    def claim(self, token: str, meeting: str) -> Claim:
        """Return what a token gives in a meeting; NotValid with the remedy when nothing."""

    def locked(self, meeting: str) -> bool:
        """Tell whether this client needs a passcode to read."""


class Session:
    """A client's state: a stranger until its hello, then what its token or the open door makes it."""

    __slots__ = ("_asking", "_doors", "_said_hello", "claim", "grant", "partials")

    def __init__(self, doors: Doorkeeper) -> None:
        """Take whom to ask."""
        self._doors = doors
        self._said_hello: wire.Role | None = None
        self._asking: Subscribe | None = None
        self.grant = Grant.STRANGER
        self.partials = True
        self.claim: Claim | None = None

    def receive(self, frame: str | bytes) -> tuple[Effect, ...]:
        """Read one frame and say what is to be done. Never raises for what a client sends."""
        limit = wire.MAX_FROM_VIEWER if self.grant in {Grant.STRANGER, Grant.VIEWER} else wire.MAX_FROM_PUBLISHER
        try:
            message = wire.decode_from_client(frame, limit)
        except MessageTooLarge as error:
            return _refuse(wire.ErrorCode.TOO_LARGE, f"{error}: send less at once", CloseCode.TOO_LARGE)
        except MalformedMessage as error:
            return _refuse(wire.ErrorCode.MALFORMED, f"{error}: send messages of {wire.SUBPROTOCOL}")
        match message:
            case wire.Ping():
                return (Send(wire.Pong()),)
            case wire.Pong():
                return ()
            case wire.Hello():
                return self._hello(message)
            case _:
                return self._may(VERBS[type(message)]) or _asked(message)

    def silent(self) -> tuple[Effect, ...]:
        """Say what to do with a client that did not say hello in time."""
        if self.grant is not Grant.STRANGER or self._asking is not None:
            return ()
        return _refuse(wire.ErrorCode.MALFORMED, "no hello came: say hello first")

    def let_in(self) -> tuple[Effect, ...]:
        """The passcode was right."""
        asking, self._asking = self._asking, None
        if asking is None:
            return ()
        self.grant = Grant.VIEWER
        return (asking,)

    def keep_out(self, message: str, *, limited: bool) -> tuple[Effect, ...]:
        """The passcode was wrong, or too many were."""
        self._asking = None
        return _refuse(wire.ErrorCode.TOO_MANY if limited else wire.ErrorCode.PASSCODE, message)

    def _may(self, verb: Verb) -> tuple[Effect, ...]:
        """Nothing when this client may; else the refusal."""
        if allowed(self.grant, verb):
            return ()
        if self.grant is Grant.STRANGER:
            return _refuse(wire.ErrorCode.MALFORMED, "say hello first")
        remedy = f"the role {self.grant} may not do this: say hello in another role, with a token for it"
        return _refuse(wire.ErrorCode.UNAUTHORISED, remedy)

    def _hello(self, hello: wire.Hello) -> tuple[Effect, ...]:
        again = self._said_hello
        if again is not None and (again is not hello.role or again is wire.Role.PUBLISHER):
            return _refuse(wire.ErrorCode.MALFORMED, "hello was said before: open another connection")
        try:
            check_identifier(hello.meeting, "meeting id")
            effects = self._viewer(hello) if hello.role is wire.Role.VIEWER else self._proven(hello)
        except InvalidCue as error:
            return _refuse(wire.ErrorCode.MALFORMED, str(error))
        except NotValid as error:
            return _refuse(wire.ErrorCode.UNAUTHORISED, str(error))
        self._said_hello = hello.role
        return effects

    def _viewer(self, hello: wire.Hello) -> tuple[Effect, ...]:
        """A reader: an open meeting needs nothing; a token that gives nothing is as none."""
        wanted = Subscribe(hello.meeting, hello.epoch, max(hello.after, 0), recent=hello.recent)
        self.partials = hello.partials
        claim: Claim | None = None
        refusal: NotValid | None = None
        if hello.token:
            try:
                claim = self._doors.claim(hello.token, hello.meeting)
            except NotValid as error:
                refusal = error
        if claim is None and self._doors.locked(hello.meeting):
            if refusal is not None and not hello.passcode:
                raise refusal
            self._asking = wanted
            return (Guess(hello.meeting, hello.passcode),)
        self.grant, self.claim = Grant.VIEWER, claim
        return (msgspec.structs.replace(wanted, in_room=claim is not None and claim.in_room),)

    def _proven(self, hello: wire.Hello) -> tuple[Effect, ...]:
        """Whoever is more than a viewer has a token; the host's token is good for every role."""
        claim = self._doors.claim(hello.token, hello.meeting)
        if hello.role is wire.Role.PUBLISHER:
            return self._publisher(hello, claim)
        grant = _GRANTS[hello.role]
        if claim.grant not in {grant, Grant.HOST}:
            msg = f"this invitation is for the role {claim.grant}, not {hello.role}: ask the host for another"
            raise NotValid(msg)
        self.grant, self.claim = grant, claim
        return (Subscribe(hello.meeting, hello.epoch, max(hello.after, 0), grant, claim.in_room),)

    def _publisher(self, hello: wire.Hello, claim: Claim) -> tuple[Effect, ...]:
        if not allowed(claim.grant, Verb.APPEND):
            msg = f"this invitation is for the role {claim.grant}, not captioner: ask the host for another"
            raise NotValid(msg)
        if hello.track is None or len(hello.title) > MAX_NAME or len(hello.publisher) > MAX_NAME:
            problem = f"a publisher's hello needs a track, and names of at most {MAX_NAME} characters"
            return _refuse(wire.ErrorCode.MALFORMED, problem)
        check_track(hello.track)
        self.grant, self.claim = claim.grant, claim
        policy = hello.policy if claim.grant is Grant.HOST else None
        return (
            Join(msgspec.structs.replace(hello, token="", passcode="", title=clean_text(hello.title), policy=policy)),
        )


VERBS: dict[type, Verb] = {
    wire.Update: Verb.APPEND,
    wire.Report: Verb.REPORT,
    wire.OutputHealth: Verb.REPORT,
    wire.Editing: Verb.CORRECT,
    wire.SetPolicy: Verb.SWITCH_POLICY,
    wire.End: Verb.CONTROL,
    wire.HandBack: Verb.APPEND,
    wire.Correct: Verb.CORRECT,
    wire.Signal: Verb.SIGNAL,
    wire.Mark: Verb.MODERATE,
    wire.Control: Verb.CONTROL,
    wire.Speaker: Verb.CORRECT,
    wire.Rename: Verb.CORRECT,
}
"""What a client must be allowed to do to send a message; everybody may say hello, ping and pong."""


def _asked(message: wire.FromClient) -> tuple[Effect, ...]:  # noqa: C901, PLR0911, PLR0912 - one case a message
    """Say what a client asks for that may ask for it."""
    match message:
        case wire.Update(update=update):
            return _checked(update) or (Append(update),)
        case wire.Correct(track=track, update=update, base=base):
            if update.status is CueStatus.PARTIAL or not -1 <= base < MAX_REVISION:
                return (Send(_bad_cue(update, "a correction is final or retracted, of a known revision")),)
            return _checked(update) or (Correct(message),)
        case wire.Report():
            return (_reported(message),)
        case wire.OutputHealth(outputs=outputs):
            return (Outputs(tuple(_named(output) for output in outputs[:MAX_OUTPUTS])),)
        case wire.Editing(track=track, cue=cue):
            return (Edit(track[:64], cue[:64]),)
        case wire.SetPolicy(change=change):
            return _switch(change)
        case wire.End():
            return (EndMeeting(),)
        case wire.Control(action=wire.Action.END):
            return (EndMeeting(asked=True),)
        case wire.Control(action=action):
            return (Pause(on=action is wire.Action.PAUSE),)
        case wire.HandBack():
            return (HandBack(),)
        case wire.Signal():
            return (Signal(message),)
        case wire.Mark(id=number, state=state):
            return (Mark(number, state),)
        case wire.Speaker(track=track, name=name):
            return (Speak(track, clean_text(name)[:MAX_NAME]),)
        case wire.Rename(track=track, old=old, new=new):
            return (Rename(track, clean_text(old)[:MAX_NAME], clean_text(new)[:MAX_NAME]),)
        case _:
            return ()


def _reported(report: wire.Report) -> Reported:
    level = None if report.level_db is None else min(max(report.level_db, _SILENCE_DB), 0)
    cpu = None if report.cpu is None else min(max(report.cpu, 0), _MAX_CPU)
    source = clean_text(report.source)[:MAX_NAME]
    return Reported(report.health, min(max(report.behind_ms, 0), MAX_TIME), level, cpu, source)


def _named(output: wire.Output) -> wire.Output:
    return msgspec.structs.replace(
        output, name=clean_text(output.name)[:MAX_NAME], kind=clean_text(output.kind)[:MAX_NAME]
    )


def _refuse(code: wire.ErrorCode, message: str, close: CloseCode = CloseCode.POLICY_VIOLATION) -> tuple[Effect, ...]:
    return Send(wire.Error(code=code, message=message)), Close(close)


def _checked(update: CueUpdate) -> tuple[Effect, ...]:
    """Nothing when the update is valid; one bad cue does not end a meeting."""
    try:
        check_update(update)
    except InvalidCue as error:
        return (Send(_bad_cue(update, str(error))),)
    return ()


def _bad_cue(update: CueUpdate, problem: str) -> wire.Error:
    return wire.Error(
        code=wire.ErrorCode.MALFORMED,
        message=f"{problem}: this cue is refused, do not send it again",
        fatal=False,
        cue=update.cue.id[:64],
        revision=update.revision,
    )


def _switch(change: PolicyChange) -> tuple[Effect, ...]:
    if not 0 <= change.at <= MAX_TIME:
        return _refuse(wire.ErrorCode.MALFORMED, "a policy must hold from a time between 0 and 30 days on")
    return (SwitchPolicy(change),)
