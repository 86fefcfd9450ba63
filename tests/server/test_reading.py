"""The readers that are not our live page: events, text, and the page without JavaScript."""

import asyncio
import re

import pytest
from bs4 import BeautifulSoup

from captioner.captions import wire
from captioner.captions.cue import CueStatus, RecordPolicy
from captioner.captions.event import CaptionEvent
from captioner.captions.policy import PolicyChange
from captioner.captions.transcript import Transcript
from server.access import DOORS
from server.archive.export.content import clock
from server.routes.reading import Cursor, cursor
from tests.server.test_room import as_role


@pytest.mark.parametrize(
    ("text", "expected"),
    [("e1:7", Cursor("e1", 7)), ("7", Cursor("", 7)), (" 7 ", Cursor("", 7)), ("", Cursor()), ("e1:", Cursor()),
     ("e1:-1", Cursor()), ("x", Cursor()), ("9" * 50, Cursor()), ("٣", Cursor()), ("a:b:3", Cursor("a:b", 3))],
)  # fmt: skip
def test_cursors(text, expected):
    assert cursor(text) == expected


class Following:
    """A client of an endless answer."""

    def __init__(self, answer):
        self.answer, self.text = answer, ""

    async def until(self, pattern):
        async with asyncio.timeout(30):
            while not re.search(pattern, self.text):
                data = await self.answer.content.readany()
                assert data, f"the answer ended with {self.text!r}"
                self.text += data.decode()
        return self.text

    def messages(self):
        return [wire.decode_from_server(line[6:]) for line in self.text.splitlines() if line.startswith("data: ")]


@pytest.fixture
async def follow(world):
    opened = []

    async def following(path, **headers):
        answer = await world.client.get(path, headers={name.replace("_", "-"): v for name, v in headers.items()})
        assert answer.status == 200
        opened.append(answer)
        return Following(answer)

    yield following
    for answer in opened:
        answer.close()


async def test_events_follow_the_meeting_and_resume_by_their_id(world, follow):
    publisher = await world.joined()
    reader = await follow("/live/m1/events")
    assert reader.answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert reader.answer.headers["Cache-Control"] == "no-store"
    await reader.until('"snapshot"')
    await world.publish(publisher, world.partial(), world.final("c1"), world.final("c2", "Second.", start=2000))
    await reader.until("Second")
    await reader.until('"ping"')
    ids = re.findall(r"^id: (\S+)$", reader.text, re.MULTILINE)
    assert [each.rpartition(":")[2] for each in ids] == ["3", "4", "5"]
    again = await follow("/live/m1/events", Last_Event_ID=ids[1])
    await again.until('"status"')
    events = [each.event for each in again.messages() if isinstance(each, wire.EventMessage)]
    assert [event.seq for event in events] == [5]
    other = await follow("/live/m1/events", Last_Event_ID="other:4")
    await other.until('"status"')
    assert any(isinstance(each, wire.SnapshotMessage) and each.gap for each in other.messages())


async def test_text_follows_with_curl_and_ends_with_the_meeting(world, follow):
    early = await follow("/live/m1/text")
    await early.until("not begun")
    publisher = await world.joined()
    await world.publish(publisher, world.partial(), world.final("c1", speaker="Ada"))
    await early.until("00:00:00 Ada: Good morning.\n")
    await world.publish(publisher, world.final("c1", "Good evening.", 2, speaker="Ada"))
    await early.until(r"\[00:00:00 corrected: Ada: Good evening\.\]")
    await world.publish(publisher, world.final("c1", "", 3, status=CueStatus.RETRACTED))
    await early.until(r"\[00:00:00 withdrawn: Ada: Good evening\.\]")
    await publisher.send(wire.SetPolicy(change=PolicyChange(4000, RecordPolicy.OFF_RECORD)))
    await early.until("Off the record")
    await world.publish(publisher, world.final("c2", "Psst.", start=5000, speaker="Eve"))
    await early.until("00:00:05 Psst.")
    await publisher.send(wire.End())
    text = await early.until("has ended")
    assert await early.answer.content.read() == b""
    assert "Eve" not in text
    late = await follow("/live/m1/text")
    assert "Psst" not in await late.until("has ended")


