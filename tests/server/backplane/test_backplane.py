"""One suite for every backplane."""

import asyncio
import contextlib

import msgspec
import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting
from captioner.captions.event import CaptionEvent
from server.backplane.base import BackplaneDown, Behind, Listing, Pass, Shown
from server.backplane.memory import MemoryBackplane
from server.backplane.redis_streams import RedisBackplane
from server.tasks import end

pytestmark = pytest.mark.timeout(120)
MEETING = Listing(Meeting("m1", "A meeting", 1_000), "e1")


def event(seq, epoch="e1", text="Well."):
    cue = Cue(f"c{seq}", seq * 1000, seq * 1000 + 900, text, "en")
    return CaptionEvent(epoch=epoch, seq=seq, track="floor", update=CueUpdate(cue, 1, CueStatus.FINAL))


@pytest.fixture(params=["memory", "redis"])
async def backplane(request):
    if request.param == "memory":
        yield MemoryBackplane()
        return
    made = RedisBackplane(request.getfixturevalue("redis_server").url)
    yield made
    await made.close()


class Reader:
    """Collects what an edge gets."""

    def __init__(self, backplane, after=0, epoch="e1"):
        self.items = []
        self.task = asyncio.create_task(self._read(backplane.subscribe("m1", epoch, after)))

    async def _read(self, items):
        async with contextlib.aclosing(items):
            async for item in items:
                self.items.append(item)

    @property
    def seqs(self):
        return [item.seq for item in self.items if not isinstance(item, Shown)]

    async def until(self, done, seconds=20):
        async with asyncio.timeout(seconds):
            while not done(self):  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.01)

    async def close(self):
        await end(self.task)


async def test_a_listed_meeting_is_found(backplane):
    assert await backplane.find("m1") is None
    await backplane.list(MEETING)
    assert await backplane.find("m1") == MEETING
    assert await backplane.meetings() == (MEETING,)


async def test_a_listing_s_doors_are_found_and_changed(backplane):
    locked = msgspec.structs.replace(
        MEETING, passcode="$argon2id$x", passes=(Pass("i1", "0" * 64, 5), Pass("i2", "1" * 64, 6))
    )
    await backplane.list(locked)
    assert await backplane.meetings() == (locked,)
    await backplane.list(MEETING)
    assert await backplane.find("m1") == MEETING


async def test_a_meeting_is_unlisted_unless_it_was_listed_anew(backplane):
    over = msgspec.structs.replace(MEETING, over=3)
    await backplane.list(over)
    await backplane.list(MEETING)
    await backplane.unlist(over)
    assert await backplane.meetings() == (MEETING,)
    await backplane.list(over)
    await backplane.unlist(over)
    assert await backplane.meetings() == ()
    assert await backplane.gone() == frozenset()


async def test_the_mark_stays_while_nothing_is_lost(backplane):
    mark = await backplane.mark()
    await backplane.list(MEETING)
    await backplane.publish("m1", event(1))
    await backplane.drop("m1")
    assert await backplane.mark() == mark


async def test_the_mark_of_a_redis_that_lost_something_is_another(redis_server):
    backplane = RedisBackplane(redis_server.url)
    marks = [await backplane.mark()]
    redis_server.flush()
    marks.append(await backplane.mark())
    redis_server.kill()
    with pytest.raises(BackplaneDown):
        await backplane.mark()
    redis_server.start()
    marks.append(await backplane.mark())
    assert len(set(marks)) == 3
    await backplane.close()


async def test_events_come_in_order_and_once(backplane):
    assert await backplane.publish("m1", event(1))
    reader = Reader(backplane)
    await reader.until(lambda r: r.seqs == [1])
    assert await backplane.publish("m1", event(2, text="Français 网络 محمد"))
    assert not await backplane.publish("m1", event(1))
    assert not await backplane.publish("m1", event(2))
    assert await backplane.publish("m1", event(3))
    await reader.until(lambda r: 3 in r.seqs)
    assert reader.seqs == [1, 2, 3]
    assert reader.items[1] == event(2, text="Français 网络 محمد")
    await reader.close()


