"""Whatever is sent, and whatever goes wrong with it: no word of it stands in what processes write, or in the metrics."""

import asyncio
import base64
import dataclasses
import html
import json
import os
import re
import resource
import string
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, quote_plus

import aiohttp
import msgspec
import psutil
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from captioner.captions import wire
from captioner.captions.cue import CueStatus, RecordPolicy, Track
from captioner.captions.policy import PolicyChange
from captioner.config import AudioSettings, MeetingSettings, ModelSettings, PipelineSettings
from captioner.output import OutputProcess
from captioner.publish.sinks.settings import OutputSettings
from server.tokens import host_token
from tests.server.conftest import final

pytestmark = pytest.mark.slow

EXAMPLES = os.environ.get("LEAK_EXAMPLES")  # for a longer look: LEAK_EXAMPLES=500, with --timeout=3600
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LETTERS = string.ascii_letters + string.digits + "éßдж中文عرب"
WORD = st.text(LETTERS, min_size=12, max_size=20).map(lambda word: f"Q{word}Z")
PLAIN = st.text(string.ascii_letters + string.digits, min_size=12, max_size=20).map(lambda word: f"Q{word}Z")


@dataclasses.dataclass(frozen=True)
class Secrets:
    """What must be seen by nobody but those it is for."""

    text: str
    name: str
    title: str
    question: str
    passcode: str
    token: str
    host: str
    label: str
    term: str
    path: str
    query: str
    nonsense: str


SECRETS = st.builds(
    Secrets, text=WORD, name=WORD, title=WORD, question=WORD, passcode=WORD, token=PLAIN, host=PLAIN, label=WORD, term=WORD,
    path=PLAIN, query=WORD, nonsense=WORD,
)  # fmt: skip