async def test_text_after_a_seq(world, follow):
    publisher = await world.joined()
    await world.publish(publisher, *(world.final(f"c{n}", f"Sentence {n}.", start=n * 1000) for n in range(4)))
    text = await (await follow("/live/m1/text?after=5&number=1")).until("Sentence 3")
    assert re.findall(r"^(\d+)\t\S+ (.*)$", text, re.MULTILINE) == [("6", "Sentence 2."), ("7", "Sentence 3.")]
    other = await (await follow("/live/m1/text?after=other:5")).until("Sentence 3")
    assert "From the beginning" in other
    assert "Sentence 0." in other
    assert "Sentence" not in await (await follow("/live/m1/text?track=fr")).until("mistakes")


async def plain(world, path):
    answer = await world.client.get(path)
    assert answer.status == 200
    return BeautifulSoup(await answer.text(), "html.parser")


async def test_the_page_without_javascript_leads_from_newer_to_newer(world):
    assert (await world.client.get("/live/m1/plain")).status == 404
    publisher = await world.joined()
    await world.publish(publisher, world.final("c1", "<b>First</b>.", speaker="Ada"))
    page = await plain(world, "/live/m1/plain")
    assert "<b>First</b>." in page.find("main").text
    assert not page.find_all("script")
    newer = page.find("a", string="Newer captions")["href"]
    assert "Nothing new." in (await plain(world, newer)).find("main").text
    await world.publish(publisher, world.final("c2", "Second.", start=2000), world.final("c1", "Corrected one.", 2))
    text = (await plain(world, newer)).find("main").text
    assert "Second." in text
    assert "Corrected: 00:00:00 Ada: Corrected one." in text
    assert "First" not in text
    refreshed = await plain(world, f"{newer}&refresh=15")
    assert refreshed.find("meta", {"http-equiv": "refresh"})["content"].startswith("15; url=/live/m1/plain?after=")
    assert not page.find("meta", {"http-equiv": "refresh"})
    assert "begun anew" in (await plain(world, "/live/m1/plain?after=other:3")).find("main").text
    await publisher.send(wire.SetPolicy(change=PolicyChange(4000, RecordPolicy.OFF_RECORD)))
    await world.publish(publisher, world.final("c3", "Psst.", start=5000))
    text = (await plain(world, "/live/m1/plain")).find("main").text
    assert "Psst" not in text
    assert "off the record" in text
    await publisher.send(wire.End())
    await publisher.get(wire.Ended)
    page = await plain(world, newer)
    assert page.find("a", string="Read the transcript")
    assert not page.find("a", string="Newer captions")


async def test_the_page_without_javascript_has_stretches_without_captions_in_their_places(world):
    publisher, host = await world.joined(), await as_role(world, wire.Role.HOST)
    await world.publish(publisher, world.final("c1", "Before."))
    await host.send(wire.Control(action=wire.Action.PAUSE))
    await host.get(wire.Status, paused=True)
    page = await plain(world, "/live/m1/plain")
    assert not page.find(class_="gap")  # it lasts: nobody knows how long
    await host.send(wire.Control(action=wire.Action.RESUME))
    await host.get(wire.Status, paused=False)
    await world.publish(publisher, world.final("c2", "After.", start=60_000))
    (gap,) = (await world.hub.transcript("m1")).gaps()
    newer = page.find("a", string="Newer captions")["href"]
    texts = [each.text for each in (await plain(world, newer)).find("section").find_all("p")]
    assert texts == [f"[From {clock(gap.start)} to {clock(gap.end)} nothing was captioned.]", "00:01:00 After."]
    whole = await plain(world, "/live/m1/plain?language=ar")
    assert [bool(each.get("class")) for each in whole.find("section").find_all("p")] == [False, True, False]
    assert "nothing was captioned" not in whole.text


