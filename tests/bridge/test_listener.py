"""The bridge's socket, with a channel loop that has no recogniser."""

import json
import queue
import threading

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from captioner.bridge.listener import Address, Listener
from captioner.captions.cue import Cue, CueStatus, CueUpdate
from captioner.channels import Heard, Left

SOUND = (np.ones(1600) * 8192).astype("<i2").tobytes()


def final(text):
    return CueUpdate(Cue("c", 0, 900, text, "en"), 0, CueStatus.FINAL)


@pytest.fixture
def bridge(request):
    items = queue.Queue()
    listener = Listener(Address(request.param, "127.0.0.1", 0), items.put)
    listener.start()
    yield listener, items
    listener.stop()


def first(items, kind):
    while True:
        item = items.get(timeout=20)
        if isinstance(item, kind):
            return item


@pytest.mark.parametrize("bridge", ["vosk"], indirect=True)
def test_a_vosk_client_is_captioned_to_its_last_word(bridge):
    listener, items = bridge
    with connect(f"ws://127.0.0.1:{listener.port}", proxy=None) as socket:
        socket.send('{"config": {"sample_rate": 16000}}')
        socket.send(SOUND)
        assert json.loads(socket.recv(timeout=20)) == {"partial": ""}
        channel = first(items, Heard).channel
        assert listener.label(channel) == ""
        listener.update(channel, final("Good morning."))
        socket.send(SOUND)
        assert json.loads(socket.recv(timeout=20))["text"] == "Good morning."

        def last_words():
            first(items, Left)
            listener.update(channel, final("Goodbye."))
            listener.left(channel)

        threading.Thread(target=last_words, daemon=True).start()
        socket.send('{"eof": 1}')
        assert json.loads(socket.recv(timeout=20))["text"] == "Goodbye."


@pytest.mark.parametrize("bridge", ["vosk", "jitsi"], indirect=True)
def test_what_speaks_something_else_is_closed(bridge):
    listener, _ = bridge
    with connect(f"ws://127.0.0.1:{listener.port}", proxy=None) as socket:
        socket.send("hello")
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=20)


@pytest.mark.parametrize("bridge", ["jitsi"], indirect=True)
def test_jitsis_speakers_have_names_and_results(bridge):
    from tests.bridge.test_jitsi import media, packets

    listener, items = bridge
    with connect(f"ws://127.0.0.1:{listener.port}/transcribe?sessionId=1", proxy=None) as socket:
        for packet in packets(0.1):
            socket.send(media("a1", packet))
        channel = first(items, Heard).channel
        assert listener.label(channel) == "Speaker 1"
        listener.update(channel, final("Good morning."))
        result = json.loads(socket.recv(timeout=20))
        assert (result["participant"], result["transcript"][0]["text"]) == ({"id": "a1"}, "Good morning.")
        assert first(items, Heard).channel == channel  # its silence goes on
    assert first(items, Left).channel == channel


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("vosk:2700", Address("vosk", "127.0.0.1", 2700)), ("jitsi:0.0.0.0:8090", Address("jitsi", "0.0.0.0", 8090)),
        ("vosk", None), ("vosk:x", None), ("usb:2700", None), ("jitsi:99999", None), ("", None),
    ],
)  # fmt: skip
def test_names(name, address):
    assert Address.of(name) == address
