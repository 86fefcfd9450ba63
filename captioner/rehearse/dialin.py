"""Stand-ins of conferences that dial in: BigBlueButton's transcription controller and Jitsi's bridge.

Each plays a recording at the pace of speech to a Captioner that runs, and checks every answer strictly.
"""

import base64
import threading
import time
from typing import Any

import av
import msgspec
import numpy as np
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from captioner.audio.chunk import SAMPLE_RATE, Samples

_FRAME = SAMPLE_RATE // 10  # vosk clients send ten times a second
_OPUS_RATE, _OPUS_FRAME = 48_000, 960  # 20 ms
_PING_FRAMES = 100  # two seconds; the bridge's own is ten
_PATIENCE_S = 60.0  # a slow machine still loads its model
_QUIET_S = 3.0  # said after the recording, so that the last sentence ends


class Heard(msgspec.Struct, frozen=True):
    """What came back."""

    kind: str
    good: bool
    text: str
    interim: int
    """Answers that were not final yet."""
    finals: int
    violations: tuple[str, ...]


def check_vosk(answer: str) -> list[str]:
    """Return what is wrong with an answer of the vosk-server dialect."""
    try:
        message = msgspec.json.decode(answer, type=dict[str, Any])
    except msgspec.DecodeError:
        return ["an answer is no JSON object"]
    if set(message) == {"partial"}:
        return [] if isinstance(message["partial"], str) else ["partial is no text"]
    if set(message) != {"result", "text"} or not isinstance(message["text"], str):
        return [f"an answer has the fields {sorted(message)}"]
    try:
        words = msgspec.convert(message["result"], list[_Word])
    except msgspec.ValidationError:
        return ["a word lacks conf, start, end or word"]
    return ["a word ends before it starts"] if any(word.end < word.start for word in words) else []


class _Word(msgspec.Struct, forbid_unknown_fields=True):
    conf: float
    start: float
    end: float
    word: str


class _Result(msgspec.Struct):
    type: str
    is_interim: bool
    transcript: list[dict[str, Any]]
    participant: dict[str, str]
    timestamp: int
    language: str
    message_id: str


def check_jitsi(answer: str, participants: frozenset[str]) -> list[str]:
    """Return what is wrong with a result for Jitsi."""
    try:
        result = msgspec.json.decode(answer, type=_Result)
    except msgspec.DecodeError as error:
        return [f"a result is not of Jitsi's shape: {error}"]
    wrong = []
    if result.type != "transcription-result":
        wrong.append("type is not transcription-result")
    if result.participant.get("id") not in participants:
        wrong.append("a result for somebody who is not there")
    if len(result.transcript) != 1 or not isinstance(result.transcript[0].get("text"), str):
        wrong.append("transcript is not one text")
    elif not 0 <= float(result.transcript[0].get("confidence", -1)) <= 1:
        wrong.append("confidence is not 0 to 1")
    return wrong


def _shown(secret: str) -> dict[str, str] | None:
    return {"Authorization": f"Bearer {secret}"} if secret else None


def vosk(url: str, audio: Samples, *, secret: str = "") -> Heard:
    """Be BigBlueButton's controller for one recording at 16 kHz; `secret` as the captioner wants it shown."""
    texts: list[str] = []
    violations: list[str] = []
    interim = 0
    with connect(url, proxy=None, open_timeout=10, additional_headers=_shown(secret)) as socket:
        socket.send('{"config": {"sample_rate": 16000}}')
        began = time.monotonic()
        for at in range(0, len(audio), _FRAME):
            _keep_pace(began, at / SAMPLE_RATE)
            socket.send((audio[at : at + _FRAME] * 32_000).astype("<i2").tobytes())
            answer = str(socket.recv(timeout=_PATIENCE_S))
            violations += check_vosk(answer)
            message = msgspec.json.decode(answer)
            if message.get("text"):
                texts.append(message["text"])
            interim += bool(message.get("partial"))
        socket.send('{"eof" : 1}')
        answer = str(socket.recv(timeout=_PATIENCE_S))
        violations += check_vosk(answer)
        texts += [text] if (text := msgspec.json.decode(answer).get("text")) else []
    return Heard("vosk", bool(texts) and not violations, " ".join(texts), interim, len(texts), tuple(violations))


