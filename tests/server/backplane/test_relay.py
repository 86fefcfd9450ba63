import asyncio
import shutil

import msgspec
import pytest
import structlog

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting
from captioner.captions.event import CaptionEvent
from server.backplane.base import BackplaneDown, Listing, Shown
from server.backplane.memory import MemoryBackplane
from server.backplane.redis_streams import RedisBackplane
from server.backplane.relay import Relay
from server.tasks import end

LISTING = Listing(Meeting("m1", "A meeting", 1_000), "e1")
LOGGER = structlog.wrap_logger(structlog.testing.ReturnLogger())


def event(seq):
    cue = Cue(f"c{seq}", seq * 1000, seq * 1000 + 900, "Well.", "en")
    return CaptionEvent(epoch="e1", seq=seq, track="floor", update=CueUpdate(cue, 1, CueStatus.FINAL))


class Log:
    def __init__(self, count=0):
        self.events = [event(seq) for seq in range(1, count + 1)]

    def append(self, relay):
        self.events.append(event(len(self.events) + 1))
        relay.committed("m1", len(self.events))

    async def read(self, meeting, after):
        return self.events[after:]


class Flaky(MemoryBackplane):
    """Answers or not, and can forget everything."""

    away, losses = False, 0

    async def publish(self, meeting, event):
        self._answer()
        return await super().publish(meeting, event)

    async def last(self, meeting, epoch):
        self._answer()
        return await super().last(meeting, epoch)

    async def show(self, meeting, frame):
        self._answer()
        await super().show(meeting, frame)

    async def mark(self):
        self._answer()
        return f"{self.losses}"

    async def drop(self, meeting):
        self._answer()
        await super().drop(meeting)

    def _answer(self):
        if self.away:
            raise BackplaneDown("away")

    def forget_all(self):
        self._events.clear()
        self._listings.clear()
        self.losses += 1


class Slow(MemoryBackplane):
    """Takes its time to say that a meeting is over."""

    def __init__(self):
        super().__init__()
        self.overs = self.listed = 0
        self.go_on = asyncio.Event()

    async def list(self, listing):
        if listing.over:
            self.overs += 1
            await self.go_on.wait()
        await super().list(listing)
        self.listed += 1


def following(backplane, log):
    relay = Relay(backplane, log.read, LOGGER)
    relay.follow(LISTING)
    return relay


async def reading(backplane):
    got = []

    async def read():
        async for item in backplane.subscribe("m1", "e1", 0):
            got.append(item)  # noqa: PERF401 - it never ends

    task = asyncio.create_task(read())
    await asyncio.sleep(0)
    return got, task


async def until(done, seconds=20):
    async with asyncio.timeout(seconds):
        while not done():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


def held(backplane):
    return [each.seq for each in backplane._events.get(("m1", "e1"), ())]


async def test_what_the_log_has_is_passed_on_and_what_comes():
    backplane, log = MemoryBackplane(), Log(3)
    relay = following(backplane, log)
    await until(lambda: held(backplane) == [1, 2, 3])
    log.append(relay)
    await until(lambda: held(backplane) == [1, 2, 3, 4])
    assert await backplane.find("m1") == LISTING
    await relay.close()


async def test_frames_stay_behind_the_events_before_them():
    backplane, log = MemoryBackplane(), Log(0)
    relay = Relay(backplane, log.read, LOGGER)
    got, reader = await reading(backplane)
    relay.follow(LISTING)
    relay.show("m1", b"a")
    log.append(relay)
    relay.show("m1", b"b")
    log.append(relay)
    relay.show("m1", b"c")
    await until(lambda: len(got) == 5)
    assert got == [Shown(b"a"), event(1), Shown(b"b"), event(2), Shown(b"c")]
    await end(reader)
    await relay.close()


async def test_a_backplane_that_was_away_or_forgot_is_filled_again(monkeypatch):
    backplane, log = Flaky(), Log(2)
    relay = following(backplane, log)
    await until(lambda: held(backplane) == [1, 2])
    backplane.away = True
    log.append(relay)
    relay.show("m1", b"stale")
    await asyncio.sleep(0.05)
    backplane.forget_all()
    backplane.away = False
    log.append(relay)
    await until(lambda: held(backplane) == [1, 2, 3, 4])
    monkeypatch.setattr("server.backplane.relay._PAUSE_S", 1_000.0)  # or captions would come late
    backplane.forget_all()
    log.append(relay)
    await until(lambda: held(backplane) == [1, 2, 3, 4, 5])
    assert await backplane.find("m1") == LISTING
    await relay.close()


