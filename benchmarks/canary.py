"""`python -m benchmarks.canary`: is anything that the record policy forbids in any byte that the server writes or says?

A meeting is played by dice against the real server process: finals, partials, corrections, labels, signals, switches
of the policy, parts struck and names removed afterwards, the server killed and started again. Every name and every
sentence is unique. Then every byte is searched: the data folder (database with its free pages, write-ahead log,
files, bags; the insides of zip files too), a static export, the processes' output, what late joiners, feeds, harvesters
and readers of the public pages are given; with an edge also its copy, and all that Redis has. A page that does not
answer as it should is an error: nothing was searched there.
"""

import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import msgspec
import typer

from benchmarks.canary_search import needles, pieces, unpacked
from benchmarks.canary_socket import asked, late_frames, send, until
from benchmarks.machines import Redis
from benchmarks.recordings import ROOT
from captioner import messages
from captioner.captions import wire
from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy, Track, Word
from captioner.captions.policy import PolicyChange, PolicyTimeline
from captioner.config import ServerSettings
from server.archive import keeper
from server.archive.export.registry import FORMATS
from server.archive.log import EventLog
from server.setups import Setups
from server.setups import load as load_setups
from server.tokens import host_token

STEP = 2_000  # ms between two cues; each lasts one second
OAI = "/oai?metadataPrefix=oai_dc&verb="
PAGES = ("/", "/archive/", "/api/meetings", "/archive/m1/", "/archive/m1/v/1/", "/archive/m1/floor.html",
         *(f"/archive/m1/floor.{ending}" for ending in FORMATS if "brf" not in ending), "/id/m1",
         "/archive/feed.atom", "/archive/feed.rss", "/sitemap.xml", "/robots.txt", "/opensearch.xml", "/series/",
         "/search?q=canary*", "/speakers/", "/oai?verb=Identify", f"{OAI}ListRecords", f"{OAI}ListIdentifiers",
         "/oai?verb=ListSets", "/metrics")  # fmt: skip
"""Each must answer 200."""
LIVE = "/live/m1/plain"
"""Answers 200, and 404 for a meeting that was under the Chatham House Rule: its live pages close with its end."""


class Report(msgspec.Struct):
    """What one meeting showed."""

    seed: int
    moves: int = 0
    kills: int = 0
    forbidden: int = 0  # words that must be nowhere
    kept: int = 0  # words that must be found, or the search would prove nothing
    searched: int = 0  # bytes
    places: int = 0  # files, answers and frames that were searched
    pages: int = 0  # addresses that answered as they should
    unanswered: list[str] = msgspec.field(default_factory=list)
    edge: bool = False
    named: int = 0  # names under the Chatham House Rule that were seen in the room, and nowhere else
    hits: list[str] = msgspec.field(default_factory=list)
    missing: list[str] = msgspec.field(default_factory=list)


