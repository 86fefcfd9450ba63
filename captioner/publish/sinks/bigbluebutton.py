"""BigBlueButton after the meeting: `putRecordingTextTrack` adds a WebVTT file to a recording. Pure.

Source: BigBlueButton's API reference. The checksum is the SHA-256 of the call's name, its query and the shared secret.
"""

import hashlib
import secrets
from urllib.parse import urlencode

import msgspec

from captioner.publish.sinks.contract import Answer, Post


class TextTrack(msgspec.Struct, frozen=True):
    """What to add to which recording."""

    recording: str
    """recordID"""
    language: str
    label: str
    vtt: bytes

    def __repr__(self) -> str:
        """Say no words."""
        return f"TextTrack({self.language})"


def checksum(call: str, query: str, secret: str) -> str:
    """Return the proof that a call comes from somebody who knows the secret."""
    return hashlib.sha256(f"{call}{query}{secret}".encode()).hexdigest()


def put_text_track(api: str, secret: str, track: TextTrack) -> Post:
    """Return the request; `api` is the address that `bbb-conf --secret` prints, ending in /bigbluebutton/."""
    call = "putRecordingTextTrack"
    query = urlencode(
        {
            "recordID": track.recording,
            "kind": "captions",
            "lang": track.language.replace("-", "_"),
            "label": track.label,
        }
    )
    base = api.rstrip("/")
    base = base if base.endswith("/api") else f"{base}/api"
    boundary = f"captioner-{secrets.token_hex(12)}"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="captions.vtt"\r\n'
        "Content-Type: text/vtt\r\n\r\n"
    )
    body = head.encode() + track.vtt + f"\r\n--{boundary}--\r\n".encode()
    url = f"{base}/{call}?{query}&checksum={checksum(call, query, secret)}"
    return Post("POST", url, {"Content-Type": f"multipart/form-data; boundary={boundary}"}, body)


def problem(answer: Answer) -> str:
    """Return "" when BigBlueButton has taken the track, else what it says."""
    try:
        response = msgspec.json.decode(answer.body, type=dict[str, dict[str, str]])["response"]
    except (msgspec.DecodeError, KeyError):
        return f"it answers {answer.status}, and not as BigBlueButton does"
    if response.get("returncode") == "SUCCESS":
        return ""
    return f"it refuses: {response.get('messageKey', 'unknown')}"
