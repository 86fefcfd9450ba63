import asyncio

import msgspec
import pytest
import structlog

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting
from captioner.captions.event import CaptionEvent
from server.backplane.base import BackplaneDown, Listing
from server.backplane.feed import Feed
from server.backplane.memory import MemoryBackplane
from server.tasks import end

LISTING = Listing(Meeting("m1", "A meeting", 1_000), "e1")
LOGGER = structlog.wrap_logger(structlog.testing.ReturnLogger())


def event(seq, epoch="e1"):
    cue = Cue(f"c{seq}", seq * 1000, seq * 1000 + 900, "Well.", "en")
    return CaptionEvent(epoch=epoch, seq=seq, track="floor", update=CueUpdate(cue, 1, CueStatus.FINAL))


class Memory:
    """A replica in a list."""

    def __init__(self):
        self.events = {}
        self.shown = []
        self.full = False
        self.rested = []

    async def last(self, listing):
        kept = self.events.setdefault(listing.meeting.id, [])
        if kept and kept[0].epoch != listing.epoch:
            kept.clear()
        return len(kept)

    async def take(self, meeting, event):
        if self.full:
            raise OSError("no room")
        self.events[meeting].append(event)

    async def show(self, meeting, frame):
        self.shown.append(frame)

    async def rest(self, listing):
        self.rested.append(listing.over)

    async def forget(self, meeting):
        self.events.pop(meeting, None)

    def seqs(self, meeting="m1"):
        return [each.seq for each in self.events.get(meeting, [])]


async def until(done, seconds=20):
    async with asyncio.timeout(seconds):
        while not done():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


@pytest.fixture
async def edge(monkeypatch):
    monkeypatch.setattr("server.backplane.feed._LOOK_S", 0.02)
    monkeypatch.setattr("server.backplane.feed._AGAIN_S", 0.02)
    backplane, memory = MemoryBackplane(), Memory()
    feed = Feed(backplane, memory, LOGGER)
    task = asyncio.create_task(feed.run())
    yield backplane, memory, feed
    await end(task)


async def test_a_listed_meeting_is_copied_and_followed(edge):
    backplane, memory, _ = edge
    await backplane.list(LISTING)
    for seq in (1, 2):
        await backplane.publish("m1", event(seq))
    await until(lambda: memory.seqs() == [1, 2])
    await backplane.show("m1", b"partial")
    await backplane.publish("m1", event(3))
    await until(lambda: memory.seqs() == [1, 2, 3])
    assert memory.shown == [b"partial"]


async def test_a_full_disk_at_an_edge_loses_nothing(edge):
    backplane, memory, _ = edge
    await backplane.list(LISTING)
    await backplane.publish("m1", event(1))
    await until(lambda: memory.seqs() == [1])
    memory.full = True
    await backplane.publish("m1", event(2))
    await asyncio.sleep(0.1)
    memory.full = False
    await backplane.publish("m1", event(3))
    await until(lambda: memory.seqs() == [1, 2, 3])


async def test_an_erased_meeting_is_forgotten_and_another_log_replaces_the_first(edge):
    backplane, memory, _ = edge
    await backplane.list(LISTING)
    await backplane.publish("m1", event(1))
    await until(lambda: memory.seqs() == [1])
    await backplane.drop("m1")
    await until(lambda: "m1" not in memory.events)
    await backplane.publish("m1", event(1, "e2"))
    await backplane.list(Listing(LISTING.meeting, "e2"))
    await until(lambda: memory.seqs() == [1])
    assert memory.events["m1"][0].epoch == "e2"


async def test_a_rewritten_record_is_copied_anew(edge):
    backplane, memory, _ = edge
    await backplane.list(LISTING)
    for seq in (1, 2):
        await backplane.publish("m1", event(seq))
    await until(lambda: memory.seqs() == [1, 2])
    copies = [memory.events["m1"]]
    await backplane.drop("m1")
    for seq in (1, 2):
        await backplane.publish("m1", event(seq))
    await backplane.list(Listing(LISTING.meeting, "e1", rewritten=7))
    await until(lambda: memory.seqs() == [1, 2] and memory.events["m1"] is not copies[0])