@pytest.fixture
def looks_often(monkeypatch):
    monkeypatch.setattr("server.backplane.relay._LOOK_S", 0.02)


async def test_a_loss_is_noticed_when_nobody_speaks_any_more(looks_often):
    backplane, log = Flaky(), Log(3)
    relay = following(backplane, log)
    await until(lambda: held(backplane) == [1, 2, 3])
    backplane.forget_all()
    await until(lambda: held(backplane) == [1, 2, 3])
    assert await backplane.find("m1") == LISTING
    backplane.away = True
    backplane.forget_all()
    await asyncio.sleep(0.1)
    assert held(backplane) == []
    backplane.away = False
    await until(lambda: held(backplane) == [1, 2, 3])
    await relay.close()


async def test_a_backplane_that_keeps_all_is_not_filled_again(looks_often):
    class Counting(Flaky):
        listed = 0

        async def list(self, listing):
            self.listed += 1
            await super().list(listing)

    backplane, log = Counting(), Log(3)
    relay = following(backplane, log)
    await until(lambda: held(backplane) == [1, 2, 3])
    await asyncio.sleep(0.2)
    assert backplane.listed <= 2, "at the beginning, and when the mark was seen for the first time"
    await relay.close()


@pytest.mark.parametrize("harm", ["flush", "kill"])
async def test_redis_is_filled_again_after_the_last_word(redis_server, harm, looks_often):
    backplane, log = RedisBackplane(redis_server.url), Log(5)
    relay = following(backplane, log)

    async def has():
        try:
            return await backplane.last("m1", "e1"), await backplane.find("m1")
        except BackplaneDown:
            return None

    async def filled():
        async with asyncio.timeout(20):
            while await has() != (5, LISTING):  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.01)

    await filled()
    if harm == "kill":
        redis_server.kill()
        shutil.rmtree(redis_server.folder / "appendonlydir")
        redis_server.start()
    else:
        redis_server.flush()
    await filled()
    await relay.close()


async def test_the_end_waits_a_moment_for_what_is_committed():
    backplane, log = MemoryBackplane(), Log(1)
    relay = following(backplane, log)
    await until(lambda: held(backplane) == [1])
    for _ in range(50):
        log.append(relay)
    await relay.close()
    assert held(backplane) == list(range(1, 52))
    relay.follow(Listing(Meeting("m2", "Another", 1_000), "e1"))  # by a tick that comes last
    assert not tasks()


@pytest.mark.parametrize("harm", ["flush", "kill"])
async def test_redis_may_lose_everything_in_mid_meeting(redis_server, harm):
    backplane, log = RedisBackplane(redis_server.url), Log(5)
    relay = following(backplane, log)
    seen, reader = await reading(RedisBackplane(redis_server.url))
    await until(lambda: len(seen) == 5)
    if harm == "kill":
        redis_server.kill()
    else:
        redis_server.flush()
    for _ in range(20):
        log.append(relay)
    if harm == "kill":
        redis_server.start()
    await until(lambda: len(seen) == 25)
    assert [each.seq for each in seen] == list(range(1, 26))
    await end(reader)
    await relay.close()


async def test_a_meeting_that_rests_has_no_task_and_is_filled_again_after_a_loss(looks_often):
    backplane, log = Flaky(), Log(3)
    relay = following(backplane, log)
    relay.committed("m1", 3)
    relay.rest("m1")
    await until(lambda: not tasks())
    assert held(backplane) == [1, 2, 3]
    backplane.forget_all()
    await until(lambda: held(backplane) == [1, 2, 3])
    await until(lambda: not tasks())
    assert (await backplane.find("m1")).over == 3
    relay.follow(LISTING)  # somebody reads it again
    await until(tasks)
    log.append(relay)
    await until(lambda: held(backplane) == [1, 2, 3, 4])
    relay.rest("m1")
    relay.follow(LISTING)
    await asyncio.sleep(0.05)
    assert tasks()
    assert await backplane.find("m1") == LISTING
    await relay.close()