class Meeting:
    """One meeting that is played, and what may be left of it."""

    def __init__(self, folder: Path, seed: int, *, edge: bool = False) -> None:
        """Take the folder, the dice's seed, and whether a second machine copies the meeting through Redis."""
        self.data, self.output, self.static = folder / "data", folder / "output", folder / "static"
        self.copy = folder / "edge"
        self.redis: Redis | None = None
        self.second: subprocess.Popen[bytes] | None = None
        if edge:
            (folder / "redis").mkdir()
            self.redis = Redis(folder / "redis", durable=False)
        self.dice = random.Random(seed)  # noqa: S311 - a game, not a secret
        self.report = Report(seed, edge=edge)
        self.timeline = PolicyTimeline()
        self.words: dict[str, tuple[str, str, int]] = {}  # cue: its text, its speaker, its start
        self.history: list[tuple[str, str, int]] = []  # every text that may have been kept: text, speaker, start
        self.names: set[str] = set()  # of the set-up
        self.forbidden: set[str] = set()
        self.revisions: dict[str, int] = {}
        self.said = 0
        self.seen: list[tuple[str, bytes]] = []
        self.struck: list[dict[str, Any]] = []
        self.listeners: set[asyncio.Task[None]] = set()
        self.process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.port = 0

    def start(self) -> None:
        """Start the server; on its old port when it was there before."""
        self.process, self.url = self.served(ServerSettings("127.0.0.1", self.port, str(self.data)))
        self.port = int(self.url.rsplit(":", 1)[1])

    def served(self, settings: ServerSettings) -> tuple["subprocess.Popen[bytes]", str]:
        """Start a server process; return it and its address."""
        beside = {} if self.redis is None else {"CAPTIONER_BACKPLANE": self.redis.url}
        with self.output.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "captioner.serve"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output, cwd=ROOT, env={**os.environ, **beside},
            )  # fmt: skip
        if process.stdin is None or process.stdout is None:
            raise RuntimeError
        process.stdin.write(msgspec.json.encode(settings) + b"\n")
        process.stdin.flush()
        ready = messages.read(process.stdout.readline())
        if not isinstance(ready, messages.Ready):
            raise TypeError(ready)
        return process, ready.url.rstrip("/")

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
        if self.redis is not None:
            self.redis.start()
        self.start()
        try:
            if self.redis is not None:
                self.second, _ = self.served(ServerSettings("127.0.0.1", 0, str(self.copy), edge=True))
            first = self.dice.choice(list(RecordPolicy))
            self.timeline.add(PolicyChange(0, first))
            await self.lay_down(first)
            while not await self.session(first, moves):
                pass
            self.preserve()
            await self.afterwards()
            if self.redis is not None:
                await self.copied()
                self.seen.append(("Redis", self.redis.saved()))
        finally:
            self.stop(kill=False)
            for process in (self.second, self.redis.process if self.redis else None):
                if process is not None:
                    process.kill()
                    process.wait()
        self.archived()
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
            listening = asyncio.create_task(self.listen(await self.inside(http)))
            self.listeners.add(listening)
            listening.add_done_callback(self.listeners.discard)
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

    async def inside(self, http: aiohttp.ClientSession) -> Any:
        """Join as somebody who sits in the room, and may see names under the Chatham House Rule."""
        headers = {"Authorization": f"Bearer {host_token(self.data)}"}
        body = {"role": "viewer", "in_room": True}
        made = await asked(http.post(f"{self.url}/api/meetings/m1/invitations", json=body, headers=headers))
        return await self.peer(http, "viewer", invitation=made["token"])

    async def listen(self, socket: Any) -> None:
        """Count the names that are seen in the room."""
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT and '"type":"live"' in message.data:
                self.report.named += "Nâmecanary" in message.data and self.timeline.current is RecordPolicy.CHATHAM

    async def peer(
        self, http: aiohttp.ClientSession, role: str, policy: RecordPolicy | None = None, invitation: str = ""
    ) -> Any:
        """Say hello."""
        socket = await http.ws_connect(self.url + "/ws", protocols=[wire.SUBPROTOCOL])
        track = Track("floor", "en") if role == "publisher" else None
        token = invitation if role == "viewer" else host_token(self.data)
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
                self.struck.append(body)
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
            under = any(change.policy is RecordPolicy.CHATHAM for change in self.timeline.changes)
            struck = any(
                line["policy"] == RecordPolicy.CHATHAM
                and self.timeline.mildest(line["start"], line["end"]) is not RecordPolicy.OFF_RECORD  # stays so
                for line in self.struck
            )
            closed = under or struck
            for path, wanted in [*((page, 200) for page in PAGES), (LIVE, 404 if closed else 200)]:
                async with http.get(self.url + path) as answer:
                    content = await answer.read()
                    self.seen.append((path, content))
                    self.seen += unpacked(path, content)
                    self.report.pages += answer.status == wanted
                    if answer.status != wanted:
                        self.report.unanswered.append(f"{path}: {answer.status}, not {wanted}")

    def preserve(self) -> None:
        """Make a bag and a static export before something is struck: it has to be reached there too."""
        self.stop(kill=False)
        self.archived()
        self.start()

    def archived(self) -> None:
        """Write the bag and the static export, with the server at rest."""
        log = EventLog(self.data)
        try:
            terms = Setups(load_setups(log)).of
            keeper.bag(log, self.data, "m1", terms("m1"))
            keeper.static(log, self.data, self.static, terms)
        finally:
            log.close()

    async def copied(self) -> None:
        """Wait until the edge has what the origin has, kill it and start it again; take what its readers get."""
        origin = await self.head(self.url)
        for again in (False, True):
            if self.second is not None and again:
                self.second.kill()
                self.second.wait()
            process, url = (
                self.served(ServerSettings("127.0.0.1", 0, str(self.copy), edge=True)) if again else (None, "")
            )
            if process is not None:
                self.second = process
                async with asyncio.timeout(60):
                    while await self.head(url) != origin:  # noqa: ASYNC110 - another process tells no event
                        await asyncio.sleep(0.1)
                async with aiohttp.ClientSession() as http, http.get(f"{url}{LIVE}") as answer:
                    self.seen.append((f"edge {LIVE}", await answer.read()))

    async def head(self, url: str) -> tuple[str, int]:
        """Return the log's epoch and seq as a late joiner of a server gets them, and keep all that it gets."""
        async with aiohttp.ClientSession() as http:
            socket = await http.ws_connect(url + "/ws", protocols=[wire.SUBPROTOCOL])
            await send(socket, wire.Hello(role=wire.Role.VIEWER, meeting="m1"))
            answer = await until(socket, wire.Welcome, wire.Error)
            if isinstance(answer, wire.Error):
                return "", 0
            await until(socket, wire.Status)
            self.seen.append((f"late joiner of {url}", b"\n".join(late_frames(socket))))
            return answer.epoch, answer.seq

    def search(self) -> None:
        """Search every byte."""
        self.forbidden.discard("")
        kinds = {change.policy for change in self.timeline.changes}
        if RecordPolicy.CHATHAM in kinds or self.timeline.current is not RecordPolicy.ON_RECORD:
            self.forbidden |= self.names
        kept_in = [("data", self.data), ("static", self.static), ("edge", self.copy)]
        files = [(f"{name}/{path}", content) for name, folder in kept_in for path, content in pieces(folder)]
        places = [*files, ("process output", self.output.read_bytes()), *self.seen]
        self.report.places = len(places)
        self.report.forbidden = len(self.forbidden)
        self.report.searched = sum(len(content) for _, content in places)
        for word in sorted(self.forbidden):
            for needle in needles(word):
                self.report.hits += [f"{word} in {name}" for name, content in places if needle in content]
        kept = {text for text, _, _ in self.words.values()} - self.forbidden
        self.report.kept = len(kept)
        log = b"".join(content for name, content in places if name.startswith("data/") and "sqlite3" in name)
        self.report.missing = [text for text in sorted(kept) if text.encode() not in log]