def forms(word):
    """All that a word may look like in a log."""
    data = word.encode()
    escaped = json.dumps(word)[1:-1]
    found = {
        data, escaped.encode(), quote(word).encode(), quote_plus(word).encode(), quote(word).lower().encode(),
        html.escape(word).encode(), ascii(word)[1:-1].encode(), repr(data)[2:-1].encode(), data.hex().encode(),
        json.dumps(escaped)[1:-1].encode(), word.encode("utf-16-le"),
    }  # fmt: skip
    for shift in range(3):  # of base64, what does not depend on what stands before or after
        whole = base64.b64encode(b"\0" * shift + data)[(0, 2, 3)[shift] : -4]
        found |= {whole, whole.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def leaked(output, words):
    lower = output.lower()
    return [(word, form) for word in words for form in forms(word) if form in output or form.lower() in lower]


def test_the_search_finds_every_form():
    word = "QGénérale中文Z"
    for shown in (
        word, json.dumps(word), quote(word), quote(word).lower(), repr(word.encode()), ascii(word), word.encode().hex().upper(),
        base64.b64encode(f"a{word}b".encode()).decode(), base64.urlsafe_b64encode(f"ab{word}".encode()).decode(),
        base64.b64encode(f"{word}, and more".encode()).decode(), json.dumps({"a": json.dumps(word)}),
    ):  # fmt: skip
        assert leaked(f"x {shown} y".encode(), [word]), shown
    assert not leaked(b"something else", [word])


class Running:
    """A server process with bugs in it, and all that it has written."""

    def __init__(self, folder):
        wanted = {"faulty": True, "timing": {"ping_s": 0.5, "hello_s": 2.0, "close_s": 0.2, "silent_s": 1.0}}
        self.folder, self.output = folder, bytearray()
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "serving.py"), str(folder), json.dumps(wanted)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        self.url = self.process.stdout.readline().decode().strip()
        for stream in (self.process.stdout, self.process.stderr):
            threading.Thread(target=self._read, args=(stream,), daemon=True).start()
        self.token = host_token(folder)

    def _read(self, stream):
        while piece := os.read(stream.fileno(), 65_536):
            self.output += piece

    @contextmanager
    def full_disk(self):
        """No file of the server may grow."""
        process = psutil.Process(self.process.pid)
        before = process.rlimit(psutil.RLIMIT_FSIZE)
        process.rlimit(psutil.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        try:
            yield
        finally:
            process.rlimit(psutil.RLIMIT_FSIZE, before)

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    server = Running(tmp_path_factory.mktemp("leaks") / "data")
    yield server
    if server.process.poll() is None:
        server.end()


async def sent(session, url, *messages, **options):
    """Say all this, and read until the server has answered the last or closed."""
    try:
        socket = await session.ws_connect(f"{url}ws", protocols=[wire.SUBPROTOCOL], **options)
    except aiohttp.WSServerHandshakeError:
        return
    async with asyncio.timeout(60):
        for message in (*messages, wire.Ping()):
            try:
                await socket.send_str(message if isinstance(message, str) else wire.encode(message))
            except ConnectionError:
                break
        while (answer := await socket.receive()).type is aiohttp.WSMsgType.TEXT:
            if answer.data == wire.encode(wire.Pong()):
                break
        await socket.close()


async def every_path(server, number, hidden):
    """Send each secret by every way that there is, right, wrong, and where the server fails."""
    meeting, url = f"m{number}", server.url
    host = {"Authorization": f"Bearer {server.token}"}
    speaks = wire.Hello(
        role=wire.Role.PUBLISHER, meeting=meeting, token=server.token, publisher=hidden.label, title=hidden.title,
        track=Track("floor", "en", hidden.label), policy=RecordPolicy.ON_RECORD,
    )  # fmt: skip
    reads = wire.Hello(role=wire.Role.VIEWER, meeting=meeting)
    said = final("c1", hidden.text, speaker=hidden.name)
    updates = [
        wire.Update(update=final("c1", hidden.text, 0, status=CueStatus.PARTIAL, speaker=hidden.name)), wire.Update(update=said),
        wire.Update(update=final("../" + hidden.text, hidden.text)), wire.Update(update=final("c2", hidden.text, 10**6)),
        wire.Speaker(track="floor", name=hidden.name), wire.Rename(track="floor", old=hidden.name, new=hidden.nonsense),
        wire.Correct(track=hidden.nonsense, update=said, base=1), wire.Editing(track="floor", cue=hidden.text),
        wire.OutputHealth(outputs=(wire.Output(hidden.name, hidden.label, wire.OutputState.OK),)),
        wire.Report(health=wire.Health.LIVE, source=hidden.label),
    ]  # fmt: skip
    async with aiohttp.ClientSession() as session:

        async def ask(method, path, **options):
            async with session.request(method, f"{url}{path}", timeout=aiohttp.ClientTimeout(30), **options) as answer:
                return await answer.read()

        await ask("PUT", f"api/meetings/{meeting}/setup", headers=host, json={
            "title": hidden.title, "glossary": f"{hidden.term} = {hidden.nonsense}", "policy": "on_record",
            "roster": [{"name": hidden.name, "affiliation": hidden.label, "consent": True}],
        })  # fmt: skip
        await sent(session, url, speaks, *updates)
        await sent(session, url, speaks, f'{{"type":"update","update":"{hidden.text}"}}')
        await sent(session, url, speaks, wire.Update(update=final("c3", f"boom {hidden.text}")))
        await sent(
            session, url, speaks, wire.Update(update=final("c4", f"append-fault {hidden.text}", speaker=hidden.name))
        )
        for name in (hidden.name, f"boom {hidden.name}"):
            signal = wire.Signal(signal=wire.SignalKind.QUESTION, text=hidden.question, name=name)
            await sent(session, url, reads, signal)
        await sent(session, url, hidden.nonsense)
        await sent(session, url, reads, wire.Correct(track="floor", update=said, base=1))
        bad = {"token": hidden.token, "passcode": hidden.passcode}
        await sent(session, url, msgspec.structs.replace(speaks, **bad))
        await sent(session, url, msgspec.structs.replace(reads, role=wire.Role.HOST, token=f"boom.{hidden.token}"))
        await sent(session, url, reads, origin=f"https://{hidden.host}.example")
        await sent(
            session, url, reads, headers={"Host": f"{hidden.host}.example", "Cookie": f"pass-{meeting}={hidden.token}"}
        )
        for wrong in (hidden.token, f"{hidden.token}.{hidden.token}"):
            for path in (
                f"api/meetings/{meeting}/invitations",
                f"api/meetings/{meeting}/export",
                "metrics",
                "api/backup",
            ):
                for method in ("GET", "POST"):
                    await ask(method, path, headers={"Authorization": f"Bearer {wrong}"}, data=hidden.nonsense.encode())
        await ask(
            "POST", f"api/meetings/{meeting}/invitations", headers=host, json={"role": "viewer", "label": hidden.label}
        )
        await ask("POST", f"api/meetings/{meeting}/passcode", headers=host, json={"passcode": hidden.passcode})
        await sent(session, url, msgspec.structs.replace(reads, passcode=hidden.nonsense))
        await ask(
            "GET",
            f"captions?event={meeting}&language={quote(hidden.query)}",
            headers={"X-Passcode": quote(hidden.nonsense)},
        )
        await ask(
            "POST", f"live/{meeting}/passcode", data={"passcode": hidden.nonsense}, headers={"Origin": url.rstrip("/")}
        )
        await ask("POST", f"api/meetings/{meeting}/passcode", headers=host, json={"passcode": ""})
        await ask(
            "POST", f"live/{meeting}/signal", data={"signal": "question", "text": hidden.question, "name": hidden.name}
        )
        vtt = f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v {hidden.name}>{hidden.text}\n\nwrong {hidden.nonsense}\n"
        await ask(
            "POST",
            f"api/meetings/{meeting}/tracks/other/import?title={quote(hidden.title)}",
            headers=host,
            data=vtt.encode(),
        )
        for signature in (server.token, hidden.token):
            await ask(
                "POST",
                f"ingest/zoom/{meeting}/closedcaption?signature={signature}&seq=1&lang=en",
                data=hidden.text.encode(),
            )
        for path in (f"boom{hidden.path}", f"live/boom{hidden.path}", f"archive/boom{hidden.path}/", f"live/{meeting}?q={quote(hidden.query)}",
                     f"archive/search?q={quote(hidden.query)}", f"viewer/{hidden.path}.js", f"{quote(hidden.query)}",
                     f"oai?verb={hidden.path}&identifier={quote(hidden.query)}"):  # fmt: skip
            await ask("GET", path, headers={"Referer": f"https://{hidden.host}.example", "User-Agent": hidden.path})
        with server.full_disk():
            await sent(session, url, speaks, wire.Update(update=final("c5", hidden.text, speaker=hidden.name)),
                       wire.SetPolicy(change=PolicyChange(0, RecordPolicy.OFF_RECORD)), wire.End())  # fmt: skip
            await sent(session, url, msgspec.structs.replace(speaks, meeting=f"{meeting}-new"))
            await ask(
                "PUT",
                f"api/meetings/{meeting}/setup",
                headers=host,
                json={"title": hidden.title, "policy": "on_record"},
            )
            await ask(
                "POST",
                f"api/meetings/{meeting}/invitations",
                headers=host,
                json={"role": "viewer", "label": hidden.label},
            )
            await ask("POST", f"api/meetings/{meeting}/export", headers=host)
        await sent(session, url, speaks, wire.Update(update=said), wire.End())
        return await ask("GET", "metrics", headers=host)


numbers = iter(range(10_000))


@settings(
    max_examples=int(EXAMPLES or 12),
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(SECRETS)
def test_nothing_of_what_is_sent(running, hidden):
    metrics = asyncio.run(every_path(running, next(numbers), hidden))
    words = [*dataclasses.astuple(hidden), running.token]
    assert running.process.poll() is None
    assert not leaked(metrics, words)
    assert not leaked(bytes(running.output), words)


def test_the_faults_were_logged_without_their_words(running):
    """The server above did fail, in every way, and said so."""
    running.end()
    log = running.output.decode()
    lines = [json.loads(line) for line in log.splitlines()]
    events = {line["event"] for line in lines}
    assert {"connection failed", "library", "meeting not opened"} <= events
    faults = str([line.get("fault") for line in lines])
    assert "ValueError at serving.py" in faults
    assert "KeyError at serving.py" in faults
    assert {"event loop", "library serving.py"} <= {re.sub(r":\d+$", "", line.get("source", "")) for line in lines}
    assert any("aiohttp.server" in line.get("source", "") for line in lines)
    assert "boom" not in log


class Children:
    """Processes as the supervisor starts them, one after the other."""

    def __init__(self, folder):
        self.folder, self.files = folder, [folder / name for name in ("in", "out", "err")]
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "starting.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT,
        )  # fmt: skip

    def run(self, module, first):
        """Start one with this as its first line; return its exit code and what it wrote."""
        for path, content in zip(self.files, (first + b"\n", b"", b""), strict=True):
            path.write_bytes(content)
        self.process.stdin.write(json.dumps({"module": module, "folder": str(self.folder)}).encode() + b"\n")
        self.process.stdin.flush()
        code = self.process.stdout.readline()
        assert code, "the starting process has died"
        return int(code), self.files[1].read_bytes(), self.files[2].read_bytes()

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)


