import base64
import json

import av
import numpy as np
import pytest

from captioner.bridge.jitsi import BadEvent, JitsiDialogue, transcription
from captioner.captions.cue import MAX_NAME, Cue, CueStatus, CueUpdate, Word


def packets(seconds, frequency=440):
    """Opus packets of a tone."""
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "stereo", "flt"
    encoder.open()
    found = []
    for n in range(int(seconds * 50)):
        t = (np.arange(960) + n * 960) / 48_000
        tone = (0.5 * np.sin(2 * np.pi * frequency * t)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(np.repeat(tone, 2)[np.newaxis], "flt", "stereo")
        frame.sample_rate, frame.pts = 48_000, n * 960
        found += [bytes(p) for p in encoder.encode(frame)]
    return found


def event(kind, **fields):
    return json.dumps({"event": kind, "sequenceNumber": "1", **fields})


def media(tag, packet):
    return event(
        "media", media={"tag": tag, "chunk": "1", "timestamp": "0", "payload": base64.b64encode(packet).decode()}
    )


def test_each_speakers_sound():
    dialogue = JitsiDialogue()
    for tag, person in (("a1-100", "a1"), ("b2-200", "b2")):
        start = {
            "tag": tag,
            "mediaFormat": {"encoding": "opus", "sampleRate": 48000, "channels": 2},
            "customParameters": {"endpointId": person},
        }
        assert dialogue.take(event("start", start=start)) is None
    heard = {"a1": [], "b2": []}
    for packet in packets(1.0):
        for tag in ("a1-100", "b2-200"):
            spoken = dialogue.take(media(tag, packet))
            assert spoken.name == ""
            heard[spoken.participant].append(spoken.samples)
    for pieces in heard.values():
        audio = np.concatenate(pieces)
        assert abs(len(audio) - 16_000) < 1000
        assert 0.4 < np.abs(audio[4000:12000]).max() < 0.6
    assert dialogue.take(json.dumps({"event": "session-end"})) is None
    assert dialogue.over


def test_a_ping_is_answered_at_once_with_its_own_number():
    """The bridge drops a connection whose pong does not come within three seconds."""
    reply = JitsiDialogue().take('{"event":"ping","id":7}')
    assert json.loads(reply.text) == {"event": "pong", "id": 7}


def test_a_name_that_a_proxy_adds_is_one_clean_line():
    dialogue = JitsiDialogue()
    own = {"endpointId": "a1", "displayName": "Ana\n  Sánchez" + "x" * 500}
    dialogue.take(event("start", start={"tag": "t", "customParameters": own}))
    spoken = dialogue.take(media("t", packets(0.02)[0]))
    assert spoken.participant == "a1"
    assert spoken.name.startswith("Ana Sánchez")
    assert len(spoken.name) <= MAX_NAME


def test_a_damaged_packet_is_silence_and_an_unknown_event_is_nothing():
    dialogue = JitsiDialogue()
    spoken = dialogue.take(media("x", b"\xff\x00"))
    assert spoken.participant == "x"
    assert len(spoken.samples) < 4000
    assert dialogue.take(event("somethingNew")) is None


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "[]",
        '{"event": "media"}',
        '{"event": "media", "media": {"tag": "a", "payload": "%%%"}}',
        '{"event": "start", "start": 1}',
    ],
)
def test_what_is_no_event(frame):
    with pytest.raises(BadEvent):
        JitsiDialogue().take(frame)


def test_results():
    cue = Cue("c1", 0, 900, "Good morning.", "en", words=(Word(0, 400, "Good", 0.9), Word(400, 900, " morning.", 0.7)))
    final = json.loads(transcription("a1", CueUpdate(cue, 1, CueStatus.FINAL), 123))
    assert final["type"] == "transcription-result"
    assert (final["is_interim"], final["participant"], final["timestamp"], final["language"]) == (
        False,
        {"id": "a1"},
        123,
        "en",
    )
    assert final["transcript"] == [{"text": "Good morning.", "confidence": 0.8}]
    interim = json.loads(transcription("a1", CueUpdate(cue, 0, CueStatus.PARTIAL), 1))
    assert interim["is_interim"]
    assert interim["message_id"] == final["message_id"]
    assert transcription("a1", CueUpdate(cue, 2, CueStatus.RETRACTED), 1) is None