async def test_a_meeting_that_goes_on_just_when_it_is_said_to_be_over_is_not_over():
    backplane, log = Slow(), Log(1)
    relay = following(backplane, log)
    relay.rest("m1")
    await until(lambda: backplane.overs == 1)
    relay.follow(LISTING)
    backplane.go_on.set()
    await until(lambda: backplane.listed == 3)
    assert tasks()
    assert await backplane.find("m1") == LISTING
    await relay.close()


async def test_what_the_backplane_no_longer_holds_is_not_listed_for_ever():
    backplane, log = Flaky(), Log(2)
    await backplane.list(msgspec.structs.replace(LISTING, over=2))
    relay = Relay(backplane, log.read, LOGGER)
    other = Listing(Meeting("m2", "Another", 1_000), "e1")
    relay.follow(other)
    await until(lambda: list(backplane._listings) == ["m2"])
    await relay.close()


async def test_a_meeting_that_rests_while_the_backplane_is_away_is_passed_on_first():
    backplane, log = Flaky(), Log(2)
    relay = Relay(backplane, log.read, LOGGER)
    backplane.away = True
    relay.follow(LISTING)
    relay.committed("m1", 2)
    relay.rest("m1")
    await asyncio.sleep(0.3)
    assert tasks()
    backplane.away = False
    await until(lambda: not tasks())
    assert held(backplane) == [1, 2]
    await relay.close()


async def test_what_is_kept_of_meetings_that_rest_is_bounded(monkeypatch):
    monkeypatch.setattr("server.backplane.relay._RESTING", 3)
    relay = Relay(MemoryBackplane(), Log(0).read, LOGGER)
    for number in range(8):
        relay.follow(Listing(Meeting(f"m{number}", "A meeting", 1_000), "e1"))
        relay.rest(f"m{number}")
        await until(lambda: not tasks())
    assert list(relay._resting) == ["m5", "m6", "m7"]
    await relay.forget("m6")
    assert list(relay._resting) == ["m5", "m7"]
    await relay.close()


def tasks():
    return [task for task in asyncio.all_tasks() if task.get_name().startswith("relay m") and not task.done()]


REWRITTEN = msgspec.structs.replace(LISTING, rewritten=7)


async def test_what_was_struck_is_replaced_although_the_backplane_was_away():
    backplane, log = Flaky(), Log(2)
    relay = following(backplane, log)
    await until(lambda: held(backplane) == [1, 2])
    before = backplane._events["m1", "e1"][1]
    backplane.away = True
    log.events[1] = msgspec.structs.replace(event(2), track="struck")
    relay.follow(REWRITTEN)
    await asyncio.sleep(0.05)
    backplane.away = False
    await until(lambda: held(backplane) == [1, 2] and backplane._events["m1", "e1"][1] != before)
    assert await backplane.find("m1") == REWRITTEN
    await relay.close()
    later = Relay(backplane, log.read, LOGGER)  # as after a restart that came before all was told
    backplane._listings["m1"], backplane._events["m1", "e1"][1] = LISTING, before
    later.keep([REWRITTEN])
    await until(lambda: held(backplane) == [1, 2] and backplane._events["m1", "e1"][1] != before)
    await later.close()


async def test_an_erasure_is_made_up_for_when_the_backplane_is_back_and_after_a_loss(looks_often):
    backplane, log = Flaky(), Log(2)
    relay = following(backplane, log)
    await until(lambda: held(backplane) == [1, 2])
    backplane.away = True
    with pytest.raises(BackplaneDown):
        await relay.forget("m1")
    backplane.away = False
    await until(lambda: "m1" in backplane._gone)
    assert (held(backplane), await backplane.find("m1")) == ([], None)
    relay.follow(LISTING)  # by somebody who does not know yet
    backplane._gone.clear()
    backplane.forget_all()
    await until(lambda: "m1" in backplane._gone)
    assert await backplane.find("m1") is None
    await relay.close()
    later = Relay(backplane, log.read, LOGGER)
    backplane._gone.clear()
    later.erased(["m1"])
    await until(lambda: "m1" in backplane._gone)
    await later.close()