def jitsi(url: str, audio: Samples, participant: str = "a1b2c3d4", *, secret: str = "", name: str = "") -> Heard:
    """Be Jitsi's bridge for one speaker, with a recording at 16 kHz; `name` as a proxy may add it."""
    answers: list[str] = []
    tag = f"{participant}-1001"
    address = f"{url.rstrip('/')}/transcribe?sessionId=rehearsal"
    with connect(address, proxy=None, open_timeout=10, additional_headers=_shown(secret)) as socket:
        reader = threading.Thread(target=_collect, args=(socket, answers), daemon=True)
        reader.start()
        start = {
            "tag": tag,
            "mediaFormat": {"encoding": "opus", "sampleRate": _OPUS_RATE, "channels": 2},
            "customParameters": {"endpointId": participant} | ({"displayName": name} if name else {}),
        }
        socket.send('{"event":"info","application":"rehearsal","version":"1"}')
        socket.send(_event("start", 0, start=start))
        began = time.monotonic()
        sound = packets(audio)
        for number, packet in enumerate(sound):
            _keep_pace(began, number * _OPUS_FRAME / _OPUS_RATE)
            media = {
                "tag": tag,
                "chunk": str(number),
                "timestamp": str(number * _OPUS_FRAME),
                "payload": base64.b64encode(packet).decode(),
            }
            if number % _PING_FRAMES == 0:
                socket.send(f'{{"event":"ping","id":{number}}}')
            socket.send(_event("media", number + 1, media=media))
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline and not any(not _interim(each) for each in list(answers)):
            time.sleep(0.1)
        time.sleep(_QUIET_S)
        socket.send('{"event":"session-end"}')
        reader.join(_PATIENCE_S)
    pongs = [each for each in answers if msgspec.json.decode(each).get("event") == "pong"]
    answers = [each for each in answers if each not in pongs]
    violations = [wrong for each in answers for wrong in check_jitsi(each, frozenset({participant}))]
    pings = list(range(0, len(sound), _PING_FRAMES))
    if [msgspec.json.decode(each).get("id") for each in pongs] != pings:
        violations.append("a ping was not answered with its pong")
    finals = [each for each in answers if not _interim(each)]
    text = " ".join(msgspec.json.decode(each)["transcript"][0]["text"] for each in finals)
    return Heard(
        "jitsi", bool(finals) and not violations, text, len(answers) - len(finals), len(finals), tuple(violations)
    )


def packets(audio: Samples) -> list[bytes]:
    """Return Opus packets of 20 ms of a recording at 16 kHz."""
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = _OPUS_RATE, "stereo", "flt"
    encoder.open()
    wide = np.repeat(np.repeat(audio, _OPUS_RATE // SAMPLE_RATE), 2).astype(np.float32)
    found = []
    for at in range(0, len(wide) - 2 * _OPUS_FRAME + 1, 2 * _OPUS_FRAME):
        frame = av.AudioFrame.from_ndarray(wide[at : at + 2 * _OPUS_FRAME][np.newaxis], "flt", "stereo")
        frame.sample_rate, frame.pts = _OPUS_RATE, at // 2
        found += [bytes(packet) for packet in encoder.encode(frame)]
    return found


def _event(event: str, number: int, **fields: object) -> str:
    return msgspec.json.encode({"event": event, "sequenceNumber": number, **fields}).decode()


def _interim(answer: str) -> bool:
    return bool(msgspec.json.decode(answer).get("is_interim", True))


def _collect(socket: ClientConnection, answers: list[str]) -> None:
    try:
        answers.extend(str(frame) for frame in socket)
    except WebSocketException:
        return


def _keep_pace(began: float, due: float) -> None:
    time.sleep(max(0.0, began + due - time.monotonic()))
