"""A disk that refuses one final and takes the next must not turn their order around."""

from captioner.captions import wire
from captioner.captions.cue import Origin
from captioner.captions.event import CaptionEvent
from server.errors import StorageFull
from server.lease import OWED_S, Holder
from server.web import LOG


async def test_what_was_said_after_a_refused_final_waits_for_it(world, monkeypatch):
    publisher = await world.publisher()
    await publisher.get(wire.Welcome)
    log = world.client.app[LOG]._log
    append, full = log.append, [True]

    def once(meeting, draft):
        if full and isinstance(draft, CaptionEvent):
            full.clear()
            raise StorageFull("full")
        return append(meeting, draft)

    monkeypatch.setattr(log, "append", once)
    first, second = world.final("c1", "First."), world.final("c2", "Second.", start=2000)
    for update in (first, second):
        await publisher.send(wire.Update(update=update))
        assert (await publisher.get(wire.Error)).code is wire.ErrorCode.STORAGE
    await world.publish(publisher, first)
    third = world.final("c3", "Third.", start=4000)
    await publisher.send(wire.Update(update=third))
    assert (await publisher.get(wire.Error)).cue == "c3", "the second one has not come again yet"
    await world.publish(publisher, second, third)
    kept = [event.update.cue.id for event in log.read("m1") if isinstance(event, CaptionEvent)]
    assert kept == ["c1", "c2", "c3"]


def test_one_that_never_comes_again_holds_nobody_up_for_ever():
    holder = Holder(None, "p", Origin.AUTOMATIC, 0.0)
    holder.settled("c1", 1, 0.0, kept=False)
    assert holder.waits("c2", 1, 1.0)
    assert not holder.waits("c1", 1, 2.0)
    assert holder.waits("c2", 1, OWED_S - 0.1)
    assert not holder.waits("c2", 1, OWED_S + 0.1)
