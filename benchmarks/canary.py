"""`python -m benchmarks.canary`: is anything that the record policy forbids in any byte that the server writes or says?

A meeting is played by dice against the real server process: finals, partials, corrections, labels, signals, switches
of the policy, parts struck and names removed afterwards, the server killed and started again. Every name and every
sentence is unique. Then every byte is searched: the data folder (database with its free pages, write-ahead log,
exports, bags; the insides of zip files too), the process's output, what late joiners and the public pages are given.
"""

import asyncio
import base64
import io
import random
import subprocess
import sys
import tempfile
import time
import unicodedata
import urllib.parse
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import msgspec
import typer

from benchmarks.recordings import ROOT
from captioner import messages
from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track, Word
from captioner.captions.policy import PolicyChange, PolicyTimeline
from captioner.config import ServerSettings
from server.tokens import host_token

STEP = 2_000  # ms between two cues; each lasts one second
PAGES = ("/", "/archive/", "/api/meetings", "/archive/m1/", "/archive/m1/floor.vtt", "/archive/m1/floor.txt",
         "/archive/m1/floor.json", "/archive/m1/floor.docx", "/archive/m1/floor.epub", "/archive/feed.atom",
         "/archive/feed.rss", "/sitemap.xml", "/oai?verb=ListRecords&metadataPrefix=oai_dc", "/live/m1/plain",
         "/metrics")  # fmt: skip
"""Those that a server does not have answer 404, and are searched all the same."""


class Report(msgspec.Struct):
    """What one meeting showed."""

    seed: int
    moves: int = 0
    kills: int = 0
    forbidden: int = 0  # words that must be nowhere
    kept: int = 0  # words that must be found, or the search would prove nothing
    searched: int = 0  # bytes
    hits: list[str] = msgspec.field(default_factory=list)
    missing: list[str] = msgspec.field(default_factory=list)


def needles(word: str) -> set[bytes]:
    """Return the forms in which a word may lie in a byte string."""
    found: set[bytes] = set()
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, word)
        raw = text.encode()
        found |= {raw, text.encode("utf-16-le"), text.encode("utf-16-be")}
        quoted = urllib.parse.quote(text)
        found |= {quoted.encode(), quoted.lower().encode()}
        found.add(text.encode("ascii", "backslashreplace"))
        found.add("".join(c if c.isascii() else f"\\u{ord(c):04x}" for c in text).encode())
        for skip in range(3):  # base64 of the word at each place in a group of three
            code = base64.b64encode(b"\0" * skip + raw)
            found.add(code[4 if skip else 0 : len(code) - (len(code) % 4) - 4])
    return {needle for needle in found if len(needle) > 7}  # noqa: PLR2004 - shorter ones are in everything


