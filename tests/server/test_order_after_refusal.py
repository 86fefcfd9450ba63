"""A disk that refuses one final and takes the next must not turn their order around."""

from captioner.captions import wire
from captioner.captions.event import CaptionEvent
from server.errors import StorageFull
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
    await world.publish(publisher, first, second)
    kept = [event.update.cue.id for event in log.read("m1") if isinstance(event, CaptionEvent)]
    assert kept == ["c1", "c2"]
