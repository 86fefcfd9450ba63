"""Errors of the kernel.

CaptionError
├── InvalidCue          a value breaks an invariant of the kernel
├── GapInLog            an event does not follow the last one applied
├── WireError           a message of the peer cannot be accepted
│   ├── MessageTooLarge
│   └── MalformedMessage
└── VttSyntaxError      a WebVTT text cannot be read (line, column)
"""


class CaptionError(Exception):
    """Base of every error of this package."""


class InvalidCue(CaptionError, ValueError):
    """A cue, word or track breaks an invariant; the message names it. Never holds caption text."""


class GapInLog(CaptionError):
    """An event was applied whose seq does not follow; ask for a replay from `expected`."""

    def __init__(self, expected: int, got: int) -> None:
        """Remember which seq was due and which one came."""
        super().__init__(f"event {expected} was expected and event {got} came: ask for a replay")
        self.expected = expected
        self.got = got


class WireError(CaptionError):
    """The peer sent something that is not captions.v1. The peer's mistake, not ours."""


class MessageTooLarge(WireError):
    """A message is longer than its limit."""


class MalformedMessage(WireError):
    """A message is not JSON, not a known type, or has a wrong field."""


class VttSyntaxError(CaptionError):
    """A WebVTT text cannot be read."""

    def __init__(self, problem: str, line: int, column: int) -> None:
        """Remember where: line and column count from 1."""
        super().__init__(f"line {line}, column {column}: {problem}")
        self.problem = problem
        self.line = line
        self.column = column
