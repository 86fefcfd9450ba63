import socket
import threading
from datetime import UTC, datetime

import pytest

from captioner.publish.sinks.addresses import BadAddress
from captioner.publish.sinks.contract import Line, NoAnswer, Post, Verdict
from captioner.publish.sinks.http import HttpCarrier, HttpClient, Pin
from captioner.publish.sinks.youtube import YouTube
from captioner.publish.sinks.zoom import Zoom
from captioner.rehearse.numbered import YouTubeStandin, ZoomStandin
from captioner.rehearse.standin import HttpStandin, Reply


class Fixed:
    def __init__(self, reply):
        self.reply, self.requests, self.lines, self.violations = reply, [], [], []

    def answer(self, request):
        self.requests.append(request)
        return self.reply


def client(url, **more):
    return HttpClient(url, private=True, timeout_s=2.0, **more)


def test_a_request_arrives_as_it_was_made():
    judge = Fixed(Reply(200, b"ok"))
    with HttpStandin(judge) as server:
        answer = client(server.url).send(
            Post("POST", f"{server.url}/a%2Fb?x=%2C&x=1", {"Content-Type": "text/plain"}, "é".encode())
        )
    assert (answer.status, answer.body) == (200, b"ok")
    (request,) = judge.requests
    assert (request.method, request.path, request.query) == ("POST", "/a%2Fb", {"x": [",", "1"]})
    assert request.body == "é".encode()
    assert request.headers["host"] == server.url.removeprefix("http://")


def test_a_redirect_is_not_followed():
    judge = Fixed(Reply(302, headers={"Location": "http://169.254.169.254/"}))
    with HttpStandin(judge) as server:
        assert client(server.url).send(Post("GET", server.url)).status == 302
        assert len(judge.requests) == 1


def test_this_machine_is_refused_unless_allowed():
    with HttpStandin(Fixed(Reply(200))) as server:
        with pytest.raises(BadAddress):
            HttpClient(server.url, private=False).send(Post("GET", server.url))
        assert server.requests == 0


def test_the_checked_address_is_the_one_that_is_used():
    """A name that points inside at the second look is never looked up a second time."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    with HttpStandin(Fixed(Reply(200))) as server:
        port = int(server.url.rsplit(":", 1)[1])
        pinned = HttpClient(f"http://rebind.example:{port}", private=True, timeout_s=2, lookup=lambda *_: next(answers))
        for _ in range(3):
            assert pinned.send(Post("GET", f"http://rebind.example:{port}/")).status == 200
        assert server.judge.requests[0].headers["host"] == f"rebind.example:{port}"


def test_a_new_address_is_checked_too():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        answers = iter([["127.0.0.1"], BadAddress("inside")])

        def lookup(*_):
            found = next(answers)
            if isinstance(found, Exception):
                raise found
            return found

        pin = Pin("a.example", port, private=True, lookup=lookup)
        pin.connect(2).close()
    with pytest.raises(BadAddress):  # its server is gone: the name is asked, and judged, again
        pin.connect(2)


def test_no_server_and_no_answer_in_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(NoAnswer, match="in time"):
            HttpClient(url, private=True, timeout_s=0.2).send(Post("GET", url))
    with pytest.raises(NoAnswer, match="reached"):
        client(url).send(Post("GET", url))


@pytest.mark.parametrize("answer", [b"", b"SMTP ready\r\n", b"HTTP/1.1 abc\r\n\r\n"])
def test_what_is_no_web_server_is_no_answer(answer):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(NoAnswer):
            client(url).send(Post("GET", url))
        thread.join(5)


def test_the_carrier_judges_and_says_no_secret():
    judge = ZoomStandin()
    with HttpStandin(judge) as server:
        url = server.url + judge.path
        carrier = HttpCarrier(Zoom(url), client(url))
        assert carrier.last_seq() == 0
        assert carrier.deliver(Line("Hello.", "en", 1, 0)).verdict is Verdict.ACCEPTED
        assert carrier.last_seq() == 1
        judge.started = False
        outcome = carrier.deliver(Line("Hello.", "en", 2, 0))
        assert (outcome.verdict, outcome.note) == (Verdict.LATER, "the platform answers 400")
    gone = carrier.deliver(Line("Hello.", "en", 2, 0))
    assert gone.verdict is Verdict.AGAIN
    assert "c2ln" not in gone.note
    assert carrier.last_seq() is None
    assert judge.violations == []


def test_retry_after_is_passed_on():
    with HttpStandin(Fixed(Reply(503, headers={"Retry-After": "7"}))) as server:
        outcome = HttpCarrier(Zoom(server.url), client(server.url)).deliver(Line("a", "en", 1, 0))
    assert (outcome.verdict, outcome.retry_after_ms) == (Verdict.AGAIN, 7000)


def test_the_platforms_clock_is_compared_with_ours():
    now = iter([10_000, 10_400])
    ahead = YouTubeStandin(lambda: datetime.fromtimestamp(75.2, UTC))
    with HttpStandin(ahead) as server:
        url = server.url + ahead.path
        carrier = HttpCarrier(YouTube(url), client(url), lambda: next(now))
        outcome = carrier.deliver(Line("", "", 0, 0))
    assert (outcome.verdict, outcome.ahead_ms) == (Verdict.ACCEPTED, 65_000)
    assert (ahead.heartbeats, ahead.violations) == (1, [])