async def test_what_was_over_before_a_restart_is_passed_on_to_its_end():
    backplane, log = Flaky(), Log(3)
    await backplane.list(LISTING)
    await backplane.publish("m1", event(1))  # and then the origin was killed
    relay = Relay(backplane, log.read, LOGGER)
    relay.keep([LISTING])
    await until(lambda: held(backplane) == [1, 2, 3] and not tasks())
    assert (await backplane.find("m1")).over == 3
    await relay.close()


async def test_a_meeting_is_said_to_be_over_also_when_that_failed_at_first():
    class Deaf(MemoryBackplane):
        failures = 0

        async def list(self, listing):
            if listing.over and not self.failures:
                self.failures += 1
                raise BackplaneDown("away")
            await super().list(listing)

    backplane, log = Deaf(), Log(2)
    relay = following(backplane, log)
    await until(lambda: held(backplane) == [1, 2] and relay._mark)
    relay.rest("m1")
    await until(lambda: not tasks())
    assert (backplane.failures, (await backplane.find("m1")).over) == (1, 2)
    await relay.close()


async def test_a_directory_that_says_otherwise_is_mended(looks_often):
    backplane, log = Flaky(), Log(2)
    relay = following(backplane, log)
    await until(lambda: held(backplane) == [1, 2])
    over = msgspec.structs.replace(LISTING, over=2)
    await asyncio.sleep(0.1)
    backplane._listings["m1"] = over  # an older answer, that Redis gave too late
    await until(lambda: backplane._listings["m1"] == LISTING)
    relay.rest("m1")
    await until(lambda: backplane._listings["m1"] == over and not tasks())
    backplane._listings["m1"] = LISTING
    await until(lambda: backplane._listings["m1"] == over and not tasks())
    await relay.close()


async def test_a_backplane_that_forgets_while_it_is_filled_is_filled_all_the_same():
    class Forgetful(Flaky):
        async def publish(self, meeting, event):
            if event.seq == 3 and self.losses < 2:
                self.forget_all()
            return await super().publish(meeting, event)

    backplane, log = Forgetful(), Log(4)
    relay = following(backplane, log)
    await until(lambda: held(backplane) == [1, 2, 3, 4])
    assert await backplane.find("m1") == LISTING
    await relay.close()


async def test_a_log_that_cannot_be_read_for_a_while_is_read_again(monkeypatch):
    monkeypatch.setattr("server.backplane.relay._LONGEST_S", 0.01)
    backplane, log = MemoryBackplane(), Log(2)
    failures = [OSError("no room")]

    async def read(meeting, after):
        if failures:
            raise failures.pop()
        return await log.read(meeting, after)

    relay = Relay(backplane, read, LOGGER)
    relay.follow(LISTING)
    await until(lambda: held(backplane) == [1, 2])
    await relay.close()


async def test_what_is_kept_after_everybody_left_is_passed_on():
    backplane, log = MemoryBackplane(), Log(1)
    relay = following(backplane, log)
    relay.rest("m1")
    await until(lambda: not tasks())
    log.append(relay)
    await until(lambda: held(backplane) == [1, 2] and not tasks())
    assert (await backplane.find("m1")).over == 2
    await relay.close()


async def test_other_doors_keep_the_frames_that_wait():
    backplane, log = Flaky(), Log(0)
    relay = Relay(backplane, log.read, LOGGER)
    got, reader = await reading(backplane)
    relay.follow(LISTING)
    relay.show("m1", b"a")
    relay.follow(msgspec.structs.replace(LISTING, passcode="x"))
    await until(lambda: got == [Shown(b"a")])
    await until(lambda: backplane._listings["m1"].passcode == "x")
    await end(reader)
    await relay.close()


async def test_after_a_loss_only_a_few_are_filled_at_a_time(looks_often):
    class Busy(Flaky):
        filling = most = 0

        async def last(self, meeting, epoch):
            self.filling += 1
            self.most = max(self.most, self.filling)
            await asyncio.sleep(0)
            self.filling -= 1
            return await super().last(meeting, epoch)

    backplane = Busy()
    relay = Relay(backplane, Log(0).read, LOGGER)
    relay.keep([Listing(Meeting(f"m{number}", "A meeting", 1_000), "e1") for number in range(50)])
    await until(lambda: len(backplane._listings) == 50 and not tasks())
    backplane.forget_all()
    await until(lambda: len(backplane._listings) == 50 and not tasks())
    assert backplane.most <= 8
    await relay.close()