def pieces(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file, and what is in zip files."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        yield str(path.relative_to(folder)), content
        yield from unpacked(str(path.relative_to(folder)), content)


def unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what is in a zip file."""
    if content[:2] == b"PK" and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for inner in packed.namelist():
                yield f"{name}!{inner}", packed.read(inner)


class Meeting:
    """One meeting that is played, and what may be left of it."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Take the data folder and the dice's seed."""
        self.data, self.output = folder / "data", folder / "output"
        self.dice = random.Random(seed)  # noqa: S311 - a game, not a secret
        self.report = Report(seed)
        self.timeline = PolicyTimeline()
        self.words: dict[str, tuple[str, str, int]] = {}  # cue: its text, its speaker, its start
        self.history: list[tuple[str, str, int]] = []  # every text that may have been kept: text, speaker, start
        self.names: set[str] = set()  # of the set-up
        self.forbidden: set[str] = set()
        self.revisions: dict[str, int] = {}
        self.said = 0
        self.seen: list[tuple[str, bytes]] = []
        self.process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.port = 0

    def start(self) -> None:
        """Start the server; on its old port when it was there before."""
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "captioner.serve"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output, cwd=ROOT,
            )  # fmt: skip
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError
        settings = msgspec.json.encode(ServerSettings("127.0.0.1", self.port, str(self.data)))
        self.process.stdin.write(settings + b"\n")
        self.process.stdin.flush()
        ready = messages.read(self.process.stdout.readline())
        if not isinstance(ready, messages.Ready):
            raise TypeError(ready)
        self.url = ready.url.rstrip("/")
        self.port = int(self.url.rsplit(":", 1)[1])

    def stop(self, *, kill: bool) -> None:
        """End the server, or kill it."""
        if self.process is None:
            return
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(60)

    async def play(self, moves: int) -> Report:
        """Play, then search."""
        self.start()
        try:
            first = self.dice.choice(list(RecordPolicy))
            self.timeline.add(PolicyChange(0, first))
            await self.lay_down(first)
            while not await self.session(first, moves):
                pass
            await self.afterwards()
        finally:
            self.stop(kill=False)
        self.search()
        return self.report

    async def lay_down(self, first: RecordPolicy) -> None:
        """Set the meeting up, with names in the roster, the agenda and the glossary."""
        names = [f"Röstername{self.report.seed}x", f"Ägendaname{self.report.seed}x", f"Glössaryname{self.report.seed}x"]
        setup = {
            "title": "A meeting",
            "policy": first,
            "roster": [{"name": names[0], "consent": True}],
            "agenda": [{"title": names[1]}],
            "glossary": f"{names[2]} = other",
        }
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {host_token(self.data)}"}) as http:
            await asked(http.put(f"{self.url}/api/meetings/m1/setup", json=setup))
        self.names = set(names)
        if first is not RecordPolicy.ON_RECORD:
            self.forbidden |= self.names

    async def session(self, first: RecordPolicy, moves: int) -> bool:
        """Connect a publisher and a host, go on until the server is killed; True when all was done and it ended."""
        async with aiohttp.ClientSession() as http:
            publisher, host = await self.peer(http, "publisher", first), await self.peer(http, "host")
            while self.report.moves < moves:
                self.report.moves += 1
                move = self.dice.choices(
                    ["say", "partial", "switch", "correct", "label", "signal", "kill"], [9, 3, 3, 2, 2, 1, 1]
                )[0]
                if move == "kill":
                    self.report.kills += 1
                    self.stop(kill=True)
                    self.start()
                    return False
                await getattr(self, move)(publisher, host)
            await send(publisher, wire.End())
            await until(publisher, wire.Ended)
            return True

    async def peer(self, http: aiohttp.ClientSession, role: str, policy: RecordPolicy | None = None) -> Any:
        """Say hello."""
        socket = await http.ws_connect(self.url + "/ws", protocols=[wire.SUBPROTOCOL])
        track = Track("floor", "en") if role == "publisher" else None
        token = "" if role == "viewer" else host_token(self.data)
        hello = wire.Hello(
            role=wire.Role(role),
            meeting="m1",
            token=token,
            publisher="p",
            title="A meeting",
            track=track,
            policy=policy,
        )
        await send(socket, hello)
        await until(socket, wire.Welcome)
        return socket

    async def say(self, publisher: Any, _: Any) -> None:
        """A final with a speaker."""
        cue, text, name = self.sentence()
        await self.final(publisher, cue, text, name)

    async def final(self, publisher: Any, cue: str, text: str, name: str) -> None:
        """Send a final and wait until it is kept; learn what may be left of it."""
        start = self.words[cue][2]
        self.revisions[cue] = revision = self.revisions.get(cue, 0) + 1
        words = tuple(Word(start + i, start + i + 1, " " + word) for i, word in enumerate(text.split()))
        update = CueUpdate(Cue(cue, start, start + 1000, text, "en", name, words), revision, CueStatus.FINAL)
        await send(publisher, wire.Update(update=update))
        await until(publisher, wire.Ack, cue=cue)
        self.history.append((text, name, start))
        self.learn()

    async def partial(self, publisher: Any, _: Any) -> None:
        """A partial that never becomes a final: nothing of it may be kept."""
        cue, text, name = self.sentence()
        start = self.words.pop(cue)[2]
        update = CueUpdate(Cue(cue, start, start + 1000, text, "en", name), 0, CueStatus.PARTIAL)
        await send(publisher, wire.Update(update=update))
        self.forbidden |= {text, name}

    async def switch(self, _: Any, host: Any) -> None:
        """The chair switches."""
        change = PolicyChange(self.said * STEP + 500, self.dice.choice(list(RecordPolicy)))
        self.timeline.add(change)
        await send(host, wire.SetPolicy(change=change))
        await until(host, wire.Status, policy=self.timeline.current)
        self.learn()
        await send(host, wire.Ping())  # answered after what the switch takes away
        await until(host, wire.Pong)

    def learn(self) -> None:
        """Learn what may be left of all that was said, under the policy as it is now."""
        for text, name, start in self.history:
            policy = self.timeline.strictest(start, start + 1000)
            if policy is RecordPolicy.OFF_RECORD:
                self.forbidden |= {text, name}
            elif policy is RecordPolicy.CHATHAM:
                self.forbidden.add(name)

    async def correct(self, _: Any, host: Any) -> None:
        """A person corrects a final, with a name."""
        known = [cue for cue in self.words if self.revisions.get(cue)]
        if not known:
            return
        cue = self.dice.choice(known)
        _, _, start = self.words[cue]
        text, name = f"Käsecorrected{self.report.moves}x.", f"Ÿnaname{self.report.moves}x"
        self.history.append((text, name, start))
        self.learn()
        update = CueUpdate(Cue(cue, start, start + 1000, text, "en", name), 0, CueStatus.FINAL)
        await send(host, wire.Correct(track="floor", update=update, base=self.revisions[cue]))
        answer = await until(host, wire.Ack, wire.Error)
        if isinstance(answer, wire.Ack):
            self.revisions[cue] = answer.revision
            self.words[cue] = (text, name, start)

    async def label(self, _: Any, host: Any) -> None:
        """The corrector says who speaks now; outside of the record it may go nowhere."""
        name = f"Łabelname{self.report.moves}x"
        await send(host, wire.Speaker(track="floor", name=name))
        if self.timeline.current is not RecordPolicy.ON_RECORD:
            self.forbidden.add(name)
        await send(host, wire.Speaker(track="floor", name=""))

    async def signal(self, _: Any, host: Any) -> None:
        """A reader asks something: never kept."""
        text, name = f"Qüestion{self.report.moves}x?", f"Åskername{self.report.moves}x"
        await send(host, wire.Signal(signal=wire.SignalKind.QUESTION, text=text, name=name))
        self.forbidden |= {text, name}

    def sentence(self) -> tuple[str, str, str]:
        """Return a cue's id, unique words and a unique name, after all that was said."""
        self.said += 1
        cue, text, name = f"c{self.said}", f"Tëxtcanary{self.said}x.", f"Nâmecanary{self.said}x"
        self.words[cue] = (text, name, self.said * STEP)
        return cue, text, name

    async def afterwards(self) -> None:
        """Strike a part, remove words from a caption, then look at what late joiners and the public are given."""
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {host_token(self.data)}"}) as http:
            base = f"{self.url}/api/review/m1"
            if self.said > 3:  # noqa: PLR2004 - a part needs something around it
                start = self.dice.randrange(1, self.said - 1) * STEP
                policy = self.dice.choice([RecordPolicy.OFF_RECORD, RecordPolicy.CHATHAM])
                body = {"start": start - 100, "end": start + 1500, "policy": policy, "reason": "asked for"}
                await asked(http.post(f"{base}/strike", json=body))
                if policy is RecordPolicy.CHATHAM:
                    self.forbidden |= self.names
                for text, name, at in self.history:
                    if at < start + 1500 and at + 1000 >= start - 100:
                        self.forbidden |= {text, name} if policy is RecordPolicy.OFF_RECORD else {name}
            state = await asked(http.get(base))
            cues = [cue for cue in state["cues"] if cue["text"]]
            if cues:
                cue = self.dice.choice(cues)
                span = {
                    "track": "floor",
                    "cue": cue["id"],
                    "base": cue["revision"],
                    "start": 0,
                    "end": len(cue["text"]),
                }
                await asked(http.post(f"{base}/redact", json={"spans": [span]}))
                self.forbidden |= {cue["text"], cue["speaker"]}
            for step in ("review", "publish"):
                state = await asked(http.get(base))
                await asked(http.post(f"{base}/state", json={"step": step, "seq": state["seq"]}))
        async with aiohttp.ClientSession() as http:
            late = await self.peer(http, "viewer")
            with_all = await until(late, wire.Status)
            self.seen.append(("late joiner", b"\n".join([*late_frames(late), wire.encode(with_all).encode()])))
            for path in PAGES:
                async with http.get(self.url + path) as answer:
                    content = await answer.read()
                    self.seen.append((path, content))
                    self.seen += unpacked(path, content)

    def search(self) -> None:
        """Search every byte."""
        self.forbidden.discard("")
        kinds = {change.policy for change in self.timeline.changes}
        if RecordPolicy.CHATHAM in kinds or self.timeline.current is not RecordPolicy.ON_RECORD:
            self.forbidden |= self.names
        places = [*pieces(self.data), ("process output", self.output.read_bytes()), *self.seen]
        self.report.forbidden = len(self.forbidden)
        self.report.searched = sum(len(content) for _, content in places)
        for word in sorted(self.forbidden):
            for needle in needles(word):
                self.report.hits += [f"{word} in {name}" for name, content in places if needle in content]
        kept = {text for text, _, _ in self.words.values()} - self.forbidden
        self.report.kept = len(kept)
        log = b"".join(content for name, content in places if "sqlite3" in name)
        self.report.missing = [text for text in sorted(kept) if text.encode() not in log]


