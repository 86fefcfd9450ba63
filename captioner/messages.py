"""What a child process says on its standard output: one JSON object a line."""

import os
import sys

import msgspec

from captioner.publish.sinks.contract import OutputHealth


class _Message(msgspec.Struct, frozen=True, tag_field="t", kw_only=True):
    pass


class Ready(_Message, frozen=True, tag="ready"):
    """The server listens."""

    url: str


class Started(_Message, frozen=True, tag="started"):
    """The pipeline hears audio."""

    base_ms: int
    origin: float
    total_ms: int | None


class Progress(_Message, frozen=True, tag="progress"):
    """A few times a second."""

    audio_ms: int
    behind_ms: int
    waiting: int
    """Finals that the server has not stored yet."""
    storage_full: bool = False
    level_db: int = -120
    """Loudest sample since the last message, in dB below full scale."""


class Shown(_Message, frozen=True, tag="shown"):
    """A caption, for the host's terminal."""

    text: str
    start_ms: int
    final: bool


class Note(_Message, frozen=True, tag="note"):
    """Something the host should know."""

    text: str


class Failed(_Message, frozen=True, tag="failed"):
    """The child ends, and starting it again will not help."""

    code: int
    problem: str
    remedy: str


class Done(_Message, frozen=True, tag="done"):
    """The pipeline has ended the meeting."""

    transcript: str
    stored: bool


class Sending(_Message, frozen=True, tag="sending"):
    """An output's state changed."""

    health: OutputHealth


Message = Ready | Started | Progress | Shown | Note | Failed | Done | Sending
_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


def say(message: Message) -> None:
    """Write one line to the parent; a parent that is gone is noticed by standard input's end, not here."""
    try:
        sys.stdout.buffer.write(_encoder.encode(message) + b"\n")
        sys.stdout.buffer.flush()
    except (BrokenPipeError, ValueError):
        return


def read_settings() -> bytes:
    """Return the first line of standard input, byte by byte: nothing of what follows is swallowed into a buffer."""
    line = b""
    while not line.endswith(b"\n") and (byte := os.read(0, 1)):
        line += byte
    return line


def wait_for_end() -> None:
    """Wait until the parent closes our standard input, or dies.

    Reads the descriptor itself: the buffered stream's lock would be held when the process ends.
    """
    while os.read(0, 4096):
        pass


def read(line: bytes) -> Message | None:
    """Return the message of a line; None for anything else a library may have printed."""
    try:
        return _decoder.decode(line)
    except msgspec.DecodeError:
        return None
