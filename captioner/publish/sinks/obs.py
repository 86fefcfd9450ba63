"""OBS Studio by obs-websocket v5: captions within the stream, or the text of a source in the picture.

Source: the protocol's description in obs-websocket's repository. One connection is kept; a broken one is opened again
with the next attempt. Streaming captions (CEA-608) are at most 52 characters here: two lines of 26
on a television.
"""

import base64
import contextlib
import hashlib
import itertools
from collections.abc import Mapping
from typing import Any

import msgspec
from websockets.exceptions import InvalidHandshake, InvalidURI, WebSocketException
from websockets.sync.client import ClientConnection, connect

from captioner.publish.sinks.addresses import Lookup, port_of, split, system_lookup
from captioner.publish.sinks.contract import Line, NoAnswer, Outcome, Shape, Verdict
from captioner.publish.sinks.http import Pin

DEFAULT = "ws://127.0.0.1:4455"
_RPC = 1
_HELLO, _IDENTIFY, _IDENTIFIED, _REQUEST, _RESPONSE = 0, 1, 2, 6, 7
_OUTPUT_NOT_RUNNING = 501
_NOT_READY = 207
_NOT_FOUND = 600
_AUTHENTICATION_FAILED = 4009
_SUBPROTOCOL: Any = "obswebsocket.json"  # websockets has a type of its own for these names


class _Denied(Exception):
    """OBS does not take the password."""


def proof(password: str, salt: str, challenge: str) -> str:
    """Return the answer to OBS's challenge: the password itself is never sent."""
    secret = base64.b64encode(hashlib.sha256((password + salt).encode()).digest()).decode()
    return base64.b64encode(hashlib.sha256((secret + challenge).encode()).digest()).decode()


def identify(hello: Mapping[str, Any], password: str) -> dict[str, Any]:
    """Return the answer to OBS's first message; no events are wanted."""
    answer: dict[str, Any] = {"rpcVersion": _RPC, "eventSubscriptions": 0}
    asked = hello.get("authentication")
    if asked:
        answer["authentication"] = proof(password, str(asked["salt"]), str(asked["challenge"]))
    return {"op": _IDENTIFY, "d": answer}


def request(line: Line, source: str, number: str) -> dict[str, Any]:
    """Return the request for a line: to the stream where no source is named."""
    if source:
        kind, data = "SetInputSettings", {"inputName": source, "inputSettings": {"text": line.text}, "overlay": True}
    else:
        kind, data = "SendStreamCaption", {"captionText": line.text}
    return {"op": _REQUEST, "d": {"requestType": kind, "requestId": number, "requestData": data}}


def judge(status: Mapping[str, Any]) -> Outcome:
    """Say what OBS's answer means."""
    if status.get("result") is True:
        return Outcome(Verdict.ACCEPTED)
    code = status.get("code", 0)
    if code in {_OUTPUT_NOT_RUNNING, _NOT_READY}:
        return Outcome(Verdict.LATER, note="OBS does not stream yet")
    if code == _NOT_FOUND:
        return Outcome(Verdict.LATER, note="OBS has no source of that name")
    return Outcome(Verdict.AGAIN, note=f"OBS answers {code}")


class Obs:
    """A carrier to one OBS."""

    def __init__(
        self,
        url: str = DEFAULT,
        password: str = "",
        source: str = "",
        *,
        private: bool = True,
        timeout_s: float = 5.0,
        lookup: Lookup = system_lookup,
    ) -> None:
        """`source`: the text source to write into; "" for captions within the stream. BadAddress for no address."""
        parts = split(url, frozenset({"ws", "wss"}))
        self.shape = Shape(width=42, lines=2, gap_ms=700) if source else Shape(width=52, lines=1, gap_ms=700)
        self._url, self._password, self._source, self._timeout = url, password, source, timeout_s
        self._pin = Pin(parts.hostname or "", port_of(parts), private=private, lookup=lookup)
        self._socket: ClientConnection | None = None
        self._stack = contextlib.ExitStack()
        self._numbers = itertools.count(1)

    def deliver(self, line: Line) -> Outcome:
        """One request; the connection is opened where there is none."""
        try:
            socket = self._socket or self._open()
            self._socket = socket
            number = f"{line.seq}-{next(self._numbers)}"
            socket.send(msgspec.json.encode(request(line, self._source, number)).decode())
            while True:
                message = self._read(socket)
                if message["op"] == _RESPONSE and message["d"].get("requestId") == number:
                    return judge(message["d"].get("requestStatus", {}))
        except _Denied:
            self.close()
            return Outcome(Verdict.REFUSED, note="OBS does not take the password")
        except (OSError, TimeoutError, WebSocketException, InvalidHandshake, InvalidURI, NoAnswer):
            self.close()
            return Outcome(Verdict.AGAIN, note="OBS cannot be reached; is its WebSocket server switched on?")
        except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
            self.close()
            return Outcome(Verdict.AGAIN, note="what answers is not OBS")

    def last_seq(self) -> None:
        """OBS does not number."""

    def _open(self) -> ClientConnection:
        opening = connect(
            self._url,
            sock=self._pin.connect(self._timeout),
            subprotocols=[_SUBPROTOCOL],
            compression=None,
            proxy=None,
            open_timeout=self._timeout,
            close_timeout=1,
            max_size=256 * 1024,
        )
        socket = self._stack.enter_context(opening)
        try:
            hello = self._read(socket)
            socket.send(msgspec.json.encode(identify(hello["d"], self._password)).decode())
            self._identified(socket)
        except WebSocketException as error:
            if socket.protocol.close_code == _AUTHENTICATION_FAILED:
                raise _Denied from error
            raise
        return socket

    def _identified(self, socket: ClientConnection) -> None:
        if self._read(socket)["op"] != _IDENTIFIED:
            raise NoAnswer

    def _read(self, socket: ClientConnection) -> dict[str, Any]:
        return msgspec.json.decode(socket.recv(timeout=self._timeout), type=dict[str, Any])

    def close(self) -> None:
        """Close the connection."""
        self._socket = None
        with contextlib.suppress(OSError, WebSocketException):
            self._stack.close()