def run(seed: int, moves: int, *, edge: bool = False) -> Report:
    """Play one meeting in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(Meeting(Path(folder), seed, edge=edge).play(moves))


def main(
    meetings: Annotated[int, typer.Option(help="How many meetings are played.")] = 40,
    moves: Annotated[int, typer.Option(help="Moves in each.")] = 60,
    seed: Annotated[int, typer.Option(help="The first meeting's seed.")] = 1,
    edges: Annotated[int, typer.Option(help="In so many of them an edge copies through Redis.")] = 10,
) -> None:
    """Play meetings and write benchmarks/results/canary.md."""
    begun = time.monotonic()
    reports = [run(number, moves, edge=number < seed + edges) for number in range(seed, seed + meetings)]
    hits = [hit for report in reports for hit in report.hits]
    kept = sum(each.kept for each in reports)
    found = kept - sum(len(each.missing) for each in reports)
    pages = sum(each.pages for each in reports)
    unanswered = [line for report in reports for line in report.unanswered]
    text = f"""\
# Canary: what the record policy forbids, searched in every byte

`python -m benchmarks.canary --meetings {meetings} --moves {moves} --seed {seed} --edges {edges}`

{meetings} meetings of {moves} moves each, {sum(each.kills for each in reports)} times killed with SIGKILL and started
again, each with a part struck and a caption redacted after a bag and a static export were made, in
{time.monotonic() - begun:.0f} s. In {sum(each.edge for each in reports)} of them an edge copied the meeting through
Redis, and was killed and started again.

| | |
| --- | --- |
| unique words and names that must be nowhere | {sum(each.forbidden for each in reports)} |
| unique words that must be kept, and were found | {found} of {kept} |
| names under the Chatham House Rule that somebody in the room saw | {sum(each.named for each in reports)} |
| addresses that answered as they should | {pages} of {pages + len(unanswered)} |
| files, answers and frames searched | {sum(each.places for each in reports):,} |
| bytes searched | {sum(each.searched for each in reports):,} |
| hits | {len(hits)} |

Names stand in the set-up (roster, agenda, glossary), as speakers, in corrections, labels and signals; sentences are
unique too. Searched: the data folder (database with free pages, write-ahead log, search index, files, bags, insides
of zip files), the static export, the edge's folder, all that Redis has, the processes' output, what late joiners are
given, public pages in every format, feeds, OAI-PMH answers. In UTF-8 (NFC and NFD), UTF-16, base64, percent-encoding,
JSON escapes.
"""
    text += "".join(f"\n- {hit}" for hit in hits)
    (ROOT / "benchmarks" / "results" / "canary.md").write_text(text, encoding="utf-8")
    print(text)
    print("\n".join(unanswered))
    if hits or unanswered:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
