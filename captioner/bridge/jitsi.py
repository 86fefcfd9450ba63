"""Jitsi's transcription WebSocket: the bridge dials us with each speaker's Opus packets; we answer with results. Pure.

Events in: `start` (a stream's tag, its format and the participant's id), `media` (tag, chunk, timestamp, payload in
base64) and `stop`. Out: `transcription-result`, interim or final, for a participant.
"""

import base64
import binascii
import uuid
from typing import Any

import av
import msgspec
import numpy as np

from captioner.audio.file import to_float
from captioner.audio.resample import Resampler
from captioner.captions.cue import CueStatus, CueUpdate
from captioner.streaming.window import Samples

_MOST_STREAMS = 200  # speakers of one conference
_RATE = 48_000  # Opus always decodes to this


class BadEvent(Exception):
    """The event is none of Jitsi's."""


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
        self._people: dict[str, str] = {}
        self.over = False

    def take(self, frame: str) -> tuple[str, Samples] | None:
        """Take an event; return (participant, sound) where it brings some. BadEvent where it is none."""
        try:
            event = msgspec.json.decode(frame, type=dict[str, Any])
            match event.get("event"):
                case "start":
                    start = event["start"]
                    own = start.get("customParameters") or {}
                    self._people[str(start["tag"])] = str(own.get("endpointId") or start["tag"])[:64]
                case "media":
                    media = event["media"]
                    return self._media(str(media["tag"]), base64.b64decode(media["payload"], validate=True))
                case "stop" | "sessionEnd":
                    self.over = True
                case _:
                    pass  # an event of a newer bridge
        except (msgspec.DecodeError, KeyError, TypeError, AttributeError, binascii.Error):
            raise BadEvent from None
        return None

    def _media(self, tag: str, packet: bytes) -> tuple[str, Samples]:
        if tag not in self._streams:
            if len(self._streams) >= _MOST_STREAMS:
                raise BadEvent
            self._streams[tag] = OpusStream()
        return self._people.get(tag, tag), self._streams[tag].sound(packet)


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