async def test_a_backplane_that_is_away_is_said_and_waited_for(edge):
    backplane, memory, feed = edge
    answer = backplane.meetings

    async def away():
        raise BackplaneDown("away")

    backplane.meetings = away
    await until(lambda: feed.away)
    await backplane.list(LISTING)
    await backplane.publish("m1", event(1))
    backplane.meetings = answer
    await until(lambda: memory.seqs() == [1])
    assert not feed.away


def followed():
    return [task for task in asyncio.all_tasks() if task.get_name() == "feed m1" and not task.done()]


async def test_a_meeting_that_is_over_is_followed_to_its_end_and_again_when_it_goes_on(edge):
    backplane, memory, _ = edge
    over = msgspec.structs.replace(LISTING, over=2)
    await backplane.list(over)
    await backplane.publish("m1", event(1))
    await until(lambda: memory.seqs() == [1])
    assert followed()
    await backplane.publish("m1", event(2))
    await until(lambda: not followed())
    assert (memory.seqs(), memory.rested) == ([1, 2], [2])
    await backplane.list(LISTING)  # a captioner is there again
    await until(followed)
    await backplane.publish("m1", event(3))
    await until(lambda: memory.seqs() == [1, 2, 3])
    await backplane.list(msgspec.structs.replace(LISTING, over=3))
    await until(lambda: memory.rested == [2, 3])
    await until(lambda: not followed())


async def test_what_is_no_longer_listed_is_kept_and_not_remembered(edge):
    backplane, memory, feed = edge
    await rested(backplane, memory, feed)
    assert memory.seqs() == [1]


async def rested(backplane, memory, feed):
    over = msgspec.structs.replace(LISTING, over=1)
    await backplane.list(over)
    await backplane.publish("m1", event(1))
    await until(lambda: memory.rested == [1])
    await backplane.unlist(over)
    await until(lambda: not feed._followed)


async def test_what_is_no_longer_listed_is_erased_too(edge):
    backplane, memory, feed = edge
    await rested(backplane, memory, feed)
    await backplane.drop("m1")
    await until(lambda: "m1" not in memory.events)


async def test_what_is_no_longer_listed_is_copied_anew_when_it_was_rewritten(edge):
    backplane, memory, feed = edge
    await rested(backplane, memory, feed)
    before = memory.events["m1"]
    await backplane.list(msgspec.structs.replace(LISTING, over=1, rewritten=7))
    await until(lambda: memory.rested == [1, 1])
    assert memory.events["m1"] is not before


async def test_a_disk_without_room_for_an_erasure_is_tried_again(edge):
    backplane, memory, _ = edge
    await backplane.list(LISTING)
    await backplane.publish("m1", event(1))
    await until(lambda: memory.seqs() == [1])
    forget, failures = memory.forget, [OSError("no room")]

    async def refuse(meeting):
        if failures:
            raise failures.pop()
        await forget(meeting)

    memory.forget = refuse
    await backplane.drop("m1")
    await until(lambda: "m1" not in memory.events)
    await backplane.list(LISTING)
    await backplane.publish("m1", event(1))
    await until(lambda: memory.seqs() == [1])


async def test_what_is_over_and_gone_before_it_was_copied_is_not_waited_for(edge):
    backplane, _, feed = edge
    over = msgspec.structs.replace(LISTING, over=2)
    await backplane.list(over)
    await until(followed)
    await backplane.unlist(over)
    await until(lambda: not feed._followed and not followed())


async def test_of_many_meetings_that_are_over_a_few_are_begun_with_at_a_time(edge):
    backplane, memory, _ = edge
    most = [0]

    async def last(listing):
        memory.rested.append(listing.meeting.started)
        return listing.over

    async def meetings():
        most.append(len(memory.rested) - sum(most))
        return listings

    memory.last = last
    memory.rest = lambda _: asyncio.sleep(0)
    listings = [Listing(Meeting(f"m{number}", "A meeting", number), "e1", over=1) for number in range(50)]
    listings.append(Listing(Meeting("live", "A meeting", 0), "e1"))
    backplane.meetings = meetings
    await until(lambda: len(memory.rested) == 51)
    assert max(most) <= 17
    assert memory.rested[:4] == [0, 49, 48, 47]
