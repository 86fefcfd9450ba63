import email
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest

from captioner.publish.sinks.bigbluebutton import TextTrack, problem, put_text_track
from captioner.publish.sinks.contract import Answer

TRACK = TextTrack("rec-1", "en-US", "English & more", "WEBVTT\n\n00:00.000 --> 00:01.000\nGrüße\n".encode())


def test_the_request():
    post = put_text_track("https://bbb.example/bigbluebutton/", "s3cret", TRACK)
    parts = urlsplit(post.url)
    assert (post.method, parts.path) == ("POST", "/bigbluebutton/api/putRecordingTextTrack")
    query, _, checksum = parts.query.rpartition("&checksum=")
    assert checksum == hashlib.sha256(f"putRecordingTextTrack{query}s3cret".encode()).hexdigest()
    assert parse_qs(query) == {
        "recordID": ["rec-1"],
        "kind": ["captions"],
        "lang": ["en_US"],
        "label": ["English & more"],
    }
    message = email.message_from_bytes(
        b"Content-Type: " + post.headers["Content-Type"].encode() + b"\r\n\r\n" + post.body
    )
    (part,) = message.get_payload()
    assert part.get_param("name", header="content-disposition") == "file"
    assert part.get_payload(decode=True) == TRACK.vtt
    assert "s3cret" not in post.url + repr(post) + repr(TRACK)


def test_an_address_that_names_the_api():
    assert put_text_track("https://a.example/bigbluebutton/api", "s", TRACK).url.startswith(
        "https://a.example/bigbluebutton/api/put"
    )


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"response":{"returncode":"SUCCESS","messageKey":"upload_text_track_success"}}', ""),
        (b'{"response":{"returncode":"FAILED","messageKey":"noRecordings"}}', "it refuses: noRecordings"),
        (b"<html>", "it answers 200, and not as BigBlueButton does"), (b"{}", "it answers 200, and not as BigBlueButton does"),
    ],
)  # fmt: skip
def test_answers(body, says):
    assert problem(Answer(200, body)) == says