@pytest.fixture(scope="module")
def children(tmp_path_factory):
    started = Children(tmp_path_factory.mktemp("children"))
    yield started
    started.end()


@settings(
    max_examples=int(EXAMPLES or 40),
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    SECRETS,
    st.sampled_from(
        [
            "https://{host}.example/{path}?key={token}",
            "http://127.0.0.1:9/{token}",
            "http://{host}@10.0.0.1/{path}",
            "{token}",
        ]
    ),
)
def test_outputs_and_pipelines_keep_their_secrets(children, hidden, shape):
    folder = children.folder
    url = shape.format(**dataclasses.asdict(hidden))
    output = OutputProcess("hall", OutputSettings("zoom", url), "ws://127.0.0.1:9/ws", "m1", str(folder), hidden.token)
    pipeline = PipelineSettings(
        AudioSettings(str(folder / hidden.path)), ModelSettings(folder=str(folder / hidden.label)),
        MeetingSettings("m1", hidden.title), f"ws://{hidden.host}.invalid:1/ws", hidden.token, hidden.name,
    )  # fmt: skip
    words = [word for word in dataclasses.astuple(hidden) if word != hidden.path or "path" in shape]
    for module, first in (
        ("captioner.output", msgspec.json.encode(output)),
        ("captioner.pipeline", msgspec.json.encode(pipeline)),
        ("captioner.output", msgspec.json.encode(output).replace(b'"zoom"', f'"{hidden.nonsense}"'.encode())),
        ("captioner.pipeline", f'{{"audio": "{hidden.text}"}}'.encode()),
        ("captioner.serve", f'{{"host": ["{hidden.text}"]}}'.encode()),
    ):
        _code, said, log = children.run(module, first)
        assert not leaked(log, words), module
        if module == "captioner.output":
            assert not leaked(said, [hidden.token, hidden.host, url]), "the host's screen shows no secret either"


def test_what_the_children_write_was_seen(children):
    """The processes above do fail, and say so: silence would prove nothing."""
    missing = PipelineSettings(
        AudioSettings("no such file"),
        ModelSettings(folder="x"),
        MeetingSettings("m1", "x"),
        "ws://x.invalid:1/ws",
        "t",
        "p",
    )
    code, said, _log = children.run("captioner.pipeline", msgspec.json.encode(missing))
    assert code > 0
    assert b"no such file" in said, "the host's own screen names the host's own file"
    for module in ("captioner.output", "captioner.pipeline", "captioner.serve"):
        code, said, log = children.run(module, b'{"host": ["x"], "audio": "x", "output": "x"}')
        assert code == 1
        assert log.startswith(b"process\n  ValidationError at "), module
        assert said == b""
