"""The bridge's socket, with a channel loop that has no recogniser."""

import json
import queue
import threading

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
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


@pytest.mark.parametrize("agreed", [True, False])
def test_a_conferences_name_is_used_only_for_who_agreed(agreed):
    from tests.bridge.test_jitsi import event, media, packets

    items = queue.Queue()
    named = ["ana sánchez"] if agreed else []
    listener = Listener(Address("jitsi", "127.0.0.1", 0), items.put, consented=lambda: named)
    listener.start()
    own = {"endpointId": "a1", "displayName": "Ana Sánchez"}
    with connect(f"ws://127.0.0.1:{listener.port}/transcribe", proxy=None) as socket:
        socket.send(event("start", start={"tag": "a1-7", "customParameters": own}))
        socket.send(media("a1-7", packets(0.1)[0]))
        channel = first(items, Heard).channel
        assert listener.label(channel) == ("Ana Sánchez" if agreed else "Speaker 1")
        named.clear()  # a consent that is taken back holds from the next caption on
        assert listener.label(channel) == "Speaker 1"
        listener.stop()


@pytest.mark.parametrize("bridge", ["jitsi"], indirect=True)
def test_who_comes_again_keeps_the_number_and_pings_are_answered(bridge):
    from tests.bridge.test_jitsi import media, packets

    listener, items = bridge
    sound = packets(0.06)
    with connect(f"ws://127.0.0.1:{listener.port}/transcribe", proxy=None) as socket:
        socket.send('{"event":"ping","id":1}')
        assert json.loads(socket.recv(timeout=20)) == {"event": "pong", "id": 1}
        labels = []
        for tag in ("a", "b"):
            socket.send(media(tag, sound[0]))
            labels.append(listener.label(first_of(items, labels, listener)))
    assert labels == ["Speaker 1", "Speaker 2"]
    with connect(f"ws://127.0.0.1:{listener.port}/transcribe", proxy=None) as socket:
        socket.send(media("b", sound[0]))
        while True:
            channel = first(items, Heard).channel
            if channel not in ("jitsi-1", "jitsi-2"):
                break
        assert listener.label(channel) == "Speaker 2"


def first_of(items, known, listener):
    """The channel that has not been seen yet."""
    while True:
        channel = first(items, Heard).channel
        if listener.label(channel) not in known:
            return channel


@pytest.mark.parametrize(
    ("path", "headers", "welcome"),
    [
        ("/", {}, False), ("/", {"Authorization": "Bearer wrong-secret-000"}, False), ("/?token=wrong", {}, False),
        ("/", {"Authorization": "Bearer long-enough-secret"}, True), ("/?token=long-enough-secret", {}, True),
        ("/transcribe?sessionId=1&token=long-enough-secret", {}, True),
    ],
)  # fmt: skip
def test_a_secret_keeps_strangers_out(path, headers, welcome):
    listener = Listener(Address("vosk", "127.0.0.1", 0), lambda _: None, secret="long-enough-secret")
    listener.start()
    url = f"ws://127.0.0.1:{listener.port}{path}"
    try:
        if welcome:
            with connect(url, proxy=None, additional_headers=headers) as socket:
                socket.send('{"config": {"sample_rate": 16000}}')
                socket.send(SOUND)
                assert json.loads(socket.recv(timeout=20)) == {"partial": ""}
        else:
            with pytest.raises(InvalidStatus) as refused, connect(url, proxy=None, additional_headers=headers):
                pass
            assert refused.value.response.status_code == 401
    finally:
        listener.stop()


@pytest.mark.parametrize(
    ("host", "loopback"), [("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False), ("10.1.1.1", False)]
)
def test_which_addresses_only_this_machine_reaches(host, loopback):
    assert Address("vosk", host, 1).loopback is loopback