_FRAMES: dict[int, list[bytes]] = {}


def late_frames(socket: Any) -> list[bytes]:
    """Return what came on a socket so far."""
    return _FRAMES.pop(id(socket), [])


async def send(socket: Any, message: wire.FromClient) -> None:
    """Send a message."""
    await socket.send_str(wire.encode(message))


async def until(socket: Any, *kinds: type, **fields: object) -> Any:
    """Return the next message of these kinds and fields."""
    async with asyncio.timeout(30):
        while True:
            frame = await socket.receive_str()
            _FRAMES.setdefault(id(socket), []).append(frame.encode())
            message = wire.decode_from_server(frame)
            if isinstance(message, kinds) and all(getattr(message, name) == value for name, value in fields.items()):
                return message


async def asked(request: Any) -> Any:
    """Return the JSON of an answer; RuntimeError when it was refused."""
    async with request as answer:
        if answer.status >= 300:  # noqa: PLR2004 - HTTP
            raise RuntimeError(answer.status, await answer.text())
        return await answer.json()


def run(seed: int, moves: int) -> Report:
    """Play one meeting in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(Meeting(Path(folder), seed).play(moves))


def main(
    meetings: Annotated[int, typer.Option(help="How many meetings are played.")] = 40,
    moves: Annotated[int, typer.Option(help="Moves in each.")] = 60,
    seed: Annotated[int, typer.Option(help="The first meeting's seed.")] = 1,
) -> None:
    """Play meetings and write benchmarks/results/canary.md."""
    begun = time.monotonic()
    reports = [run(number, moves) for number in range(seed, seed + meetings)]
    hits = [hit for report in reports for hit in report.hits]
    kept = sum(each.kept for each in reports)
    found = kept - sum(len(each.missing) for each in reports)
    text = f"""\
# Canary: what the record policy forbids, searched in every byte

`python -m benchmarks.canary --meetings {meetings} --moves {moves} --seed {seed}`

{meetings} meetings of {moves} moves each, {sum(each.kills for each in reports)} times killed with SIGKILL and started
again, each with a part struck and a caption redacted afterwards, in {time.monotonic() - begun:.0f} s.

| | |
| --- | --- |
| unique words and names that must be nowhere | {sum(each.forbidden for each in reports)} |
| unique words that must be kept, and were found | {found} of {kept} |
| bytes searched | {sum(each.searched for each in reports):,} |
| hits | {len(hits)} |

Names stand in the set-up (roster, agenda, glossary), as speakers, in corrections, labels and signals; sentences are
unique too. Searched: the data folder (database with free pages, write-ahead log, exports, insides of zip files), the
process's output, what a late joiner is given, public pages and feeds. In UTF-8 (NFC and NFD), UTF-16, base64,
percent-encoding, JSON escapes.
"""
    text += "".join(f"\n- {hit}" for hit in hits)
    (ROOT / "benchmarks" / "results" / "canary.md").write_text(text, encoding="utf-8")
    print(text)
    if hits:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
