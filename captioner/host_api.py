"""The server's HTTP addresses for a host, from a terminal. The token travels in a header, never in an address."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, BinaryIO

import msgspec

from captioner.errors import ExitCode, Failure

_TIMEOUT_S = 10.0
_FILE_TIMEOUT_S = 600.0  # a recording of three hours, and every format made anew


class NoServer(Exception):
    """Nothing answers at the address."""


class HostApi:
    """One server."""

    def __init__(self, url: str, token: str) -> None:
        """Take the address and the host's token; Failure when the address is none."""
        if not url.startswith(("http://", "https://")):
            raise Failure(ExitCode.USAGE, f"{url} is no address of a server", "Give --url http://host:port.")
        self.url = url.rstrip("/")
        self._token = token

    def ask(self, method: str, path: str, value: object = None) -> Any:
        """Return the answer; NoServer, or a Failure with the server's words."""
        body = None if value is None else msgspec.json.encode(value)
        return self._ask(method, path, body, "application/json", _TIMEOUT_S)

    def send(self, method: str, path: str, content: bytes | BinaryIO, **query: str) -> Any:
        """Send a file, and return the answer; NoServer, or a Failure with the server's words."""
        asked = urllib.parse.urlencode({name: value for name, value in query.items() if value})
        return self._ask(method, f"{path}?{asked}", content, "application/octet-stream", _FILE_TIMEOUT_S)

    def _ask(self, method: str, path: str, body: bytes | BinaryIO | None, kind: str, timeout: float) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": kind}
        request = urllib.request.Request(f"{self.url}/api/meetings/{path}", body, headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310 - http or https, see above
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise Failure(ExitCode.SERVER, f"the server refuses: {_words(error)}", "") from error
        except (urllib.error.URLError, TimeoutError, OSError) as error:
            raise NoServer(self.url) from error

    def roster(self, meeting: str) -> list[dict[str, object]]:
        """Return who may speak; nobody where the server does not answer."""
        try:
            setup = self.ask("GET", f"{meeting}/setup")
        except NoServer:
            return []
        return [one for one in setup["roster"] if one.get("consent")]

    def invite(self, meeting: str, role: str, hours: float) -> str:
        """Return the link of a fresh invitation."""
        made = self.ask("POST", f"{meeting}/invitations", {"role": role, "hours": hours, "label": ""})
        return f"{self.url}{made['path']}"


def _words(error: urllib.error.HTTPError) -> str:
    try:
        answer = json.loads(error.read())
        errors = [f"{each['field']}: {each['problem']}" for each in answer.get("errors", ())]
        return "; ".join([*errors]) or str(answer["error"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"HTTP {error.code}"
