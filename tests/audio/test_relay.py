"""The listener's end against the real server."""

import json
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from websockets.sync.client import connect

from captioner.audio.errors import DeviceLost, DeviceRefused
from captioner.audio.relay import RelaySource, RelayTarget
from captioner.audio.sources import Hearing, open_named
from server.tokens import host_token


@pytest.fixture
def target(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "captioner.cli", "serve", "--port", "0", "--data", str(tmp_path), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    url = json.loads(process.stdout.readline())["url"].replace("http", "ws", 1)
    yield RelayTarget(f"{url}audio/m1", host_token(tmp_path))
    process.terminate()
    process.wait(30)


def speak(target, stop, seconds=60):
    with connect(target.url, subprotocols=["audio.v1"], proxy=None) as socket:
        socket.send(json.dumps({"role": "speaker", "token": target.token}))
        for _ in range(int(seconds * 10)):
            if stop.wait(0.1):
                return
            socket.send((np.ones(1600) * 8192).astype("<i2").tobytes())


def patiently(target):
    """Enter as soon as somebody speaks."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return RelaySource(target).__enter__()
        except DeviceRefused:
            assert time.monotonic() < deadline


def test_while_nobody_speaks_it_is_refused(target):
    with pytest.raises(DeviceRefused, match="nobody speaks"), RelaySource(target):
        pass
    with pytest.raises(DeviceRefused), RelaySource(RelayTarget(target.url, "wrong")):
        pass


def test_what_is_said_arrives_and_an_end_is_a_loss(target):
    stop = threading.Event()
    threading.Thread(target=speak, args=(target, stop), daemon=True).start()
    heard = []

    def listen(source):
        for chunk in source:
            heard.append(chunk)
            if len(heard) == 5:
                stop.set()

    source = patiently(target)
    with pytest.raises(DeviceLost):
        listen(source)
    source.__exit__(None, None, None)
    assert heard[0].start == 0
    assert heard[4].samples[0] == pytest.approx(0.25, abs=0.01)


def test_the_source_waits_for_the_page_and_its_return(target):
    states = []
    source = open_named("relay:m1", Hearing(on_lost=states.append, relay=lambda meeting: target))
    with source:
        threading.Thread(target=speak, args=(target, threading.Event(), 3), daemon=True).start()
        for chunk in source:
            if not chunk.gap:
                source.stop()
    assert isinstance(states[0], DeviceRefused)
    assert states[1] is None
