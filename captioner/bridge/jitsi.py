"""Jitsi's transcription WebSocket: the bridge dials us with each speaker's Opus packets; we answer with results. Pure.

Events in: `info`, `start` (a stream's tag, its format and the participant's id), `media` (tag, chunk, timestamp,
payload in base64), `ping`, which the bridge wants answered within seconds, and `session-end`. Out: `pong`, and
`transcription-result`, interim or final, for a participant. The bridge sends no names; a proxy before it may add
`displayName` to a stream's `customParameters`.
"""

import base64
import binascii
import uuid
from dataclasses import dataclass
from typing import Any

import av
import msgspec
import numpy as np

from captioner.audio.file import to_float
from captioner.audio.resample import Resampler
from captioner.captions.cue import MAX_NAME, CueStatus, CueUpdate, clean_text
from captioner.streaming.window import Samples

_MOST_STREAMS = 200  # speakers of one conference
_RATE = 48_000  # Opus always decodes to this


class BadEvent(Exception):
    """The event is none of Jitsi's."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What an event brought of a participant."""

    participant: str
    name: str
    # as the conference shows it; "" where it does not say
    samples: Samples


@dataclass(frozen=True, slots=True)
class Reply:
    """What an event is answered with, at once."""

    text: str


class OpusStream:
    """One speaker's packets to 16 kHz."""

    def __init__(self) -> None:
        """Open a decoder."""
        self._codec = av.AudioCodecContext.create("libopus", "r")
        self._codec.sample_rate = _RATE
        self._codec.layout = "stereo"
        self._resampler = Resampler(_RATE)

    def sound(self, packet: bytes) -> Samples:
        """Return a packet's sound; nothing for a packet that is damaged."""
        try:
            frames = self._codec.decode(av.Packet(packet))
        except av.FFmpegError:
            return np.zeros(0, np.float32)
        parts = [self._resampler.process(to_float(frame)) for frame in frames]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)


class JitsiDialogue:
    """One conference's connection: sound by participant."""

    def __init__(self) -> None:
        """Nobody speaks."""
        self._streams: dict[str, OpusStream] = {}
        self._people: dict[str, tuple[str, str]] = {}
        self.over = False

    def take(self, frame: str) -> Spoken | Reply | None:
        """Take an event; return what it brings or wants. BadEvent where it is none of Jitsi's."""
        try:
            event = msgspec.json.decode(frame, type=dict[str, Any])
            match event.get("event"):
                case "start":
                    start = event["start"]
                    own = start.get("customParameters") or {}
                    name = clean_text(str(own.get("displayName") or ""))[:MAX_NAME]
                    self._people[str(start["tag"])] = (str(own.get("endpointId") or start["tag"])[:64], name)
                case "media":
                    media = event["media"]
                    return self._media(str(media["tag"]), base64.b64decode(media["payload"], validate=True))
                case "ping":
                    return Reply(msgspec.json.encode({"event": "pong", "id": event.get("id")}).decode())
                case "session-end" | "stop":
                    self.over = True
                case _:
                    pass  # an event of a newer bridge
        except (msgspec.DecodeError, KeyError, TypeError, AttributeError, binascii.Error):
            raise BadEvent from None
        return None

    def _media(self, tag: str, packet: bytes) -> Spoken:
        if tag not in self._streams:
            if len(self._streams) >= _MOST_STREAMS:
                raise BadEvent
            self._streams[tag] = OpusStream()
        participant, name = self._people.get(tag, (tag[:64], ""))
        return Spoken(participant, name, self._streams[tag].sound(packet))


def transcription(participant: str, update: CueUpdate, wall_ms: int) -> str | None:
    """Return the result for a participant's caption; None for one that is taken back."""
    if update.status is CueStatus.RETRACTED:
        return None
    cue = update.cue
    sure = [word.probability for word in cue.words]
    message = {
        "type": "transcription-result",
        "event": "transcription-result",
        "is_interim": update.status is CueStatus.PARTIAL,
        "transcript": [{"text": cue.text, "confidence": round(sum(sure) / len(sure), 3) if sure else 1.0}],
        "participant": {"id": participant},
        "timestamp": wall_ms,
        "language": cue.language,
        "message_id": str(uuid.uuid5(uuid.NAMESPACE_OID, cue.id)),
        "stability": 0.0,
    }
    return msgspec.json.encode(message).decode()
