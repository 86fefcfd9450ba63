"""A stand-in of OBS Studio's WebSocket server, version 5 of its protocol: greeting, proof of the password, requests."""

import base64
import contextlib
import hashlib
import secrets
import threading
from types import TracebackType
from typing import Any, Self

import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from captioner.rehearse.standin import Fault, Faults

_CAPTION_MOST = 52
_JSON: Any = "obswebsocket.json"
_NOT_IDENTIFIED, _DENIED, _BAD_OP, _BAD_RPC = 4007, 4009, 4006, 4010
_OK, _MISSING, _NO_FIELD, _RUNNING, _NO_SOURCE = 100, 204, 300, 501, 600


class ObsStandin:
    """Listens while entered. `streaming`: whether captions can be sent; `sources`: texts of its text sources."""

    def __init__(self, password: str = "", faults: Faults | None = None, late_s: float = 1.0) -> None:
        """`password`: "" asks for none."""
        self.lines: list[str] = []
        self.violations: list[str] = []
        self.sources: dict[str, str] = {"Captions": ""}
        self.streaming = True
        self.requests = 0
        self._password, self._faults, self._late = password, faults or Faults(), late_s
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._server: Server | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return 0 if self._server is None else int(self._server.socket.getsockname()[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"ws://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._server = serve(self._serve, "127.0.0.1", 0, select_subprotocol=_select, compression=None)
        threading.Thread(target=self._server.serve_forever, name="OBS stand-in", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        self._stop.set()
        if self._server is not None:
            self._server.shutdown()

    def _serve(self, socket: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            if self._greet(socket):
                while self._request(socket, _read(socket)):
                    pass

    def _greet(self, socket: ServerConnection) -> bool:
        salt, challenge = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
        hello: dict[str, Any] = {"obsWebSocketVersion": "5.5.2", "rpcVersion": 1}
        if self._password:
            hello["authentication"] = {"challenge": challenge, "salt": salt}
        _send(socket, 0, hello)
        message = _read(socket)
        if message.get("op") != 1:
            self._wrong(f"op {message.get('op')} came before Identify")
            socket.close(_NOT_IDENTIFIED)
            return False
        data = message.get("d", {})
        if data.get("rpcVersion") != 1:
            self._wrong("Identify asks for another version")
            socket.close(_BAD_RPC)
            return False
        secret = base64.b64encode(hashlib.sha256((self._password + salt).encode()).digest()).decode()
        expected = base64.b64encode(hashlib.sha256((secret + challenge).encode()).digest()).decode()
        if self._password and data.get("authentication") != expected:
            socket.close(_DENIED)
            return False
        _send(socket, 2, {"negotiatedRpcVersion": 1})
        return True

    def _request(self, socket: ServerConnection, message: dict[str, Any]) -> bool:
        """Answer one request; False when the connection is to break."""
        with self._lock:
            self.requests += 1
            fault = self._faults.draw()
            if message.get("op") != 6:  # noqa: PLR2004 - Request
                self._wrong(f"op {message.get('op')} is no request")
                socket.close(_BAD_OP)
                return False
            data = message.get("d", {})
            kind, number = data.get("requestType"), data.get("requestId")
            if (
                not isinstance(kind, str) or not isinstance(number, str | int) or number == ""
            ):  # obsws-python numbers them
                self._wrong("a request without type or id")
            if fault in {Fault.ERROR, Fault.BUSY}:
                code, answer = 205, None  # RequestProcessingFailed's neighbour: a passing fault
            elif fault is Fault.LOST_BEFORE:
                return False
            else:
                code, answer = self._do(str(kind), data.get("requestData") or {})
        if fault is Fault.LOST_AFTER:
            self._stop.wait(self._late)
            return False
        status: dict[str, Any] = {"result": code == _OK, "code": code}
        response = {"requestType": kind, "requestId": number, "requestStatus": status}
        if answer is not None:
            response["responseData"] = answer
        _send(socket, 7, response)
        return True

    def _do(self, kind: str, data: dict[str, Any]) -> tuple[int, dict[str, Any] | None]:  # noqa: PLR0911 - a table of answers
        if kind == "GetVersion":
            return _OK, {"obsVersion": "31.0.0", "obsWebSocketVersion": "5.5.2", "rpcVersion": 1}
        if kind == "SendStreamCaption":
            text = data.get("captionText")
            if not isinstance(text, str):
                self._wrong("SendStreamCaption without captionText")
                return _NO_FIELD, None
            if not self.streaming:
                return _RUNNING, None
            if not 0 < len(text) <= _CAPTION_MOST or "\n" in text:
                self._wrong(f"a caption is not one line of 1 to {_CAPTION_MOST} characters")
            self.lines.append(text)
            return _OK, None
        if kind == "SetInputSettings":
            name, settings = data.get("inputName"), data.get("inputSettings")
            if not isinstance(name, str) or not isinstance(settings, dict) or not isinstance(settings.get("text"), str):
                self._wrong("SetInputSettings without inputName or a text")
                return _NO_FIELD, None
            if name not in self.sources:
                return _NO_SOURCE, None
            self.sources[name] = settings["text"]
            self.lines.append(settings["text"])
            return _OK, None
        self._wrong(f"unknown request {kind}")
        return _MISSING, None

    def _wrong(self, what: str) -> None:
        self.violations.append(what)


def _select(_: ServerConnection, offered: Any) -> Any:
    return _JSON if _JSON in offered else None


def _send(socket: ServerConnection, op: int, data: dict[str, Any]) -> None:
    socket.send(msgspec.json.encode({"op": op, "d": data}).decode())


def _read(socket: ServerConnection) -> dict[str, Any]:
    try:
        return msgspec.json.decode(socket.recv(), type=dict[str, Any])
    except msgspec.DecodeError:
        return {}