async def test_a_gap_is_refused_and_says_where_to_begin(backplane):
    await backplane.publish("m1", event(1))
    with pytest.raises(Behind) as refused:
        await backplane.publish("m1", event(3))
    assert refused.value.last == 1
    assert await backplane.last("m1", "e1") == 1
    assert await backplane.last("m1", "e2") == 0


async def test_a_reader_goes_on_where_it_was(backplane):
    for seq in range(1, 1203):  # three batches
        await backplane.publish("m1", event(seq))
    reader = Reader(backplane, after=2)
    await reader.until(lambda r: len(r.seqs) == 1200)
    assert reader.seqs == list(range(3, 1203))
    await reader.close()


async def test_what_is_shown_comes_in_its_place_and_is_not_kept(backplane):
    reader = Reader(backplane)
    await backplane.publish("m1", event(1))
    await reader.until(lambda r: r.seqs == [1])
    await backplane.show("m1", b'{"type":"live"}')
    await backplane.publish("m1", event(2))
    await reader.until(lambda r: len(r.items) == 3)
    assert reader.items == [event(1), Shown(b'{"type":"live"}'), event(2)]
    late = Reader(backplane)
    await late.until(lambda r: r.seqs == [1, 2])
    assert not [item for item in late.items if isinstance(item, Shown)]
    await reader.close()
    await late.close()


async def test_another_log_of_the_meeting_does_not_mix_in(backplane):
    reader = Reader(backplane)
    await backplane.publish("m1", event(1, epoch="e2"))
    await backplane.publish("m1", event(1))
    await reader.until(lambda r: r.seqs == [1])
    assert [item.epoch for item in reader.items] == ["e1"]
    await reader.close()


async def test_what_is_dropped_is_gone(backplane):
    await backplane.list(MEETING)
    await backplane.publish("m1", event(1))
    await backplane.drop("m1")
    assert await backplane.find("m1") is None
    assert await backplane.last("m1", "e1") == 0
    assert await backplane.gone() == {"m1"}
    await backplane.list(MEETING)
    assert not await backplane.gone()


async def test_signals_reach_the_origin(backplane):
    got = []

    async def listen():
        async for meeting, frame in backplane.signals():
            got.append((meeting, frame))

    task = asyncio.create_task(listen())
    async with asyncio.timeout(20):
        while not got:  # who listens too late misses a signal: nobody keeps it
            await backplane.signal("m1", b"slower\nplease")
            await asyncio.sleep(0.05)
    assert got[0] == ("m1", b"slower\nplease")
    await end(task)


async def test_a_reader_outlives_redis_and_a_refilled_stream(redis_server):
    backplane = RedisBackplane(redis_server.url)
    reader = Reader(backplane)
    for seq in (1, 2, 3):
        await backplane.publish("m1", event(seq))
    await reader.until(lambda r: r.seqs == [1, 2, 3])
    redis_server.flush()
    with pytest.raises(Behind):
        await backplane.publish("m1", event(4))
    redis_server.kill()
    with pytest.raises(BackplaneDown) as down:
        await backplane.publish("m1", event(1))
    assert str(redis_server.port) not in str(down.value)
    redis_server.start()
    for seq in range(1, 6):
        await backplane.publish("m1", event(seq))
    await reader.until(lambda r: 5 in r.seqs)
    assert reader.seqs == [1, 2, 3, 4, 5]
    await reader.close()
    await backplane.close()


async def test_a_kept_event_survives_a_kill(redis_server):
    backplane = RedisBackplane(redis_server.url)
    await backplane._redis.config_set("appendfsync", "always")
    await backplane.publish("m1", event(1))
    redis_server.kill()
    redis_server.start()
    assert await backplane.last("m1", "e1") == 1
    await backplane.close()
