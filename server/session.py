"""One client's conversation without I/O: frames in, effects out. Roles and limits are checked here and only here."""

import enum
from collections.abc import Callable

import msgspec

from captioner.captions import wire
from captioner.captions.cue import (
    MAX_NAME,
    MAX_TIME,
    CueUpdate,
    check_identifier,
    check_track,
    check_update,
    clean_text,
)
from captioner.captions.errors import InvalidCue, MalformedMessage, MessageTooLarge
from captioner.captions.policy import PolicyChange
from server.roles import Grant, Verb, allowed


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
    """A publisher has shown the token: open or re-open its meeting and track."""

    hello: wire.Hello


class Subscribe(msgspec.Struct, frozen=True):
    """A viewer wants everything after `after` of log `epoch`, and what comes."""

    meeting: str
    epoch: str
    after: int


class Append(msgspec.Struct, frozen=True):
    """A publisher's update, valid."""

    update: CueUpdate


class Reported(msgspec.Struct, frozen=True):
    """How a publisher says it is."""

    health: wire.Health
    behind_ms: int


class SwitchPolicy(msgspec.Struct, frozen=True):
    """The chair switches the record policy."""

    change: PolicyChange


class EndMeeting(msgspec.Struct, frozen=True):
    """The meeting is over."""


Effect = Send | Close | Join | Subscribe | Append | Reported | SwitchPolicy | EndMeeting


class Session:
    """A client's state: a stranger until its hello, then a viewer or the host's publisher."""

    def __init__(self, is_host_token: Callable[[str], bool]) -> None:
        """Take the check of a claimed token."""
        self._is_host_token = is_host_token
        self.grant = Grant.STRANGER

    def receive(self, frame: str | bytes) -> tuple[Effect, ...]:  # noqa: PLR0911 - one return a message
        """Read one frame and say what is to be done. Never raises for what a client sends."""
        limit = wire.MAX_FROM_PUBLISHER if self.grant is Grant.HOST else wire.MAX_FROM_VIEWER
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
            case wire.Update(update=update):
                return self._may(Verb.APPEND) or _checked(update)
            case wire.Report(health=health, behind_ms=behind):
                return self._may(Verb.REPORT) or (Reported(health, min(max(behind, 0), MAX_TIME)),)
            case wire.SetPolicy(change=change):
                return self._may(Verb.SWITCH_POLICY) or _switch(change)
            case wire.End():
                return self._may(Verb.END) or (EndMeeting(),)

    def silent(self) -> tuple[Effect, ...]:
        """Say what to do with a client that did not say hello in time."""
        if self.grant is not Grant.STRANGER:
            return ()
        return _refuse(wire.ErrorCode.MALFORMED, "no hello came: say hello first")

    def _may(self, verb: Verb) -> tuple[Effect, ...]:
        """Nothing when this client may; else the refusal."""
        if allowed(self.grant, verb):
            return ()
        if self.grant is Grant.STRANGER:
            return _refuse(wire.ErrorCode.MALFORMED, "say hello first")
        return _refuse(
            wire.ErrorCode.UNAUTHORISED, "a viewer may only read: say hello as publisher, with the host's token"
        )

    def _hello(self, hello: wire.Hello) -> tuple[Effect, ...]:
        if self.grant is Grant.HOST or (self.grant is Grant.VIEWER and hello.role is not wire.Role.VIEWER):
            return _refuse(wire.ErrorCode.MALFORMED, "hello was said before: open another connection")
        try:
            check_identifier(hello.meeting, "meeting id")
            if hello.role is wire.Role.VIEWER:
                self.grant = Grant.VIEWER
                return (Subscribe(hello.meeting, hello.epoch, max(hello.after, 0)),)
            if not self._is_host_token(hello.token):
                remedy = (
                    "the host's token is missing or wrong: take it from the file host.token in the server's data folder"
                )
                return _refuse(wire.ErrorCode.UNAUTHORISED, remedy)
            if hello.track is None or len(hello.title) > MAX_NAME or len(hello.publisher) > MAX_NAME:
                problem = f"a publisher's hello needs a track, and names of at most {MAX_NAME} characters"
                return _refuse(wire.ErrorCode.MALFORMED, problem)
            check_track(hello.track)
        except InvalidCue as error:
            return _refuse(wire.ErrorCode.MALFORMED, str(error))
        self.grant = Grant.HOST
        return (Join(msgspec.structs.replace(hello, token="", title=clean_text(hello.title))),)


def _refuse(code: wire.ErrorCode, message: str, close: CloseCode = CloseCode.POLICY_VIOLATION) -> tuple[Effect, ...]:
    return Send(wire.Error(code=code, message=message)), Close(close)


def _checked(update: CueUpdate) -> tuple[Effect, ...]:
    try:
        check_update(update)
    except InvalidCue as error:  # one bad cue does not end a meeting
        cue = update.cue.id[:64]
        problem = wire.Error(
            code=wire.ErrorCode.MALFORMED,
            message=f"{error}: this cue is refused, do not send it again",
            fatal=False,
            cue=cue,
            revision=update.revision,
        )
        return (Send(problem),)
    return (Append(update),)


def _switch(change: PolicyChange) -> tuple[Effect, ...]:
    if not 0 <= change.at <= MAX_TIME:
        return _refuse(wire.ErrorCode.MALFORMED, "a policy must hold from a time between 0 and 30 days on")
    return (SwitchPolicy(change),)