async def test_a_passcode_holds_for_every_way_to_read(world, follow):
    publisher = await world.joined()
    await world.publish(publisher, world.final("c1", "Secret words."))
    await world.client.app[DOORS].set_passcode("m1", "open sesame")
    for path in ("/live/m1/events", "/live/m1/text"):
        answer = await world.client.get(path)
        assert answer.status == 401
        assert "Secret" not in await answer.text()
    form = await world.client.get("/live/m1/plain")
    assert form.url.path == "/live/m1/passcode"
    assert "form-action 'self'" in form.headers["Content-Security-Policy"]
    wrong = await world.client.post("/live/m1/passcode", data={"passcode": "nonsense"})
    assert wrong.status == 401
    assert 'role="alert"' in await wrong.text()
    right = await world.client.post("/live/m1/passcode", data={"passcode": "open sesame"}, allow_redirects=False)
    assert right.status == 303
    cookie = right.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/"))
    assert "sesame" not in cookie
    opened = {"Cookie": cookie.partition(";")[0]}
    assert "Secret words." in await (await world.client.get("/live/m1/plain", headers=opened)).text()
    assert "Secret" in await (await follow("/live/m1/text", X_Passcode="open sesame")).until("Secret")
    await (await follow("/live/m1/events", Cookie=opened["Cookie"])).until("Secret")
    socket = await world.client.ws_connect("/ws", protocols=[wire.SUBPROTOCOL], headers=opened)
    await socket.send_str(wire.encode(wire.Hello(role=wire.Role.VIEWER, meeting="m1")))
    assert isinstance(wire.decode_from_server(await socket.receive_str()), wire.Welcome)
    await socket.close()
    await world.client.app[DOORS].set_passcode("m1", "another one")
    voided = await world.client.get("/live/m1/plain", headers=opened)
    assert voided.url.path == "/live/m1/passcode"


@pytest.mark.parametrize("cut", [0, 1, 4, 7, 11])
async def test_every_way_to_read_resumes_to_the_same_captions(world, follow, cut):
    publisher = await world.joined()
    viewer = await world.viewer()
    start = (await viewer.get(wire.SnapshotMessage)).snapshot
    changes = [world.final(f"c{n}", f"Sentence {n}.", start=n * 1000) for n in range(6)]
    changes += [
        world.final("c2", "Sentence two.", 2, start=2000),
        world.final("c4", "", 2, start=4000, status=CueStatus.RETRACTED),
    ]
    await world.publish(publisher, *changes)
    whole = Transcript(start)
    while whole.seq < 3 + len(changes):
        whole.apply((await viewer.get(wire.EventMessage)).event)
    expected = [update.cue.text for update in whole.cues("floor")]
    events = [event for event in await world.hub._log.read("m1") if event.seq <= cut]
    before = Transcript().apply_all(events)
    at = f"{start.epoch}:{cut}"

    socket = await world.viewer(epoch=start.epoch, after=cut)
    sse = await follow("/live/m1/events", Last_Event_ID=at)
    await sse.until('"status"')
    await socket.get(wire.Status)
    for messages in (socket.seen, sse.messages()):
        fold = Transcript(before.snapshot()) if cut else Transcript()
        for message in messages:
            if isinstance(message, wire.SnapshotMessage):
                fold = Transcript(message.snapshot)
            elif isinstance(message, wire.EventMessage):
                fold.apply(message.event)
        assert [update.cue.text for update in fold.cues("floor")] == expected

    shown = {e.update.cue.id for e in events if isinstance(e, CaptionEvent)}
    fresh = {e.update.cue.id for e in await world.hub._log.read("m1") if isinstance(e, CaptionEvent) and e.seq > cut}
    due = [u.cue.text for u in whole.cues("floor") if u.cue.id in fresh]
    page = (await plain(world, f"/live/m1/plain?after={at}")).find("main").text
    assert re.findall(r"Sentence \w+\.", page) == due
    if due:
        text = await (await follow(f"/live/m1/text?after={at}")).until(re.escape(due[-1]))
        assert all(line in text for line in due)
    assert shown | fresh == {f"c{n}" for n in range(6)}


async def test_a_server_that_goes_says_when_to_come_again(world, follow):
    await world.joined()
    events, text = await follow("/live/m1/events"), await follow("/live/m1/text")
    for reader in (events, text):
        await reader.until("\n")
    await events.until("status")
    world.hub.say_bye()
    await events.until(r"retry: \d+\ndata: .*bye")
    await text.until("restarts")
    for path in ("/live/m1/events", "/live/m1/text", "/ws"):
        headers = {"Sec-WebSocket-Protocol": wire.SUBPROTOCOL}
        answer = await world.client.get(path, headers=headers)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "3")


async def test_who_goes_away_is_forgotten(world, follow):
    await world.joined()
    before = len(world.hub._members)
    reader = await follow("/live/m1/text")
    await reader.until("\n")
    reader.answer.close()
    async with asyncio.timeout(30):
        while len(world.hub._members) > before:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.05)
